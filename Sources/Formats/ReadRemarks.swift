package import Model

/// How a file was read where it could have meant something else.
package struct ReadRemarks: Sendable {
  /// A column of a dataset that a file did not continue, and the first cell that shows why.
  package struct Misfit: Sendable {
    package let column: String
    package let expected: ColumnType
    /// The cell's line, from 1, and its text, shortened.
    package let line: Int
    package let text: String

    /// A cell that is not of the type `expected`.
    package init(column: String, expected: ColumnType, line: Int, text: String) {
      self.column = column
      self.expected = expected
      self.line = line
      self.text = text
    }
  }

  package var misfits: [Misfit] = []
  /// Phrases as `'True' as bool in success`.
  package var readings: [String] = []
  /// Sentences about columns that are text for the sake of a few cells.
  package var doubts: [String] = []

  /// Nothing to say.
  package init() {}

  /// A sentence about each thing.
  /// - Parameter type: The type that a column has now; nil when there is none of the name.
  package func notes(_ type: (String) -> ColumnType?) -> [String] {
    var notes: [String] = []
    if !readings.isEmpty { notes.append("read as: " + readings.joined(separator: "; ")) }
    for misfit in misfits {
      guard let type = type(misfit.column), type != misfit.expected else { continue }
      notes.append(
        "column '\(misfit.column)' was \(misfit.expected.rawValue) and is "
          + "\(type.rawValue) now: line \(misfit.line) has \(misfit.text)")
    }
    return notes + doubts
  }

  /// A cell's text in quotes, at most 40 characters of it.
  static func quoted(_ text: some Sequence<UInt8>) -> String {
    let string = String(decoding: Array(text.prefix(200)), as: UTF8.self)
    return "'" + string.prefix(40) + (string.count > 40 ? "…'" : "'")
  }
}
