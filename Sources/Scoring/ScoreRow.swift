package import Model

/// A row of a dataset of scores: one value of one output by one scorer.
package struct ScoreRow: Sendable, Hashable {
  /// The item of an output: its key without model and attempt.
  ///
  /// Equal keys are equal items and different keys are not, whatever the types of their columns: a
  /// text is one, and any other value is kept as its JSON.
  package struct Item: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The text, or the canonical JSON of another value.
    package let text: DataText
    package let isText: Bool

    /// The item with that text, or with a value of that JSON.
    package init(_ text: DataText, isText: Bool = true) {
      self.text = text
      self.isText = isText
    }

    package init(stringLiteral text: String) { self.init(DataText(text)) }

    /// The text for people.
    package var string: String { text.string }

    /// The value as it is saved.
    package var json: JSON { isText ? .string(string) : .verbatim(Array(string.utf8)) }
  }

  /// The identity of a row: the key of the dataset.
  package struct Key: Sendable, Hashable {
    package let item: Item
    /// Empty where no column names models.
    package let model: DataText
    /// From 1 on; 0 for the value of a set, whose item is empty.
    package let attempt: Int64
    package let scorer: DataText

    /// The score `scorer` of an attempt.
    package init(item: Item, model: DataText, attempt: Int64, scorer: DataText) {
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
  /// The digest of the row's reference answers; nil for a scorer that reads none.
  package var reference: String?
  /// The version that was scored, `outputs@3`.
  package let source: String

  /// The value of `key` in one column of the row.
  fileprivate var cells: [(String, JSON)] {
    func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
    func number(_ value: Double?) -> JSON { value.map { .number("\($0)") } ?? .null }
    return [
      ("item", key.item.json), ("model", .string(key.model.string)),
      ("attempt", .integer(key.attempt)), ("scorer", .string(key.scorer.string)),
      ("value", number(value)), ("lower", number(lower)), ("upper", number(upper)),
      ("scored", scored.map { .integer($0) } ?? .null),
      ("errors", errors.map { .integer($0) } ?? .null),
      ("kind", text(isBool.map { $0 ? ScoreColumns.rate : ScoreColumns.amount })),
      ("error", text(error)), ("detail", text(detail)), ("type", .string(type)),
      ("version", .integer(version)), ("digest", .string(digest)),
      (ScoreColumns.scorerIdentity, .string("\(type)/\(version) \(digest)")),
      (ScoreColumns.referenceDigest, text(reference)), ("source", .string(source)),
    ]
  }
}

extension ScoreRow {
  /// The rows of an output: its score with the parts of it, or the failure.
  package static func rows(
    _ identity: ScorerIdentity, of source: String,
    _ result: Result<Score, ScoringFailure>, reference: String? = nil,
    key: (_ scorer: DataText) -> Key
  ) -> [ScoreRow] {
    func row(
      _ name: String, _ value: Score.Value?, error: String? = nil, detail: String? = nil
    ) -> ScoreRow {
      let isBool: Bool? = value.map { if case .bool = $0 { true } else { false } }
      return ScoreRow(
        key: key(DataText(name)), value: value?.number, isBool: isBool, error: error,
        detail: detail, type: identity.type, version: Int64(identity.version),
        digest: identity.digest.description, reference: reference, source: source)
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
  package static let scorer = "scorer"
  package static let key = ["item", "model", "attempt", scorer]
  /// The end of the name of a dataset that keeps the scores of another.
  package static let suffix = ".scores"
  /// The kinds of values.
  package static let rate = "rate"
  package static let amount = "amount"

  package static let all: [(name: String, type: ColumnType)] = [
    ("item", .string), ("model", .string), ("attempt", .int64), ("scorer", .string),
    ("value", .float64), ("lower", .float64), ("upper", .float64), ("scored", .int64),
    ("errors", .int64), ("kind", .string), ("error", .string), ("detail", .string),
    ("type", .string), ("version", .int64), ("digest", .string), (scorerIdentity, .string),
    (referenceDigest, .string), ("source", .string),
  ]

  /// The scorer's type, version and digest as one text.
  ///
  /// Its name is that of a judge: a comparison of scores by different scorers notices it.
  static let scorerIdentity = "scorer_identity"
  /// The digest of what an output was judged by.
  ///
  /// Its name is that of a reference answer.
  package static let referenceDigest = "reference_digest"

  /// The rows as JSON lines.
  package static func lines(_ rows: [ScoreRow]) -> [UInt8] {
    var out: [UInt8] = []
    for row in rows {
      out += JSON.object(JSON.Object(row.cells)).compactBytes
      out.append(UInt8(ascii: "\n"))
    }
    return out
  }

  /// The types of the columns of some rows: items keep the type that all of them have.
  package static func types(of rows: [ScoreRow]) -> [DataText: ColumnType] {
    var types = Dictionary(uniqueKeysWithValues: all.map { (DataText($0.name), $0.type) })
    if rows.contains(where: { !$0.key.item.isText }) {
      let areIntegers = rows.allSatisfy {
        !$0.key.item.isText && Int64($0.key.item.string) != nil
      }
      types["item"] = areIntegers ? .int64 : .json
    }
    return types
  }

  /// The rows of a table with these items, whose columns `column` returns as texts.
  package static func rows(
    items: [ScoreRow.Item?], _ column: (String) throws(StoreError) -> [String?]
  ) throws(StoreError) -> [ScoreRow] {
    var texts: [DataText: [String?]] = [:]
    for (name, _) in all where name != "item" { texts[name] = try column(name) }
    return items.indices.compactMap { row in
      func text(_ name: String) -> String? { texts[name]?[row] }
      func number(_ name: String) -> Double? { text(name).flatMap { Double($0) } }
      func integer(_ name: String) -> Int64? { text(name).flatMap { Int64($0) } }
      guard let item = items[row], let model = text("model"), let attempt = integer("attempt"),
        let scorer = text("scorer"), let type = text("type"), let version = integer("version"),
        let digest = text("digest"), let source = text("source")
      else { return nil }
      return ScoreRow(
        key: .init(
          item: item, model: DataText(model), attempt: attempt,
          scorer: DataText(scorer)),
        value: number("value"), lower: number("lower"), upper: number("upper"),
        scored: integer("scored"), errors: integer("errors"),
        isBool: text("kind").map { $0.hasBytes(of: rate) }, error: text("error"),
        detail: text("detail"), type: type, version: version, digest: digest,
        reference: text(referenceDigest), source: source)
    }
  }
}
