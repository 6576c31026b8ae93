import Analysis
import Model
import Store
import Wire

/// A score in the versions of a trend: the metric where no version has a column of that name.
struct TrendScores: Sendable {
  /// The versions by their numbers, each with its scores.
  private let versions: [Int: AnalysedVersion]
  private let service: LocalStoreService
  let metric: String

  /// The score `metric` in some versions.
  init(_ metric: String, _ versions: [AnalysedVersion], in service: LocalStoreService) {
    self.metric = metric
    self.service = service
    self.versions = versions.reduce(into: [:]) { $0[$1.version.number] = $1 }
  }

  /// The definition of the score as a column: of true and false where it is so in all versions.
  var definition: ColumnDefinition {
    let scores = versions.values.compactMap { $0.scores?.columns.score(metric) }
    return ColumnDefinition(
      name: metric, type: !scores.isEmpty && scores.allSatisfy(\.isRate) ? .bool : .float64)
  }

  /// A version that has the score; nil for one that has it not.
  func version(_ number: Int) -> AnalysedVersion? {
    versions[number].flatMap { $0.scores?.columns.score(metric) == nil ? nil : $0 }
  }

  /// The versions of scores that have the score, by the versions that were scored.
  var sources: [ComparisonDocument.Source] {
    var sources: [ComparisonDocument.Source] = []
    for number in versions.keys.sorted() {
      sources += (version(number)?.scores?.sources ?? []).filter { !sources.contains($0) }
    }
    return sources
  }

  /// The score in all rows of a version, in their order; nil where it has it not.
  func rows(of number: Int) throws(StoreError) -> ColumnTable? {
    guard let version = version(number), let scores = version.scores else { return nil }
    let key = scores.key
    let table = try service.table(version.version.pinned, columns: key).table
    return try scores.joined([metric], to: table, without: key, in: service)
  }
}

extension LocalStoreService {
  /// The score that a trend is of, and the findings on one that does not show; no score where a
  /// version has a column of the metric's name.
  /// - Throws: ``StoreError`` of kind `usage` where neither the versions nor their scores have it.
  func trendScores(
    _ request: TrendRequest, _ versions: [Version], of dataset: DatasetName
  ) throws(StoreError) -> (scores: TrendScores?, findings: [ComparisonDocument.Finding]) {
    guard let metric = request.metric else { return (nil, []) }
    let choice = try ScoresChoice(request.scores, in: self)
    try choice.requireUse(by: versions)
    var names: [String] = []
    // The newest one first, which has it as a rule.
    for version in versions.reversed() where !names.hasText(metric) {
      names += try store.snapshot(version).schema.columns.map(\.name)
    }
    guard !names.hasText(metric) else {
      // The newest one says it for all.
      let newest = try versions.last.map { (version) throws(StoreError) in
        try AnalysedVersion(version, choice, in: self)
      }
      let hidden = newest?.scores?.findings(arm: nil) ?? []
      return (nil, hidden.filter { $0.subject.hasBytes(of: metric) })
    }
    var analysed: [AnalysedVersion] = []
    for version in versions {
      try checkCancellation()
      analysed.append(try AnalysedVersion(version, choice, in: self))
    }
    let scores = analysed.flatMap { $0.scores?.columns ?? [] }
    guard scores.score(metric) != nil else {
      let advice = Spelling.advice(metric, names + scores.map(\.name))
      throw StoreError(.usage, "no version of \(dataset) has a column '\(metric)'; \(advice)")
    }
    return (TrendScores(metric, analysed, in: self), [])
  }
}
