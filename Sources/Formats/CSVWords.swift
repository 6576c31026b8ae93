import Model

/// The words that stand in the cells of a CSV file for what is no number.
struct CSVWords: Sendable {
  /// What common tools write for null: pandas, R, SQL shells, spreadsheets, Python.
  private static let usual = [
    "NA", "N/A", "n/a", "null", "NULL", "Null", "None", "#N/A", "<NA>", "NaT",
  ]

  private let nulls: [[UInt8]]
  /// Whether they are null in columns of text too.
  let areNamed: Bool

  /// The words that are null; the usual ones without any.
  init(_ named: [String]?) {
    nulls = (named ?? Self.usual).map { Array($0.utf8) }
    areNamed = named != nil
  }

  /// Whether the text is one of the words.
  func isNull(_ text: UnsafeRawBufferPointer) -> Bool {
    for word in nulls where word.count == text.count {
      if unsafe text.elementsEqual(word) { return true }
    }
    return false
  }

  /// Reads what tools write for a number that is not finite; nil for any other text.
  static func nonFinite(_ text: UnsafeRawBufferPointer) -> Double? {
    guard (3...9).contains(text.count) else { return nil }
    return switch unsafe String(decoding: text, as: UTF8.self) {
    case "nan", "NaN", "NAN": .nan
    case "inf", "Inf", "INF", "infinity", "Infinity", "INFINITY": .infinity
    case "-inf", "-Inf", "-INF", "-infinity", "-Infinity", "-INFINITY": -.infinity
    default: nil
    }
  }
}

/// How truth is spelt in a cell.
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

  /// Reads `1` and `0`, for a column that is known to be bool.
  init?(digit text: UnsafeRawBufferPointer) {
    guard text.count == 1, unsafe text[0] | 1 == UInt8(ascii: "1") else { return nil }
    value = unsafe text[0] == UInt8(ascii: "1")
  }
}
