package import Model

/// A row of a dataset of scores: one value of one output by one scorer.
package struct ScoreRow: Sendable, Hashable {
  /// The identity of a row: the key of the dataset.
  package struct Key: Sendable, Hashable {
    package let item: DataText
    /// Empty where no column names models.
    package let model: DataText
    /// From 1 on; 0 for the value of a set, whose item is empty.
    package let attempt: Int64
    package let scorer: DataText

    /// The score `scorer` of an attempt.
    package init(item: DataText, model: DataText, attempt: Int64, scorer: DataText) {
      self.item = item
      self.model = model
      self.attempt = attempt
      self.scorer = scorer
    }
  }

  package let key: Key
  /// Nil when scoring failed.
  package let value: Double?
  /// The bounds of the value of a set.
  package var lower: Double?
  package var upper: Double?
  /// The number of outputs in the value of a set, and of those that could not be scored.
  package var scored: Int64?
  package var errors: Int64?
  /// True for a yes or no, nil when scoring failed.
  package let isBool: Bool?
  /// The reason for which there is no value.
  package let error: String?
  package let detail: String?
  package let type: String
  package let version: Int64
  /// The digest of the scorer's configuration.
  package let digest: String
  /// The version that was scored, `outputs@3`.
  package let source: String

  /// The value of `key` in one column of the row.
  fileprivate var cells: [(String, JSON)] {
    func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
    func number(_ value: Double?) -> JSON { value.map { .number("\($0)") } ?? .null }
    return [
      ("item", .string(key.item.string)), ("model", .string(key.model.string)),
      ("attempt", .integer(key.attempt)), ("scorer", .string(key.scorer.string)),
      ("value", number(value)), ("lower", number(lower)), ("upper", number(upper)),
      ("scored", scored.map { .integer($0) } ?? .null),
      ("errors", errors.map { .integer($0) } ?? .null),
      ("kind", text(isBool.map { $0 ? ScoreColumns.rate : ScoreColumns.amount })),
      ("error", text(error)), ("detail", text(detail)), ("type", .string(type)),
      ("version", .integer(version)), ("digest", .string(digest)), ("source", .string(source)),
    ]
  }
}

extension ScoreRow {
  /// The rows of an output: its score with the parts of it, or the failure.
  package static func rows(
    _ identity: ScorerIdentity, of source: String,
    _ result: Result<Score, ScoringFailure>, key: (_ scorer: DataText) -> Key
  ) -> [ScoreRow] {
    func row(
      _ name: String, _ value: Score.Value?, error: String? = nil, detail: String? = nil
    ) -> ScoreRow {
      let isBool: Bool? = value.map { if case .bool = $0 { true } else { false } }
      return ScoreRow(
        key: key(DataText(name)), value: value?.number, isBool: isBool, error: error,
        detail: detail, type: identity.type, version: Int64(identity.version),
        digest: identity.digest.description, source: source)
    }
    switch result {
    case .failure(let failure): return [row(identity.name, nil, error: failure.message)]
    case .success(let score):
      guard score.value.number.isFinite else {
        return [row(identity.name, nil, error: "the score is not a finite number")]
      }
      return [row(identity.name, score.value, detail: score.detail)]
        + score.parts.map { row(identity.name + "." + $0.name, $0.value) }
    }
  }

  /// The row of a set of outputs of a model.
  package static func row(
    _ identity: ScorerIdentity, of source: String, _ score: SetScore, model: DataText
  ) -> ScoreRow {
    var score = score
    if score.value?.isFinite == false {
      score = SetScore(
        note: "the value is not a finite number", scored: score.scored, errors: score.errors)
    }
    return ScoreRow(
      key: Key(item: "", model: model, attempt: 0, scorer: DataText(identity.name)),
      value: score.value, lower: score.lower, upper: score.upper, scored: Int64(score.scored),
      errors: Int64(score.errors), isBool: score.value.map { _ in false },
      error: score.value == nil ? score.note : nil,
      detail: score.value == nil ? nil : score.note, type: identity.type,
      version: Int64(identity.version), digest: identity.digest.description, source: source)
  }

  /// True for the value of a set.
  package var isOfSet: Bool { key.attempt == 0 }

  /// Returns true when the row is of the scorer `name`, or a part of its scores.
  package func isOf(_ name: String) -> Bool {
    let scorer = key.scorer.string
    return scorer.hasBytes(of: name) || (scorer.hasPrefix(name) && scorer.hasPrefix(name + "."))
  }
}

/// The columns of a dataset of scores.
package enum ScoreColumns {
  package static let key = ["item", "model", "attempt", "scorer"]
  /// The kinds of values.
  package static let rate = "rate"
  package static let amount = "amount"

  package static let all: [(name: String, type: ColumnType)] = [
    ("item", .string), ("model", .string), ("attempt", .int64), ("scorer", .string),
    ("value", .float64), ("lower", .float64), ("upper", .float64), ("scored", .int64),
    ("errors", .int64), ("kind", .string), ("error", .string), ("detail", .string),
    ("type", .string), ("version", .int64), ("digest", .string), ("source", .string),
  ]

  /// The rows as JSON lines.
  package static func lines(_ rows: [ScoreRow]) -> [UInt8] {
    var out: [UInt8] = []
    for row in rows {
      out += JSON.object(JSON.Object(row.cells)).compactBytes
      out.append(UInt8(ascii: "\n"))
    }
    return out
  }

  /// The rows of a table, whose columns `column` returns as texts.
  package static func rows(
    count: Int, _ column: (String) throws(StoreError) -> [String?]
  ) throws(StoreError) -> [ScoreRow] {
    var texts: [DataText: [String?]] = [:]
    for (name, _) in all { texts[name] = try column(name) }
    return (0..<count).compactMap { row in
      func text(_ name: String) -> String? { texts[name]?[row] }
      func number(_ name: String) -> Double? { text(name).flatMap { Double($0) } }
      func integer(_ name: String) -> Int64? { text(name).flatMap { Int64($0) } }
      guard let item = text("item"), let model = text("model"), let attempt = integer("attempt"),
        let scorer = text("scorer"), let type = text("type"), let version = integer("version"),
        let digest = text("digest"), let source = text("source")
      else { return nil }
      return ScoreRow(
        key: .init(
          item: DataText(item), model: DataText(model), attempt: attempt,
          scorer: DataText(scorer)),
        value: number("value"), lower: number("lower"), upper: number("upper"),
        scored: integer("scored"), errors: integer("errors"),
        isBool: text("kind").map { $0.hasBytes(of: rate) }, error: text("error"),
        detail: text("detail"), type: type, version: version, digest: digest, source: source)
    }
  }
}
