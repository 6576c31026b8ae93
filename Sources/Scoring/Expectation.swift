import Model

/// The reference answer of a scorer: a column of the outputs or inputs, or a value of its own.
enum Expectation: Sendable {
  case column(String)
  case value(JSON)

  /// The column, where it is one.
  var columns: ScorerColumns {
    guard case .column(let name) = self else { return ScorerColumns(required: []) }
    return ScorerColumns(required: [name], references: [name])
  }

  /// The accepted texts: the text, the JSON of another value, or the items of an array.
  /// - Throws: ``ScoringFailure`` when the row has no reference answer.
  func texts(_ item: ScoredItem) throws(ScoringFailure) -> [String] {
    switch self {
    case .value(let value): return Self.texts(value)
    case .column(let name):
      guard item.cell(name) != nil else { throw missing }
      let value = try item.value(name)
      guard value != .null, value != .array([]) else { throw missing }
      return Self.texts(value)
    }
  }

  /// The value as JSON; a column of texts holds JSON text.
  /// - Throws: ``ScoringFailure`` when the row has no reference answer, or not JSON.
  func json(_ item: ScoredItem) throws(ScoringFailure) -> JSON {
    switch self {
    case .value(let value): return value
    case .column(let name):
      guard item.cell(name) != nil else { throw missing }
      return try item.json(name)
    }
  }

  /// The failure for a row without a reference answer.
  var missing: ScoringFailure {
    switch self {
    case .value: ScoringFailure("the reference answer is empty")
    case .column(let name): ScoringFailure("the column '\(name)' has no reference answer")
    }
  }

  /// The accepted texts of a value.
  static func texts(_ value: JSON) -> [String] {
    switch value {
    case .string(let text): [text]
    case .array(let items): items.map { $0.string ?? $0.text }
    default: [value.text]
    }
  }
}
