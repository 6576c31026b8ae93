import Statistics
import Model
import Wire

/// Two policies on the same logged rows, each with its weight of every row.
struct WeightedPair: Sendable {
  let active: [Double]
  let candidate: [Double]
  /// By metric name, one value per row.
  let columns: [DataText: [Double?]]
  let metrics: RoutingMetrics
  let clusters: Clusters?
  let level: Double

  /// The rows that have all of some values, with weights, values and clusters parallel.
  private struct Part {
    var active: [Double] = []
    var candidate: [Double] = []
    var values: [[Double]] = []
    var places: [Int] = []
  }

  private func part(_ names: [String]) -> Part {
    var part = Part()
    part.values = names.map { _ in [] }
    for row in active.indices {
      let values = names.compactMap { columns[$0]?[row] }
      guard values.count == names.count else { continue }
      part.active.append(active[row])
      part.candidate.append(candidate[row])
      for (place, value) in values.enumerated() { part.values[place].append(value) }
      part.places.append(row)
    }
    return part
  }

  private func clusters(_ part: Part) -> Clusters? {
    clusters.map { whole in Clusters(labels: part.places.map { whole.codes[$0] }) }
  }

  /// The pair, of which the tests are yet to be judged together.
  func document(base: String, candidate name: String) -> PairDocument {
    PairDocument(
      base: base, candidate: name, metrics: metrics.choices.map(document), latency: nil,
      costPerSuccess: costPerSuccess, slices: [], buckets: nil)
  }

  private func document(_ choice: MetricChoice) -> MetricDocument {
    let part = part([choice.name])
    let values = part.values[0]
    var document = MetricDocument(metric: choice.name, direction: choice.direction)
    document.items = values.count
    document.missing = active.count - values.count
    let nature = metrics.values(of: choice.name)
    if nature.areRates { document.scale = .binary }
    let clusters = clusters(part)
    guard let one = ratio(part.active, values, clusters),
      let two = ratio(part.candidate, values, clusters)
    else { return document }
    func mean(_ estimate: Estimate) -> EstimateDocument? {
      let document = EstimateDocument(estimate, method: "SNIPS, Fieller")
      guard nature.areShares else { return document }
      return document?.ofShares(varies: values.contains { $0 != values[0] }, level: level)
    }
    document.base = mean(one)
    document.candidate = mean(two)
    // What each row adds to the difference of two ratios, to first order; the mean is the
    // difference.
    let (before, after) = (
      influences(part.active, values, one.value),
      influences(part.candidate, values, two.value)
    )
    let change = zip(before, after).map { two.value - one.value + $1 - $0 }
    let zero = PairedSample(
      base: change.map { _ in 0 }, candidate: change, clusters: clusters)
    let paired = PairedDifference(zero, level: level)
    let difference = EstimateDocument(paired?.difference, method: "SNIPS, delta t")
    document.difference =
      nature.areShares ? difference?.ofShares(in: zero, level: level) : difference
    document.test = paired?.pValue.map { .init(name: "delta t", pValue: $0) }
    let detectable = paired?.detectable(alpha: 1 - level)
    document.detectable = nature.areShares ? detectable?.ofShares : detectable
    document.relative = EstimateDocument(
      RelativeChange.of(
        base: parts(part.active, values), candidate: parts(part.candidate, values),
        clusters: clusters, level: level), method: "SNIPS, delta, logarithm")
    return document
  }

  private func parts(
    _ weights: [Double], _ values: [Double], over others: [Double]? = nil
  ) -> RelativeChange.Parts {
    .init(
      zip(weights, values).map { $0 * $1 },
      over: others.map { zip(weights, $0).map { $0 * $1 } } ?? weights)
  }

  private func ratio(
    _ weights: [Double], _ values: [Double], _ clusters: Clusters?, over others: [Double]? = nil
  ) -> Estimate? {
    let parts = parts(weights, values, over: others)
    return RatioEstimate.of(
      parts.numerators, over: parts.denominators, clusters: clusters, level: level)
  }

  private func influences(_ weights: [Double], _ values: [Double], _ mean: Double) -> [Double] {
    let weight = weights.reduce(0, +) / Double(weights.count)
    return zip(weights, values).map { $0 * ($1 - mean) / weight }
  }

  private var costPerSuccess: PairDocument.CostChange? {
    guard let cost = metrics.roles[.cost], let success = metrics.roles[.success] else { return nil }
    let part = part([cost, success])
    let clusters = clusters(part)
    func estimate(_ weights: [Double]) -> EstimateDocument? {
      EstimateDocument(
        ratio(weights, part.values[0], clusters, over: part.values[1]), method: "SNIPS, Fieller")
    }
    return PairDocument.CostChange(
      base: estimate(part.active), candidate: estimate(part.candidate),
      change: EstimateDocument(
        RelativeChange.of(
          base: parts(part.active, part.values[0], over: part.values[1]),
          candidate: parts(part.candidate, part.values[0], over: part.values[1]),
          clusters: clusters, level: level), method: "SNIPS, delta, logarithm"))
  }
}
