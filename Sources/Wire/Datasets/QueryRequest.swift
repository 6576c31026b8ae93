package import Model

/// A SELECT over versions, with its limits.
package struct QueryRequest: Codable, Sendable, Hashable {
  /// The statement; a table's name is a reference in double quotes.
  package var sql: String
  /// The form of the result's text; nil for the service's default.
  package var format: TextFormat?
  /// The most rows; nil for all.
  package var limit: Int?
  /// The time after which the query is stopped; nil for the service's own limit.
  package var timeoutSeconds: Double?
  /// The memory at which the query is stopped; nil for the service's own limit.
  package var memoryMebibytes: Int?

  /// A query with the service's default form and limits.
  package init(sql: String, format: TextFormat? = nil) {
    self.sql = sql
    self.format = format
  }
}

/// The outcome of a query.
package struct QueryDocument: Codable, Sendable, Hashable {
  package let rows: Int
  /// True when there were more rows than the limit.
  package let isCutShort: Bool
  /// The values that aggregates of numbers read and that are not numbers: a sentence each.
  package let notes: [String]

  /// A query that gave `rows` rows.
  package init(rows: Int, isCutShort: Bool, notes: [String] = []) {
    self.rows = rows
    self.isCutShort = isCutShort
    self.notes = notes
  }

  /// The notes as the field `Assay-Notes` of an answer has them: a JSON array of texts, in which
  /// `%` and what is not printable ASCII are percent-encoded.
  package var notesField: String { Self.field(notes: notes) }

  /// Notes as such a field.
  package static func field(notes: [String]) -> String {
    JSON.array(notes.map { .string($0) }).canonicalBytes.reduce(into: "") { text, byte in
      let isPlain = (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "%")
      text += isPlain ? String(UnicodeScalar(byte)) : "%" + Hex.encode([byte])
    }
  }

  /// The notes of such a field; none of one that is written otherwise.
  package static func notes(field: String) -> [String] {
    var bytes: [UInt8] = []
    var rest = field.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      guard let encoded = UInt8(digits, radix: 16) else { return [] }
      bytes.append(encoded)
      rest = rest.dropFirst(2)
    }
    return JSON(canonical: bytes)?.array?.compactMap(\.string) ?? []
  }
}
