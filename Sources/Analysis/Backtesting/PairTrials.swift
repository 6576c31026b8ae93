import Statistics
import Model
import Wire

/// A comparison of two choices of rows, once in full and once for each gate's level.
struct PairTrials: Sendable {
  let keys: [[String]]
  let options: BacktestOptions
  let metrics: RoutingMetrics
  let clusters: Clusters?
  let names: (active: String, candidate: String)
  private let rules: [String]
  private let base: [DataText: [Double?]]
  private let candidate: [DataText: [Double?]]
  private let tokens: [Double?]?

  /// - Parameters:
  ///   - activeRows: The rows of each item under the active rules.
  ///   - rows: Under the candidate.
  ///   - rules: The candidate's rule for each item.
  init(
    keys: [[String]], options: BacktestOptions, metrics: RoutingMetrics, clusters: Clusters?,
    activeRows: [[Int]], rows: [[Int]], rules: [String], names: (active: String, candidate: String)
  ) throws(StoreError) {
    self.keys = keys
    self.options = options
    self.metrics = metrics
    self.clusters = clusters
    self.rules = rules
    self.names = names
    base = try metrics.columns(activeRows)
    candidate = try metrics.columns(rows)
    tokens = try metrics.tokens(activeRows)
  }

  /// The whole document of the pair.
  func pair() throws(StoreError) -> PairDocument {
    let document = try comparison(level: options.confidence, isBrief: false)
      .document(base: names.active, candidate: names.candidate)
    return ComparisonAnalysis.judged([document], level: options.confidence)[0]
  }

  /// The part of the document that gates read.
  func brief(level: Double) throws(StoreError) -> PairDocument {
    try comparison(level: level, isBrief: true)
      .document(base: names.active, candidate: names.candidate)
  }

  private func comparison(level: Double, isBrief: Bool) -> PairComparison {
    var plain = ComparisonOptions()
    plain.confidence = level
    plain.seed = options.seed
    plain.resamples = options.resamples
    let control = AnalysisControl()
    let draws = control.draws(shareCount: 0)
    let comparisons = metrics.choices.map { choice in
      let items = [base[choice.name] ?? [], candidate[choice.name] ?? []]
      return MetricComparison(
        choice: choice, values: metrics.values(of: choice.name).ofItems(items), options: plain,
        isBrief: isBrief, draws: draws)
    }
    return PairComparison(
      keys: keys, options: plain, metrics: comparisons, clusters: clusters, base: base,
      candidate: candidate, roles: metrics.roles,
      slices: isBrief ? [] : [("rule", rules.map { ValueLabel(text: $0) })],
      tokens: isBrief ? nil : tokens, control: control, draws: draws)
  }
}
