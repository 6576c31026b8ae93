/// The form of a CSV file, where the format leaves a choice.
package struct CSVForm: Hashable, Sendable {
  /// The byte between cells; nil to find it in the beginning of the file.
  package var separator: UInt8?
  /// True when numbers have a decimal comma.
  package var hasDecimalComma = false
  /// The cells that stand for null in every column; nil for the words that common tools write,
  /// which are null in columns of truth values, numbers and times only.
  package var nulls: [String]?

  /// A file whose separator is found and whose nulls are the usual words.
  package init() {}

  /// The separators that a file may have, by the names that people and URLs use.
  package static let separators: [(name: String, byte: UInt8)] = [
    (",", UInt8(ascii: ",")), (";", UInt8(ascii: ";")), ("tab", UInt8(ascii: "\t")),
    ("|", UInt8(ascii: "|")),
  ]

  /// The form that textual options describe.
  /// - Throws: ``StoreError`` of kind `usage` for an unknown separator or decimal sign.
  package init(
    separator: String?, decimal: String?, nulls: [String]
  ) throws(StoreError) {
    if let separator {
      let name = separator == "\t" || separator == "\\t" ? "tab" : separator
      guard let known = Self.separators.first(where: { $0.name.hasBytes(of: name) })
      else {
        throw StoreError(
          .usage,
          "'\(separator)' separates no cells; use one of "
            + Self.separators.map(\.name).joined(separator: " "))
      }
      self.separator = known.byte
    }
    switch decimal {
    case nil, ".": break
    case ",": hasDecimalComma = true
    default: throw StoreError(.usage, "the decimal sign is '.' or ','")
    }
    if !nulls.isEmpty { self.nulls = nulls }
  }
}
