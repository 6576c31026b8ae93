import Model

/// The words in cells of a CSV file for null and for numbers that are not finite.
struct CSVWords: Sendable {
  /// The usual words for null: pandas, R, SQL shells, spreadsheets, Python.
  private static let usual = [
    "NA", "N/A", "n/a", "null", "NULL", "Null", "None", "#N/A", "<NA>", "NaT",
  ]

  private let nulls: [[UInt8]]
  /// True when they are null in columns of text too.
  let areNamed: Bool

  /// The words that are null; the usual ones without any.
  init(_ named: [String]?) {
    nulls = (named ?? Self.usual).map { Array($0.utf8) }
    areNamed = named != nil
  }

  /// Returns true when the text is one of the words.
  func isNull(_ text: UnsafeRawBufferPointer) -> Bool {
    for word in nulls where word.count == text.count {
      if unsafe text.elementsEqual(word) { return true }
    }
    return false
  }

  /// The number that is not finite of a tool's spelling; nil for any other text.
  ///
  /// The words with `#` are those of C on Windows before 2015.
  static func nonFinite(_ text: UnsafeRawBufferPointer) -> Double? {
    guard (3...9).contains(text.count) else { return nil }
    let isNegative = unsafe text[0] == UInt8(ascii: "-")
    let isSigned = unsafe isNegative || text[0] == UInt8(ascii: "+")
    return switch unsafe String(decoding: text.dropFirst(isSigned ? 1 : 0), as: UTF8.self) {
    case "nan", "NaN", "NAN", "1.#QNAN", "1.#SNAN", "1.#IND": .nan
    case "inf", "Inf", "INF", "infinity", "Infinity", "INFINITY", "1.#INF":
      isNegative ? -.infinity : .infinity
    default: nil
    }
  }
}

/// The spelling of truth values in a cell.
struct CSVBool {
  let value: Bool

  /// Reads the words for truth that tools write; nil for anything else.
  init?(_ text: UnsafeRawBufferPointer) {
    guard (4...5).contains(text.count) else { return nil }
    switch unsafe String(decoding: text, as: UTF8.self) {
    case "true", "True", "TRUE": value = true
    case "false", "False", "FALSE": value = false
    default: return nil
    }
  }

  /// Reads a possible truth value, for a column that is known to be bool: `1`, `0.0`, `yes`, `N`.
  init?(known text: UnsafeRawBufferPointer) {
    guard text.count <= 5 else { return nil }
    switch unsafe String(decoding: text, as: UTF8.self).lowercased() {
    case "true", "1", "1.0", "yes", "y", "t": value = true
    case "false", "0", "0.0", "no", "n", "f": value = false
    default: return nil
    }
  }
}
