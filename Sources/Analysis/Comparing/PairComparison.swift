import Statistics
import Model
import Wire

/// A candidate against the base over the items that all arms have.
struct PairComparison: Sendable {
  /// The items, one key each.
  let keys: [[String]]
  let options: ComparisonOptions
  let metrics: [MetricComparison]
  let clusters: Clusters?
  /// By metric name, one value per item; also latency, cost and success.
  let base: [DataText: [Double?]]
  let candidate: [DataText: [Double?]]
  let roles: MetricRoles
  /// The values of each slice column, and the input tokens, one an item.
  let slices: [(column: String, values: [ValueLabel?])]
  let tokens: [Double?]?
  let control: AnalysisControl
  let draws: Draws<StoreError>

  /// The pair, of which the tests are yet to be judged together.
  func document(
    base baseName: String, candidate name: String
  ) throws(StoreError) -> PairDocument {
    // flatMap has no typed errors.
    let slices = try slices.map { slice throws(StoreError) in
      try Set(slice.values.compactMap { $0 }).sorted().map { value throws(StoreError) in
        try part(slice.column, value.name, keys.indices.filter { slice.values[$0] == value })
      }
    }
    return PairDocument(
      base: baseName, candidate: name,
      metrics: try metrics.map { metric throws(StoreError) in
        try document(metric, Array(keys.indices))
      },
      latency: try latency(), costPerSuccess: costPerSuccess,
      slices: slices.flatMap(\.self),
      buckets: try tokens.map { tokens throws(StoreError) in
        try ContextBucket.all.map { bucket throws(StoreError) in
          try part("input tokens", bucket.name, tokens.indices.filter { bucket.holds(tokens[$0]) })
        }
      })
  }

  private func document(
    _ metric: MetricComparison, _ places: [Int]
  ) throws(StoreError) -> MetricDocument {
    let name = metric.choice.name
    func column(_ values: [DataText: [Double?]]) -> [Double?] {
      places.map { values[name]?[$0] ?? nil }
    }
    try control.check()
    return try metric.document(
      column(base), column(candidate), clusters: selected(places),
      keys: places.map { keys[$0] })
  }

  private func selected(_ places: [Int]) -> Clusters? {
    clusters.map { whole in Clusters(labels: places.map { whole.codes[$0] }) }
  }

  /// The metrics of some of the items, judged on their own: slices are for looking where to look.
  private func part(
    _ column: String, _ value: String, _ places: [Int]
  ) throws(StoreError) -> SliceDocument {
    let brief = metrics.map {
      MetricComparison(
        choice: $0.choice, values: $0.values, options: options, isBrief: true, draws: draws,
        edition: $0.edition)
    }
    return SliceDocument(
      column: column, value: value, items: places.count,
      metrics: places.isEmpty
        ? [] : try brief.map { metric throws(StoreError) in try document(metric, places) })
  }

  private func latency() throws(StoreError) -> PairDocument.LatencyChange? {
    guard let column = roles[.latency], let one = base[column], let two = candidate[column] else {
      return nil
    }
    let sample = PairedSample(base: one, candidate: two, clusters: clusters)
    let changes = try MedianRatio.of(
      sample, quantiles: [0.5, 0.95], resamples: options.resamples, seed: options.seed,
      level: options.confidence, draws: draws
    ).map { ratio -> EstimateDocument? in
      guard let ratio else { return nil }
      let interval = ratio.interval?.mapped { $0 - 1 }
      return EstimateDocument(
        value: ratio.value - 1, standardError: ratio.standardError, lower: interval?.lower,
        upper: interval?.upper, method: "bootstrap of the ratio", rows: ratio.rowCount,
        clusters: ratio.clusterCount)
    }
    return PairDocument.LatencyChange(p50: changes[0], p95: changes[1])
  }

  private var costPerSuccess: PairDocument.CostChange? {
    guard let cost = roles[.cost], let success = roles[.success],
      let baseCosts = base[cost], let costs = candidate[cost],
      let baseSuccesses = base[success], let successes = candidate[success]
    else { return nil }
    let places = keys.indices.filter {
      baseCosts[$0] != nil && costs[$0] != nil && baseSuccesses[$0] != nil && successes[$0] != nil
    }
    // Points of a scale are not successes to divide by.
    guard
      places.allSatisfy({ place in
        [baseSuccesses[place], successes[place]].allSatisfy { (0...1).contains($0 ?? 0) }
      })
    else { return nil }
    func parts(_ top: [Double?], _ bottom: [Double?]) -> RelativeChange.Parts {
      .init(places.compactMap { top[$0] }, over: places.compactMap { bottom[$0] })
    }
    func estimate(_ parts: RelativeChange.Parts) -> EstimateDocument? {
      EstimateDocument(
        RatioEstimate.of(
          parts.numerators, over: parts.denominators, clusters: selected(places),
          level: options.confidence), method: "Fieller")
    }
    let (one, two) = (parts(baseCosts, baseSuccesses), parts(costs, successes))
    return PairDocument.CostChange(
      base: estimate(one), candidate: estimate(two),
      change: EstimateDocument(
        RelativeChange.of(
          base: one, candidate: two, clusters: selected(places), level: options.confidence),
        method: "delta, logarithm"))
  }
}
