package import Columns
package import Model
package import Wire

/// A score as a column beside those of a version: the values of one scorer, or of a part of it.
package struct ScoreColumn: Sendable, Hashable {
  /// The scorer's name, or `NAME.PART`.
  package let name: String
  /// The type of the scorer, such as `exact`.
  package let scorerType: String
  /// True when all values are yes or no.
  package let isRate: Bool
  /// True when some outputs were judged by reference answers.
  package let hasReference: Bool

  /// The score `name` by a scorer of a type.
  package init(_ name: String, scorerType: String, isRate: Bool, hasReference: Bool = false) {
    self.name = name
    self.scorerType = scorerType
    self.isRate = isRate
    self.hasReference = hasReference
  }

  /// The name of the scorer, which has no point in it.
  package var scorer: String { Self.scorer(of: name) }

  /// True for a part of what a scorer found.
  package var isPart: Bool { !name.hasBytes(of: scorer) }

  /// The column with the identity of the scorer of each output: its type, the version of the type's
  /// rules, and the digest of its configuration; null for an output that was not scored.
  package var identity: String { scorer + ".scorer" }

  /// The column with the digest of the reference answers that each output was judged by; nil for a
  /// scorer that has none.
  package var reference: String? { hasReference ? scorer + ".reference_digest" : nil }

  /// The columns that say what the score rests on.
  package var rests: [String] { [identity] + (reference.map { [$0] } ?? []) }

  /// The name of the scorer of a score.
  package static func scorer(of name: String) -> String { String(name.prefix { $0 != "." }) }

  /// The types of which more is better, whatever they are configured to look for.
  private static let better: Set = [
    "exact", "number", "json_valid", "json_schema", "json_fields", "tool_call", "bleu", "chrf",
    "rouge_l", "checks",
  ]
  private static let worse: Set = ["wer"]
  private static let betterParts: Set = ["names", "args"]
  private static let worseParts: Set = ["missing", "spurious"]

  /// The direction of the score: that of its name, else that of what the type measures; nil where
  /// neither says it, as for a pattern that may be looked for as a fault.
  package var direction: MetricDocument.Direction? {
    if let named = MetricDirection.inferred(name) { return named }
    if isPart {
      let part = String(name.dropFirst(scorer.count + 1))
      return Self.betterParts.contains(part)
        ? .higher : Self.worseParts.contains(part) ? .lower : nil
    }
    // A number without a reference is itself the score.
    if scorerType == "number", !isRate { return nil }
    return Self.better.contains(scorerType)
      ? .higher : Self.worse.contains(scorerType) ? .lower : nil
  }

  /// The definitions of the columns of some scores: the scores, then who gave them, then by which
  /// reference answers.
  package static func definitions(_ scores: [ScoreColumn]) -> [ColumnDefinition] {
    scores.map { ColumnDefinition(name: $0.name, type: $0.isRate ? .bool : .float64) }
      + (scores.map(\.identity).textSet.sorted() + scores.compactMap(\.reference).textSet.sorted())
      .map { ColumnDefinition(name: $0.string, type: .string) }
  }
}

extension [ScoreColumn] {
  /// The score called `name`; nil when that is no score.
  package func score(_ name: String) -> ScoreColumn? { first { $0.name.hasBytes(of: name) } }

  /// The columns that those scores rest on of whose scorers none is among `metrics`, and on which
  /// no metric rests therefore.
  func idle(_ metrics: [String]) -> [String] {
    let scorers = metrics.map(ScoreColumn.scorer(of:)).textSet
    return filter { !scorers.contains(DataText($0.scorer)) }.flatMap(\.rests)
  }

  /// The identities of the scorers of some scores, those that are the same for all outputs.
  package func scorers(
    of names: [String], in table: ColumnTable
  ) throws(StoreError) -> [DataText: String] {
    var scorers: [DataText: String] = [:]
    for name in names {
      guard let score = score(name), table.has(score.identity) else { continue }
      let found = Set(try table.labels(score.identity).compactMap(\.self))
      if let scorer = found.first, found.count == 1 {
        scorers[DataText(name)] = scorer.text.string
      }
    }
    return scorers
  }

  /// The scores without their parts.
  package var whole: [ScoreColumn] { filter { !$0.isPart } }

  /// The outputs among some rows without a score in one of `columns`: those that the scorer could
  /// not score, and those that were not scored.
  package func findings(
    of columns: [String], in table: ColumnTable, rows: [Int], arm: String?
  ) throws(StoreError) -> [ComparisonDocument.Finding] {
    var findings: [ComparisonDocument.Finding] = []
    for column in columns {
      guard let score = score(column), !score.isPart, table.has(score.identity) else { continue }
      let numbers = try table.numbers(column)
      let scorers = try table.vector(score.identity)
      let without = rows.filter { numbers[$0] == nil }
      let failed = without.count { scorers.hasValue($0) }
      if failed > 0 {
        findings.append(
          .init(column, arm: arm, "outputs that could not be scored", count: failed))
      }
      if without.count > failed {
        findings.append(
          .init(
            column, arm: arm, "outputs that were not scored", count: without.count - failed))
      }
    }
    return findings
  }
}

extension ColumnTable {
  /// The table with columns of the same rows behind its own, without some of these.
  /// - Parameter known: The names of all scores that could have been read.
  package func joining(
    _ new: [(definition: ColumnDefinition, vector: ColumnVector)], known scores: [String],
    without left: [String]
  ) throws(StoreError) -> ColumnTable {
    let own = columns.filter { !left.hasText($0.name) }
    var vectors: [ColumnVector] = []
    for column in own { vectors.append(try vector(column.name)) }
    let definitions = own + new.map(\.definition)
    return ColumnTable(
      name: name, columns: definitions,
      known: known + scores.filter { !known.hasText($0) },
      batches: [
        RowBatch(columns: definitions, vectors: vectors + new.map(\.vector), count: count)
      ])
  }
}
