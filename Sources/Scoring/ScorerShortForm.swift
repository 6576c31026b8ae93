package import Model

/// Scorers as they are typed in a shell: `[NAME=]TYPE[:OPTIONS]`.
///
/// Options are a record of CSV, each `name=value`; the first may be the main option's value,
/// without its name: `exact:answer,normalize=trim+casefold`. What follows `regex:` is the pattern
/// as it is.
package enum ScorerShortForm {
  /// The JSON of the scorer that `text` names.
  /// - Parameter read: Reads the file that an option names.
  /// - Throws: ``StoreError`` of kind `usage` for an unknown type or option; the errors of `read`.
  package static func json(
    _ text: String, read: (_ path: String) throws(StoreError) -> [UInt8] = refusingFiles
  ) throws(StoreError) -> JSON {
    let bytes = text.utf8
    let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
    let head = String(text[..<(colon ?? text.endIndex)])
    let parts = head.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.count == 2 ? String(parts[0]) : nil
    let word = String(parts[parts.count - 1])
    guard let type = ScorerType.named(word) else {
      throw StoreError(
        .usage,
        "there is no scorer '\(word)'; \(Spelling.advice(word, ScorerType.names)); a scorer is "
          + "written [NAME=]TYPE[:OPTIONS], such as exact:answer")
    }
    var object: JSON.Object = ["type": .string(word)]
    if let name { object.append("name", .string(name)) }
    let rest = colon.map { String(text[bytes.index(after: $0)...]) } ?? ""
    if type.takesRest {
      if !rest.isEmpty { object.append(type.options[0].name, .string(rest)) }
      return .object(object)
    }
    for (index, item) in try NameList.names(in: rest, allowsValues: true).enumerated() {
      let (option, value) = try option(item, of: type, at: index)
      guard object.append(option.name, try option.json(value, read: read)) else {
        throw StoreError(.usage, "the scorer '\(text)' has '\(option.name)' twice")
      }
    }
    return .object(object)
  }

  /// Refuses files, where scorers do not come from a command line.
  package static func refusingFiles(_ path: String) throws(StoreError) -> [UInt8] {
    throw StoreError(.usage, "'\(path)' is not JSON; a file cannot be named here")
  }

  private static func option(
    _ item: String, of type: ScorerType, at place: Int
  ) throws(StoreError) -> (option: ScorerType.Option, value: String?) {
    let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if let option = type.options.first(where: { $0.name.hasBytes(of: parts[0]) }) {
      if parts.count == 2 { return (option, String(parts[1])) }
      if option.kind == .flag { return (option, nil) }
    }
    if place < type.unnamedCount { return (type.options[place], item) }
    let names = type.options.map(\.name)
    throw StoreError(
      .usage,
      "the scorer \(type.name) has no option '\(parts[0])'; "
        + Spelling.advice(String(parts[0]), names))
  }
}

extension ScorerType.Option {
  /// The JSON of an option's value as it is typed.
  fileprivate func json(
    _ text: String?, read: (_ path: String) throws(StoreError) -> [UInt8]
  ) throws(StoreError) -> JSON {
    guard let text else { return .bool(true) }
    switch kind {
    case .text: return .string(text)
    case .list: return JSON(text.split(separator: "+").map(String.init))
    case .number, .flag, .json:
      return (try? JSON(parsing: Array(text.utf8))) ?? .string(text)
    case .file:
      if text.hasPrefix("{") || text.hasPrefix("["),
        let json = try? JSON(parsing: Array(text.utf8))
      {
        return json
      }
      let bytes = try read(text)
      do throws(JSONFault) {
        return try JSON(parsing: bytes, depth: 64)
      } catch {
        throw StoreError(.usage, "\(text) is not JSON: \(error.message)")
      }
    }
  }
}
