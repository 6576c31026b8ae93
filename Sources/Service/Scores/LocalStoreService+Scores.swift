import Analysis
import Columns
import Formats
package import Model
import Platform
import Scoring
import Store
package import Wire

extension LocalStoreService {
  /// The number of times that scores are merged again because others were saved meanwhile.
  private static let mergeLimit = 10
  /// The number of outputs that a thread scores at a time.
  private static let shareCount = 256

  package func score(_ request: ScoreRequest) throws(StoreError) -> ScoresDocument {
    let planned = try planned(request, allowsOutside: false)
    return try saved(try scores(planned.outputs, planned.measures), of: planned)
  }

  /// Scores to be made: the outputs are read.
  struct PlannedScores {
    let request: ScoreRequest
    let dataset: DatasetName
    /// The column with the outputs, for scorers that name no other.
    let output: String
    let measures: [any Measure]
    let outputs: ScoredOutputs
  }

  /// Reads the outputs and scorers of a request.
  func planned(
    _ request: ScoreRequest, allowsOutside: Bool
  ) throws(StoreError) -> PlannedScores {
    let version = try store.resolve(try Reference(parsing: request.reference))
    let dataset = try DatasetName(request.into ?? version.dataset.text + ScoreColumns.suffix)
    _ = try requireScores(in: dataset)
    var output = request.output
    if output == nil {
      let columns = try store.snapshot(version).schema.columns
      output =
        try MetricRoles(stated: MetricRoles(), columns: columns, of: version.reference)[.output]
    }
    let document = try ScorerDocument(.array(request.scorers), output: output ?? "output")
    try Self.check(document.measures, allowsOutside: allowsOutside)
    return PlannedScores(
      request: request, dataset: dataset, output: output ?? "output", measures: document.measures,
      outputs: try ScoredOutputs(version, request, document.measures, in: self))
  }

  /// Throws for a scorer that starts programs, buys answers or asks people where none may, and for
  /// a judge whose rubric lacks what is judged.
  private static func check(
    _ measures: [any Measure], allowsOutside: Bool
  ) throws(StoreError) {
    for measure in measures {
      guard allowsOutside || !(measure is any OutsideScorer) else {
        let identity = measure.identity
        throw StoreError(
          .usage,
          "the scorer '\(identity.name)' (\(identity.type)) is applied by 'assay score' to a store "
            + "in a folder alone: no request starts programs, buys answers or asks people")
      }
      if let judge = measure as? JudgeScorer { try judge.requirePlaces() }
    }
  }

  /// Saves scores, and describes them.
  /// - Parameter sources: Versions that they were made of, beside the outputs and inputs.
  func saved(
    _ rows: [ScoreRow], of planned: PlannedScores, sources: [Version] = []
  ) throws(StoreError) -> ScoresDocument {
    let kept = try keep(rows, of: planned, sources)
    return ScoresDocument(
      version: self.document(for: kept.version), isNew: kept.isNew,
      source: planned.outputs.version.reference,
      inputs: planned.outputs.inputs.map(\.reference),
      scorers: planned.measures.map { measure in
        let identity = measure.identity
        return .init(
          name: identity.name, type: identity.type, version: identity.version,
          digest: identity.digest)
      },
      summaries: ScoresDocument.summaries(rows), failures: ScoresDocument.failures(rows),
      warnings: planned.outputs.warnings + kept.warnings)
  }

  /// The scores of all outputs, scorer by scorer.
  func scores(
    _ outputs: ScoredOutputs, _ measures: [any Measure]
  ) throws(StoreError) -> [ScoreRow] {
    var rows: [ScoreRow] = []
    let count = outputs.columns.count
    let shares = (count + Self.shareCount - 1) / Self.shareCount
    for measure in measures {
      try checkCancellation()
      var columns = measure.visible(in: outputs.columns)
      columns.isCancelled = isCancelled
      let cells = columns
      let references =
        measure.columns.references + measure.furtherColumns(columns).references
      if let set = measure as? any SetScorer {
        rows += outputs.rows(by: set, cells)
        try checkCancellation()
      }
      guard let scorer = measure as? any Scorer else { continue }
      let parts = try parallelMap(count: shares) { share throws(StoreError) in
        let start = share * Self.shareCount
        var rows: [ScoreRow] = []
        for row in start..<min(start + Self.shareCount, count) {
          rows += outputs.rows(of: row, by: scorer, cells, references)
          try checkCancellation()
        }
        return rows
      }
      for part in parts { rows += part }
    }
    return rows
  }

  private struct Saved {
    let version: Version
    let isNew: Bool
    var warnings: [String] = []
  }

  /// Saves scores beside those of other scorers on the same outputs.
  private func keep(
    _ rows: [ScoreRow], of planned: PlannedScores, _ sources: [Version]
  ) throws(StoreError) -> Saved {
    let names = planned.measures.map(\.identity.name)
    let dataset = planned.dataset
    for _ in 0..<Self.mergeLimit {
      let latest = try requireScores(in: dataset)
      let earlier = try scoresVersion(of: planned.outputs.version, in: dataset)
      var known: [ScoreRow] = []
      if let earlier { known = try scoreRows(earlier) }
      let merged = known.filter { row in !names.contains { row.isOf($0) } } + rows
      if let earlier, Set(known) == Set(merged) { return Saved(version: earlier, isNew: false) }
      let cautions =
        Self.replaced(known, by: rows) + (try order(of: planned.outputs.version, after: latest))
      do throws(StoreError) {
        let pushed = try push(merged, of: planned, sources, after: latest, earlier)
        return Saved(
          version: pushed.version, isNew: pushed.isNew, warnings: cautions + pushed.warnings)
      } catch  where error.kind == .conflict && error.detail == nil {
        // Other scores were saved meanwhile.
        continue
      }
    }
    throw StoreError(.conflict, "scores are being added to \(dataset) all the time; try again")
  }

  /// The scorers that take the name of another configuration.
  private static func replaced(_ known: [ScoreRow], by rows: [ScoreRow]) -> [String] {
    var digests: [DataText: DataText] = [:]
    for row in known { digests[row.key.scorer] = DataText(row.digest) }
    var names: [String] = []
    for row in rows {
      guard let before = digests[row.key.scorer], before != DataText(row.digest) else { continue }
      if !names.hasText(row.key.scorer.string) { names.append(row.key.scorer.string) }
    }
    return names.map {
      "'\($0)' was of another configuration until now, and takes the place of its scores; the "
        + "version before keeps them: to have both, name it, such as --scorer other=…"
    }
  }

  /// A caution where the latest scores were of a later version than the one that is scored.
  private func order(
    of version: Version, after latest: Version?
  ) throws(StoreError) -> [String] {
    guard let latest else { return [] }
    let newest = latest.record.lineage.filter { $0.dataset == version.dataset }.map(\.number).max()
    guard let newest, newest > version.number else { return [] }
    return [
      "the latest \(latest.dataset) is now of \(version.reference), and before was of "
        + "\(version.dataset)@\(newest): those stay as \(latest.reference)"
    ]
  }

  private func push(
    _ rows: [ScoreRow], of planned: PlannedScores, _ sources: [Version],
    after latest: Version?, _ earlier: Version?
  ) throws(StoreError) -> PushResult {
    let (outputs, request) = (planned.outputs, planned.request)
    var order = PushRequest()
    order.kind = .metrics
    order.key = ScoreColumns.key
    order.precondition = .number(latest?.number ?? 0)
    order.message = request.message ?? ""
    order.author = request.author ?? ""
    order.lineage = [outputs.version.pinned]
    // With the inputs that the scores of others were made with.
    let earlier = (earlier?.record.lineage ?? []).map {
      Reference(dataset: $0.dataset, selector: .number($0.number))
    }
    let made = (outputs.inputs + sources).map(\.pinned)
    for source in made + earlier where !order.lineage.contains(source) {
      order.lineage.append(source)
    }
    order.attributes = outputs.identity.attributes
    let reader = try JSONReader(
      MemorySource(name: "the scores", bytes: ScoreColumns.lines(rows)), layout: .lines,
      options: ReadOptions(types: ScoreColumns.types(of: rows)))
    return try store.push(planned.dataset, reader, options(order)) { _ in }
  }

  /// The latest version of a dataset, nil when it has none; throws when that holds something else
  /// than scores.
  private func requireScores(in dataset: DatasetName) throws(StoreError) -> Version? {
    guard let latest = try store.catchUp(dataset) else { return nil }
    try requireScores(latest, advice: "; name another dataset with --into")
    return latest
  }

  /// Throws unless a version holds scores.
  func requireScores(_ version: Version, advice: String = "") throws(StoreError) {
    if try holdsScores(version) { return }
    throw StoreError(
      .usage,
      "'\(version.dataset)' holds \(version.record.kind.rawValue), and not scores" + advice)
  }

  /// Returns true when a version holds scores: it is of kind metrics, and has their key.
  func holdsScores(_ version: Version) throws(StoreError) -> Bool {
    guard version.record.kind == .metrics else { return false }
    return try store.snapshot(version).schema.key.map { DataText($0) }
      == ScoreColumns.key.map { DataText($0) }
  }

  /// The newest version of `dataset` with scores of a version; nil when there is none.
  func scoresVersion(
    of version: Version, in dataset: DatasetName
  ) throws(StoreError) -> Version? {
    guard try store.catchUp(dataset) != nil else { return nil }
    return try store.versions(of: dataset).first { scores in
      scores.record.kind == .metrics && scores.isMade(from: version)
    }
  }

  /// The scores of a version.
  func scoreRows(_ version: Version) throws(StoreError) -> [ScoreRow] {
    let known = try store.snapshot(version).schema.columns.map(\.name)
    let names = ScoreColumns.all.map(\.name).filter { known.hasText($0) }
    let table = try table(version.pinned, columns: names).table
    let items = try table.labels("item").map { $0.map { ScoreRow.Item($0) } }
    return try ScoreColumns.rows(items: items) { name throws(StoreError) in
      table.has(name) ? try table.texts(name) : Array(repeating: nil, count: table.count)
    }
  }
}

extension ScoredOutputs {
  /// The rows with the value of all outputs, model by model.
  fileprivate func rows(by scorer: any SetScorer, _ columns: ScoredColumns) -> [ScoreRow] {
    var models: [DataText] = []
    var places: [DataText: [ScoreRow.Item: [Int]]] = [:]
    var order: [DataText: [ScoreRow.Item]] = [:]
    for row in items.indices {
      let (model, item) = (self.models[row], items[row])
      if places[model] == nil { models.append(model) }
      if places[model]?[item] == nil { order[model, default: []].append(item) }
      places[model, default: [:]][item, default: []].append(row)
    }
    return models.map { model in
      let sets = (order[model] ?? []).map { item in
        (places[model]?[item] ?? []).map { columns.item($0) }
      }
      return ScoreRow.row(
        scorer.identity, of: version.reference, scorer.score(sets), model: model)
    }
  }

  /// The rows with the score of one output.
  fileprivate func rows(
    of row: Int, by scorer: any Scorer, _ columns: ScoredColumns, _ references: [String]
  ) -> [ScoreRow] {
    let result: Result<Score, ScoringFailure>
    do throws(ScoringFailure) {
      result = .success(try scorer.score(columns.item(row)))
    } catch {
      result = .failure(error)
    }
    let reference = columns.item(row).digest(of: references)?.description
    return ScoreRow.rows(
      scorer.identity, of: version.reference, result, reference: reference
    ) { name in
      key(of: row, scorer: name)
    }
  }
}

extension OutputKey {
  /// The columns, as a version of scores records them.
  fileprivate var attributes: [String: String] {
    var attributes = [Self.itemAttribute: NameList.text(items)]
    attributes[Self.modelAttribute] = model
    attributes[Self.attemptAttribute] = attempt
    return attributes
  }
}
