package import Model

/// A measurement of outputs: a pure function of rows, their inputs and the configuration.
///
/// It reads no store, no network and no clock, so that stored outputs can be measured again at any
/// time, at no cost.
package protocol Measure: Sendable {
  /// The name, type, version and configuration, by which scores are recorded.
  var identity: ScorerIdentity { get }
  /// The columns that are read.
  var columns: ScorerColumns { get }
  /// The columns that are read because of what is in others, as far as they exist.
  func furtherColumns(_ cells: ScoredColumns) -> ScorerColumns
  /// The reason for which none of the rows can be scored as configured; nil when they may be.
  func fault(in cells: ScoredColumns) -> String?
}

extension Measure {
  package func furtherColumns(_ cells: ScoredColumns) -> ScorerColumns {
    ScorerColumns(required: [])
  }

  package func fault(in cells: ScoredColumns) -> String? { nil }

  /// The columns that the scores depend on, whatever else was read for others.
  package func visible(in cells: ScoredColumns) -> ScoredColumns {
    cells.limited(to: columns + furtherColumns(cells.limited(to: columns)))
  }
}

/// A measurement of one output.
package protocol Scorer: Measure {
  /// Scores one output.
  /// - Throws: ``ScoringFailure`` when there is nothing to score or to score it by. That is not a
  ///   score of 0: it is recorded as null with its reason, and counted.
  func score(_ item: ScoredItem) throws(ScoringFailure) -> Score
}

/// The identity of a scorer: metrics are comparable when all of it but the name is equal.
package struct ScorerIdentity: Sendable, Hashable {
  /// The name of the score, which is unique in a document.
  package let name: String
  package let type: String
  /// The version of the type's rules, which changes when equal configurations give other scores.
  package let version: Int
  /// The SHA-256 of the configuration: its canonical JSON (RFC 8785) without the name.
  package let digest: Digest
}

/// The columns that a scorer reads, of the outputs or their inputs.
package struct ScorerColumns: Sendable, Hashable {
  /// Columns without which there is no score.
  package var required: [String]
  /// Columns that are read where they exist.
  package var optional: [String] = []
  /// Columns that are read where they exist, of which one must.
  package var oneOf: [String] = []
  /// Those among the columns that hold what an output is judged by, which it does not have of
  /// itself: reference answers, lists of checks.
  package var references: [String] = []

  /// The names of all columns.
  var names: [String] { required + optional + oneOf }

  static func + (left: ScorerColumns, right: ScorerColumns) -> ScorerColumns {
    ScorerColumns(
      required: left.required + right.required, optional: left.optional + right.optional,
      oneOf: left.oneOf + right.oneOf, references: left.references + right.references)
  }
}

/// The score of one output.
package struct Score: Sendable, Hashable {
  /// A yes or no, or an amount.
  package enum Value: Sendable, Hashable {
    case bool(Bool)
    case number(Double)

    /// The value as a number: 1 for yes, 0 for no.
    package var number: Double {
      switch self {
      case .bool(let bool): bool ? 1 : 0
      case .number(let number): number
      }
    }
  }

  /// A further value of the same measurement, recorded as `SCORER.NAME`.
  package struct Part: Sendable, Hashable {
    package let name: String
    package let value: Value

    /// The part `name`.
    package init(name: String, value: Value) {
      self.name = name
      self.value = value
    }
  }

  package let value: Value
  /// The reason of a low score, for people: the first fault of a JSON text, the checks that failed.
  package var detail: String?
  package var parts: [Part] = []

  /// A yes or no.
  init(_ bool: Bool, detail: String? = nil, parts: [Part] = []) {
    self.init(.bool(bool), detail: detail, parts: parts)
  }

  /// A value with the reason for it.
  init(_ value: Value, detail: String?, parts: [Part] = []) {
    self.value = value
    self.detail = detail
    self.parts = parts
  }

  /// An amount.
  init(_ number: Double) { value = .number(number) }
}

/// The reason for which an output has no score.
package struct ScoringFailure: Error, Sendable, Hashable {
  package let message: String

  /// A failure; `message` is a sentence without a full stop at its end.
  package init(_ message: String) { self.message = message }
}
