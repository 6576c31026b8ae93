import Columns
package import Model

/// Writes the rows of a result as text, in pieces of some kilobytes.
///
/// Call `begin` once, `row` for each row, `finish` at the end.
package struct ResultPrinter {
  private let format: TextFormat
  private let write: ([UInt8]) throws(StoreError) -> Void
  private var out: [UInt8] = []
  /// Names as JSON, each with its quotes and colon.
  private var jsonNames: [[UInt8]] = []
  private var table: TextTable?
  private var rowCount = 0
  /// Infinities, which are null in JSON, as in every other output.
  private var infinityCount = 0

  private static let pieceBytes = 1 << 16
  /// Asked while a large value is written; throws to give it up.
  package var check: () throws(StoreError) -> Void = {}

  /// A printer that hands UTF-8 text to `write`.
  package init(_ format: TextFormat, write: @escaping ([UInt8]) throws(StoreError) -> Void) {
    self.format = format
    self.write = write
  }

  /// Writes the text before the rows.
  package mutating func begin(_ columns: [String]) throws(StoreError) {
    switch format {
    case .table: table = TextTable(columns, isMarkdown: false)
    case .markdown: table = TextTable(columns, isMarkdown: true)
    case .csv:
      for (index, name) in columns.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        appendCSV(name)
      }
      // RFC 4180 ends lines with CR LF, which few readers need and shells dislike.
      out.append(UInt8(ascii: "\n"))
    case .json, .jsonl:
      if format == .json { out.append(UInt8(ascii: "[")) }
      jsonNames = Self.distinct(columns).map { name in
        var text: [UInt8] = []
        JSON.append(name, to: &text)
        text.append(UInt8(ascii: ":"))
        return text
      }
    }
  }

  /// Writes one row.
  package mutating func row(_ values: [QueryValue]) throws(StoreError) {
    switch format {
    case .table, .markdown: try table?.append(values, to: &out, check: check)
    case .csv:
      for (index, value) in values.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        try appendCSV(value)
      }
      out.append(UInt8(ascii: "\n"))
    case .json, .jsonl: try appendJSON(values)
    }
    rowCount += 1
    if out.count >= Self.pieceBytes { try flush() }
  }

  /// Writes the text after the rows.
  package mutating func finish() throws(StoreError) {
    table?.finish(&out)
    if format == .json { out.append(contentsOf: (rowCount == 0 ? "]\n" : "\n]\n").utf8) }
    try flush()
  }

  /// A sentence about values that the format lacks, of which another is written.
  package var note: String? {
    guard infinityCount > 0 else { return nil }
    return (infinityCount == 1 ? "1 infinity is" : "\(infinityCount) infinities are")
      + " null, since JSON has none: the formats csv and table have them"
  }

  private mutating func flush() throws(StoreError) {
    guard !out.isEmpty else { return }
    try write(out)
    out.removeAll(keepingCapacity: true)
  }

  /// JSON objects cannot hold two members of one name, so later ones get a number.
  private static func distinct(_ names: [String]) -> [String] {
    var taken: Set<DataText> = []
    return names.map { name in
      var candidate = name
      var number = 1
      while !taken.insert(DataText(candidate)).inserted {
        number += 1
        candidate = "\(name)_\(number)"
      }
      return candidate
    }
  }

  private mutating func appendJSON(_ values: [QueryValue]) throws(StoreError) {
    if format == .json { out.append(contentsOf: (rowCount == 0 ? "\n" : ",\n").utf8) }
    out.append(UInt8(ascii: "{"))
    for (index, value) in values.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      out.append(contentsOf: jsonNames[index])
      switch value {
      case .null: out.append(contentsOf: "null".utf8)
      case .integer(let integer): out.append(contentsOf: integer.description.utf8)
      case .real(let real) where !real.isFinite:
        infinityCount += 1
        out.append(contentsOf: "null".utf8)
      case .real(let real): out.append(contentsOf: real.description.utf8)
      case .text, .blob: try appendJSON(text: value)
      }
    }
    out.append(UInt8(ascii: "}"))
    if format == .jsonl { out.append(UInt8(ascii: "\n")) }
  }

  private mutating func appendJSON(text value: QueryValue) throws(StoreError) {
    guard value.isLarge else {
      JSON.append(value.plainText, to: &out)
      return
    }
    out.append(UInt8(ascii: "\""))
    try value.pieces(check: check) { piece throws(StoreError) in
      var text: [UInt8] = []
      JSON.append(piece, to: &text)
      out.append(contentsOf: text.dropFirst().dropLast())
      try flush()
    }
    out.append(UInt8(ascii: "\""))
  }

  private mutating func appendCSV(_ value: QueryValue) throws(StoreError) {
    if value.isLarge { return try appendCSV(large: value) }
    switch value {
    // An empty field is null, so an empty text needs its quotes.
    case .text(""): out.append(contentsOf: "\"\"".utf8)
    case .text(let text): appendCSV(text)
    default: out.append(contentsOf: value.plainText.utf8)
    }
  }

  private mutating func appendCSV(large value: QueryValue) throws(StoreError) {
    var isQuoted = false
    try value.pieces(check: check) { isQuoted = isQuoted || Self.isSpecial($0) }
    if isQuoted { out.append(UInt8(ascii: "\"")) }
    try value.pieces(check: check) { piece throws(StoreError) in
      if isQuoted { appendQuoted(piece) } else { out.append(contentsOf: piece.utf8) }
      try flush()
    }
    if isQuoted { out.append(UInt8(ascii: "\"")) }
  }

  private mutating func appendCSV(_ text: String) {
    guard Self.isSpecial(text) else {
      out.append(contentsOf: text.utf8)
      return
    }
    out.append(UInt8(ascii: "\""))
    appendQuoted(text)
    out.append(UInt8(ascii: "\""))
  }

  /// Returns true for a text of CSV that needs quotes.
  private static func isSpecial(_ text: String) -> Bool {
    text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
  }

  private mutating func appendQuoted(_ text: String) {
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { out.append(byte) }
      out.append(byte)
    }
  }
}

extension QueryValue {
  /// The value without quotes: nothing for null, hexadecimal digits for a blob.
  package var plainText: String {
    switch self {
    case .null: ""
    case .integer(let integer): String(integer)
    case .real(let real): real.description
    case .text(let text): text
    case .blob(let bytes): Hex.encode(bytes)
    }
  }

  /// True when the value is aligned to the right of its cell.
  var isNumber: Bool {
    switch self {
    case .integer, .real: true
    default: false
    }
  }
}

/// One value of a result row, of the five kinds that SQLite has.
package enum QueryValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])
}
