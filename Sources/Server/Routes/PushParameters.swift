import Access
import Foundation
import HTTPTypes
import Model
import Service
import Wire

/// The parameters of a new version, from the URL and the headers of its request.
struct PushParameters {
  /// The parameters that the URL may have.
  static let names: Set = [
    "format", "mode", "key", "delete_missing", "types", "kind", "message", "author", "from",
    "attr", "created_at", "expect", "counts", "null", "decimal", "separator",
  ]

  private(set) var request = PushRequest()
  /// The conditions in the headers on the latest version.
  private(set) var conditions: WriteConditions?

  /// Reads parameters and headers.
  /// - Throws: ``StoreError`` of kind `usage` that says which is wrong.
  init(
    _ parameters: QueryParameters, _ headers: HTTPFields, _ caller: Caller
  ) throws(StoreError) {
    request.mode = try parameters.choice("mode", of: PushMode.self) ?? .replace
    request.deletesMissing = try parameters.flag("delete_missing", default: false)
    request.key = try parameters.names("key")
    try Self.addTypes(try parameters.text("types"), to: &request)
    request.csv = try CSVForm(
      separator: try parameters.text("separator"), decimal: try parameters.text("decimal"),
      nulls: try Self.nulls(parameters.texts("null")))
    request.kind = try parameters.choice("kind", of: DatasetKind.self)
    request.message = try parameters.text("message") ?? ""
    request.author = try parameters.text("author") ?? ""
    try Self.requireShort(message: request.message, author: request.author)
    request.lineage = try Self.lineage(parameters.texts("from"))
    let attributes = parameters.texts("attr")
    guard attributes.count <= 100 else {
      throw StoreError(.usage, "attr is given at most 100 times")
    }
    try request.addAttributes(attributes)
    if let text = try parameters.text("created_at") {
      guard let time = Timestamp(parsing: text) else {
        throw StoreError(.usage, "created_at is a time, like 2026-10-01T12:00:00Z")
      }
      request.createdAt = time
    }
    request.countsChanges = try parameters.flag("counts", default: true)
    conditions = try WriteConditions(headers)
    if let expected = try parameters.number("expect", in: 0...999_999_999) {
      guard conditions == nil else {
        throw StoreError(.usage, "give one of If-Match, If-None-Match and expect")
      }
      request.precondition = .number(expected)
    }
    request.idempotencyKey = try Self.idempotencyKey(headers)
  }

  /// Throws unless the texts that a log keeps are short enough for it.
  static func requireShort(message: String, author: String) throws(StoreError) {
    guard message.unicodeScalars.count <= 8192, author.unicodeScalars.count <= 1024 else {
      throw StoreError(.usage, "a message has at most 8192 characters, an author 1024")
    }
  }

  /// The key by which a repeated request is known.
  static func idempotencyKey(_ headers: HTTPFields) throws(StoreError) -> String? {
    guard let key = headers[.idempotencyKey] else { return nil }
    guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw StoreError(.usage, "an Idempotency-Key has 1 to 255 visible ASCII characters")
    }
    return key
  }

  private static func addTypes(
    _ text: String?, to request: inout PushRequest
  ) throws(StoreError) {
    guard let text else { return }
    for item in try NameList.typedNames(in: text) {
      guard let equals = item.lastIndex(of: "=") else {
        throw StoreError(.usage, "types are given as column=type, with commas between")
      }
      let (column, name) = (String(item[..<equals]), String(item[item.index(after: equals)...]))
      if name == PushRequest.base64Type, !column.isEmpty {
        request.base64.append(column)
        continue
      }
      guard let type = ColumnType(rawValue: name), !column.isEmpty else {
        throw StoreError(
          .usage,
          "there is no type '\(name.prefix(50))'; use one of "
            + ColumnType.names.joined(separator: ", ") + ", bytes")
      }
      request.types[column] = type
    }
  }

  private static func nulls(_ texts: [String]) throws(StoreError) -> [String] {
    guard texts.count <= 100 else { throw StoreError(.usage, "null is given at most 100 times") }
    return texts
  }

  private static func lineage(_ texts: [String]) throws(StoreError) -> [Reference] {
    guard texts.count <= 100 else { throw StoreError(.usage, "from is given at most 100 times") }
    var references: [Reference] = []
    for text in texts { references.append(try Reference(parsing: text)) }
    return references
  }
}
