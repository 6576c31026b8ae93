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
    let dataset = try DatasetName(request.into ?? version.dataset.text + ".scores")
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
      warnings: kept.warnings)
  }

  /// The scores of all outputs, scorer by scorer.
  func scores(
    _ outputs: ScoredOutputs, _ measures: [any Measure]
  ) throws(StoreError) -> [ScoreRow] {
    var rows: [ScoreRow] = []
    let count = outputs.columns.count
    let shares = (count + Self.shareCount - 1) / Self.shareCount
    let isCancelled = isCancelled
    for measure in measures {
      if let set = measure as? any SetScorer {
        try checkCancellation()
        rows += outputs.rows(by: set)
      }
      guard let scorer = measure as? any Scorer else { continue }
      let parts = try parallelMap(count: shares) { share throws(StoreError) in
        if isCancelled?() == true { throw StoreError(.exhausted, "the request was cancelled") }
        let start = share * Self.shareCount
        return (start..<min(start + Self.shareCount, count)).flatMap { row in
          outputs.rows(of: row, by: scorer)
        }
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
      let latest = try store.catchUp(dataset)
      if let latest { try requireScores(latest) }
      let earlier = try scoresVersion(of: planned.outputs.version, in: dataset)
      var known: [ScoreRow] = []
      if let earlier { known = try scoreRows(earlier) }
      let merged = known.filter { row in !names.contains { row.isOf($0) } } + rows
      if let earlier, Set(known) == Set(merged) { return Saved(version: earlier, isNew: false) }
      do throws(StoreError) {
        let pushed = try push(merged, of: planned, sources, after: latest, earlier)
        return Saved(version: pushed.version, isNew: pushed.isNew, warnings: pushed.warnings)
      } catch  where error.kind == .conflict && error.detail == nil {
        // Other scores were saved meanwhile.
        continue
      }
    }
    throw StoreError(.conflict, "scores are being added to \(dataset) all the time; try again")
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
    order.lineage = ([outputs.version] + outputs.inputs + sources).map(\.pinned)
    // Inputs that the scores of others were made with.
    for source in earlier?.record.lineage ?? [] {
      let reference = Reference(dataset: source.dataset, selector: .number(source.number))
      if !order.lineage.contains(reference) { order.lineage.append(reference) }
    }
    order.attributes = outputs.identity.attributes
    let reader = try JSONReader(
      MemorySource(name: "the scores", bytes: ScoreColumns.lines(rows)), layout: .lines,
      options: ReadOptions(
        types: Dictionary(
          uniqueKeysWithValues: ScoreColumns.all.map { (DataText($0.name), $0.type) })))
    return try store.push(planned.dataset, reader, options(order)) { _ in }
  }

  /// Throws unless a version holds scores.
  private func requireScores(_ version: Version) throws(StoreError) {
    let key = try store.snapshot(version).schema.key
    guard version.record.kind == .metrics, key == ScoreColumns.key else {
      throw StoreError(
        .usage,
        "'\(version.dataset)' holds \(version.record.kind.rawValue), and not scores; name another "
          + "dataset with --into")
    }
  }

  /// The newest version of `dataset` with scores of a version; nil when there is none.
  func scoresVersion(
    of version: Version, in dataset: DatasetName
  ) throws(StoreError) -> Version? {
    guard try store.catchUp(dataset) != nil else { return nil }
    return try store.versions(of: dataset).first { scores in
      scores.record.kind == .metrics
        && scores.record.lineage.contains {
          $0.dataset == version.dataset && $0.number == version.number
        }
    }
  }

  /// The scores of a version.
  func scoreRows(_ version: Version) throws(StoreError) -> [ScoreRow] {
    let table = try table(version.pinned, columns: ScoreColumns.all.map(\.name)).table
    return try ScoreColumns.rows(count: table.count) { name throws(StoreError) in
      try table.texts(name)
    }
  }
}

extension ScoredOutputs {
  /// The rows with the value of all outputs, model by model.
  fileprivate func rows(by scorer: any SetScorer) -> [ScoreRow] {
    var models: [DataText] = []
    var places: [DataText: [DataText: [Int]]] = [:]
    var order: [DataText: [DataText]] = [:]
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
  fileprivate func rows(of row: Int, by scorer: any Scorer) -> [ScoreRow] {
    let result: Result<Score, ScoringFailure>
    do throws(ScoringFailure) {
      result = .success(try scorer.score(columns.item(row)))
    } catch {
      result = .failure(error)
    }
    return ScoreRow.rows(scorer.identity, of: version.reference, result) { name in
      key(of: row, scorer: name)
    }
  }
}

extension OutputKey {
  /// The columns, as a version of scores records them.
  fileprivate var attributes: [String: String] {
    var attributes = ["scores.item": NameList.text(items)]
    attributes["scores.model"] = model
    attributes["scores.attempt"] = attempt
    return attributes
  }
}
