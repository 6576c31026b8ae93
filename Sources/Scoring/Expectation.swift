import Model

/// The reference answer of a scorer: a column of the outputs or inputs, or a value of its own.
enum Expectation: Sendable {
  case column(String)
  case value(JSON)

  /// The column, where it is one.
  var columns: [String] { if case .column(let name) = self { [name] } else { [] } }

  /// The accepted texts: the text, the JSON of another value, or the items of an array.
  /// - Throws: ``ScoringFailure`` when the row has no reference answer.
  func texts(_ item: ScoredItem) throws(ScoringFailure) -> [String] {
    switch self {
    case .value(let value): return Self.texts(value)
    case .column(let name):
      guard let cell = item.cell(name) else { throw Self.missing(name) }
      guard !cell.isText else { return [cell.text] }
      let value = try item.json(name)
      guard value != .null, value != .array([]) else { throw Self.missing(name) }
      return Self.texts(value)
    }
  }

  /// The value as JSON; a column of texts holds JSON text.
  /// - Throws: ``ScoringFailure`` when the row has no reference answer, or not JSON.
  func json(_ item: ScoredItem) throws(ScoringFailure) -> JSON {
    switch self {
    case .value(let value): return value
    case .column(let name):
      guard item.cell(name) != nil else { throw Self.missing(name) }
      return try item.json(name)
    }
  }

  private static func missing(_ column: String) -> ScoringFailure {
    ScoringFailure("the column '\(column)' has no reference answer")
  }

  private static func texts(_ value: JSON) -> [String] {
    switch value {
    case .string(let text): [text]
    case .array(let items): items.map { $0.string ?? $0.text }
    default: [value.text]
    }
  }
}
