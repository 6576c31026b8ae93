import Analysis
import Columns
import Model
import Scoring
import Store
import Wire

/// The scores of a version, as columns beside its own.
///
/// A score is joined to the output that it is of by item, model and attempt. Scores are read page
/// by page: in memory are the columns that are asked for, with one value for each output.
struct VersionScores: Sendable {
  /// The columns of one version of scores.
  private struct Part: Sendable {
    let version: Version
    let snapshot: Snapshot
    /// The columns of the outputs that identify one.
    let key: OutputKey
    let columns: [ScoreColumn]
  }

  private let parts: [Part]
  /// Scores whose names other columns have, each with its version.
  private let hidden: [(name: String, scores: String)]

  /// The scores in `versions` of `outputs`, whose own columns `schema` has; nil without any.
  /// - Throws: ``StoreError`` of kind `usage` when nothing identifies the outputs.
  init?(
    _ versions: [Version], of outputs: Version, _ schema: Schema, in service: LocalStoreService
  ) throws(StoreError) {
    if versions.isEmpty { return nil }
    var taken = schema.columns.map(\.name).textSet
    var parts: [Part] = []
    var hidden: [(name: String, scores: String)] = []
    for version in versions {
      let snapshot = try service.store.snapshot(version)
      let (own, others) = try Self.columns(in: snapshot, service).divided { score in
        taken.isDisjoint(with: ([score.name] + score.rests).textSet)
      }
      hidden += others.map { ($0.name, version.reference) }
      taken.formUnion(own.flatMap { [$0.name] + $0.rests }.textSet)
      parts.append(
        Part(
          version: version, snapshot: snapshot,
          key: try OutputKey(recordedBy: version, of: outputs, schema), columns: own))
    }
    self.parts = parts
    self.hidden = hidden
  }

  /// The scores.
  var columns: [ScoreColumn] { parts.flatMap(\.columns) }

  /// The columns of the outputs that a join needs.
  var key: [String] { parts.flatMap(\.key.columns).textSet.sorted().map(\.string) }

  /// The versions of scores in the list of sources of a document.
  var sources: [ComparisonDocument.Source] { parts.map { LocalStoreService.source($0.version) } }

  /// The scores that do not show, since the outputs have columns of their names.
  /// - Parameter arm: The arm of the outputs; nil where there is one version.
  func findings(arm: String?) -> [ComparisonDocument.Finding] {
    hidden.map { name, scores in
      .init(
        name, arm: arm, "is a column of its own, which is used; the score in \(scores) is not")
    }
  }

  /// A table of the outputs with the columns called `names` behind its own: scores, and who gave
  /// them.
  /// - Parameter left: Columns of the table that only the join needs.
  func joined(
    _ names: [String], to table: ColumnTable, without left: [String], in service: LocalStoreService
  ) throws(StoreError) -> ColumnTable {
    var new: [(definition: ColumnDefinition, vector: ColumnVector)] = []
    for part in parts {
      let wanted = part.columns.filter { score in
        names.hasText(score.name) || score.rests.contains { names.hasText($0) }
      }
      if wanted.isEmpty { continue }
      var cells = ScoreCells(wanted, count: table.count)
      let places = try part.key.places(in: table)
      try service.forEachPage(of: part.snapshot, ScoreCells.columns) { page throws(StoreError) in
        try cells.add(page, places)
      }
      new += cells.columns.filter { names.hasText($0.definition.name) }
    }
    return try table.joining(
      new, known: ScoreColumn.definitions(columns).map(\.name), without: left)
  }

  /// The scores that a version has of single outputs, in the order of their names.
  private static func columns(
    in snapshot: Snapshot, _ service: LocalStoreService
  ) throws(StoreError) -> [ScoreColumn] {
    var found: [DataText: (type: String, isRate: Bool, hasValue: Bool)] = [:]
    var referring: Set<DataText> = []
    try service.forEachPage(
      of: snapshot, ["scorer", "attempt", "kind", "type", ScoreColumns.referenceDigest]
    ) { page throws(StoreError) in
      let references =
        page.has(ScoreColumns.referenceDigest) ? try page.vector(ScoreColumns.referenceDigest) : nil
      let scorers = try page.labels("scorer")
      let attempts = try page.numbers("attempt")
      let kinds = try page.labelsIfThere("kind")
      let types = try page.labelsIfThere("type")
      for row in 0..<page.count {
        // Attempt 0 is a value of all outputs together.
        guard let scorer = scorers[row], attempts[row] != 0 else { continue }
        if references?.hasValue(row) == true {
          referring.insert(DataText(ScoreColumn.scorer(of: scorer.text.string)))
        }
        var facts =
          found[scorer.text] ?? (type: types[row]?.name ?? "", isRate: true, hasValue: false)
        if let kind = kinds[row] {
          facts.isRate = facts.isRate && kind.text.string.hasBytes(of: ScoreColumns.rate)
          facts.hasValue = true
        }
        found[scorer.text] = facts
      }
    }
    return found.sorted { $0.key < $1.key }.map { name, facts in
      ScoreColumn(
        name.string, scorerType: facts.type, isRate: facts.isRate && facts.hasValue,
        hasReference: referring.contains(DataText(ScoreColumn.scorer(of: name.string))))
    }
  }
}

extension [ScoreColumn] {
  /// The scores for which `isFirst` holds, and the others.
  fileprivate func divided(
    _ isFirst: (ScoreColumn) -> Bool
  ) -> (first: [ScoreColumn], others: [ScoreColumn]) {
    (filter(isFirst), filter { !isFirst($0) })
  }
}

extension ColumnTable {
  /// The labels of a column; none where there is no such column.
  func labelsIfThere(_ name: String) throws(StoreError) -> [ValueLabel?] {
    has(name) ? try labels(name) : Array(repeating: nil, count: count)
  }
}

extension OutputKey {
  /// The columns of `outputs` that a version of scores records as those which identify an output,
  /// else those of the outputs' key.
  fileprivate init(
    recordedBy scores: Version, of outputs: Version, _ schema: Schema
  ) throws(StoreError) {
    let recorded = scores.record.attributes
    guard let items = recorded[Self.itemAttribute] else {
      self = try OutputKey(
        schema, ScoreRequest(outputs.reference, scorers: []), of: outputs.reference)
      return
    }
    var attempts: [String] = []
    if let recorded = recorded[Self.attemptAttribute] {
      attempts = try NameList.names(in: recorded)
    }
    self.init(
      items: try NameList.names(in: items), model: recorded[Self.modelAttribute],
      attempts: attempts)
  }

  /// The row of each output of a table.
  fileprivate func places(in table: ColumnTable) throws(StoreError) -> [ScoreRow.Key: Int] {
    let (items, models, attempts) = try rows(table)
    var places: [ScoreRow.Key: Int] = [:]
    places.reserveCapacity(table.count)
    for row in 0..<table.count {
      let key = ScoreRow.Key(
        item: items[row], model: models[row], attempt: attempts[row], scorer: "")
      places[key] = row
    }
    return places
  }
}

extension LocalStoreService {
  /// Calls `body` with columns of a version, those of them that it has, page by page.
  func forEachPage(
    of snapshot: Snapshot, _ names: [String], _ body: (ColumnTable) throws(StoreError) -> Void
  ) throws(StoreError) {
    let positions = names.compactMap(snapshot.schema.index(of:))
    let columns = positions.map { snapshot.schema.columns[$0] }
    try RowPages(snapshot, columns: positions).forEach(.range(0..<snapshot.rows)) {
      page throws(StoreError) in
      try checkCancellation()
      try body(
        ColumnTable(name: snapshot.version.reference, columns: columns, batches: page))
    }
  }
}
