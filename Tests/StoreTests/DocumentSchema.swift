import Foundation

/// A JSON Schema of the folder `schema`, with as much of the language as those have.
struct DocumentSchema {
  private let root: [String: Any]

  /// Words that say nothing about what conforms.
  private static let remarks: Set<String> = ["$schema", "$id", "$defs", "title", "description"]

  /// The schema called `name`.
  init(_ name: String) throws {
    let package = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try Data(contentsOf: package.appending(path: "schema/\(name)"))
    root = try JSONSerialization.jsonObject(with: text) as? [String: Any] ?? [:]
  }

  /// What is wrong with a document, each with the path of the place.
  func faults(in text: [UInt8]) throws -> [String] {
    faults(try JSONSerialization.jsonObject(with: Data(text)), root, at: "")
  }

  private func faults(_ value: Any, _ schema: [String: Any], at path: String) -> [String] {
    schema.keys.sorted().filter { !Self.remarks.contains($0) }.flatMap { word in
      check(value, word, schema, at: path)
    }
  }

  private func check(
    _ value: Any, _ word: String, _ schema: [String: Any], at path: String
  ) -> [String] {
    let rule = schema[word] ?? ()
    func unless(_ holds: Bool) -> [String] { holds ? [] : ["\(path): \(word)"] }
    switch word {
    case "$ref": return faults(value, definition(rule), at: path)
    case "oneOf":
      let matches = schemas(rule).filter { faults(value, $0, at: path).isEmpty }
      return unless(matches.count == 1)
    case "type": return unless(isOf(rule as? String, value))
    case "enum": return unless((rule as? [String])?.contains(value as? String ?? "") == true)
    case "pattern":
      guard let text = value as? String, let pattern = rule as? String else { return unless(false) }
      return unless(text.range(of: pattern, options: .regularExpression) != nil)
    case "minimum": return unless(value as? Int ?? .min >= rule as? Int ?? .max)
    case "maximum": return unless(value as? Int ?? .max <= rule as? Int ?? .min)
    case "minLength": return unless((value as? String)?.count ?? 0 >= rule as? Int ?? .max)
    case "minItems": return unless((value as? [Any])?.count ?? 0 >= rule as? Int ?? .max)
    case "maxItems": return unless((value as? [Any])?.count ?? .max <= rule as? Int ?? 0)
    case "minProperties":
      return unless((value as? [String: Any])?.count ?? 0 >= rule as? Int ?? .max)
    case "required":
      let members = value as? [String: Any] ?? [:]
      return unless((rule as? [String])?.allSatisfy { members[$0] != nil } == true)
    case "items", "prefixItems": return items(value, rule, at: path)
    case "properties": return members(value, rule, at: path)
    case "additionalProperties": return others(value, rule, schema, at: path)
    default: return ["the schema's word \(word) is not known here"]
    }
  }

  private func isOf(_ type: String?, _ value: Any) -> Bool {
    switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "integer": value is Int
    default: false
    }
  }

  private func items(_ value: Any, _ rule: Any, at path: String) -> [String] {
    let items = value as? [Any] ?? []
    if let each = rule as? [String: Any] {
      return items.enumerated().flatMap { faults($1, each, at: "\(path)/\($0)") }
    }
    return zip(items, schemas(rule)).flatMap { faults($0, $1, at: path) }
  }

  private func members(_ value: Any, _ rule: Any, at path: String) -> [String] {
    let schemas = rule as? [String: [String: Any]] ?? [:]
    return (value as? [String: Any] ?? [:]).flatMap { name, member in
      schemas[name].map { faults(member, $0, at: "\(path)/\(name)") } ?? []
    }
  }

  private func others(
    _ value: Any, _ rule: Any, _ schema: [String: Any], at path: String
  ) -> [String] {
    let known = schema["properties"] as? [String: Any] ?? [:]
    let others = (value as? [String: Any] ?? [:]).filter { known[$0.key] == nil }
    guard let each = rule as? [String: Any] else { return others.keys.map { "\(path)/\($0)" } }
    return others.flatMap { name, member in faults(member, each, at: "\(path)/\(name)") }
  }

  private func schemas(_ rule: Any) -> [[String: Any]] { rule as? [[String: Any]] ?? [] }

  private func definition(_ reference: Any) -> [String: Any] {
    let name = (reference as? String)?.split(separator: "/").last.map(String.init) ?? ""
    let definitions = root["$defs"] as? [String: [String: Any]]
    return definitions?[name] ?? ["$missing": name]
  }
}
