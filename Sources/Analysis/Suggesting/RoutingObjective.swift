import Statistics
package import Model
import Platform
package import Wire

/// The measure that a rule set is to optimise, and the bound it must not cross.
package struct RoutingObjective: Sendable, Hashable {
  /// The measures that can be optimised.
  enum Measure: String, Sendable, CaseIterable {
    case success, cost, latency, p50, p95
    case costPerSuccess = "cost_per_success"

    /// True when more of it is better.
    var isUp: Bool { self == .success }

    /// The roles that columns have to play for it.
    var roles: [MetricRoles.Role] {
      switch self {
      case .success: [.success]
      case .cost: [.cost]
      case .latency, .p50, .p95: [.latency]
      case .costPerSuccess: [.cost, .success]
      }
    }
  }

  let goal: Measure
  let gate: Gate
  let bounded: Measure

  /// Reads `min cost s.t. success >= -1pp`; a bare name after `s.t.` must not get worse at all.
  /// - Parameter measure: The measure that a column's own name means; nil for none.
  /// - Throws: ``StoreError`` of kind `usage`, which names the word that does not fit.
  package init(
    _ text: String, named measure: (String) -> MetricRoles.Role? = { _ in nil }
  ) throws(StoreError) {
    guard let match = text.firstMatch(of: /^\s*(min|max)\s+(\S+)\s+s\.t\.\s+(.+?)\s*$/) else {
      throw Self.unfit(text, nil)
    }
    let goal = try Self.measure(String(match.2), text, measure)
    guard goal.isUp == (match.1 == "max") else {
      throw Self.unfit(text, "\(goal.isUp ? "more" : "less") of '\(match.2)' is better")
    }
    var bound = String(match.3)
    if let measure = try? Self.measure(bound, text, measure) {
      bound += measure.isUp ? " >= -0pp" : " <= +0%"
    }
    guard bound.contains(/[+\-−]\s*[\d.]+\s*(pp|%)?$/) else {
      throw StoreError(
        .usage,
        "'\(text)' has a bound without a sign; an objective's is one on the change against the best "
          + "model for everything: write -1pp or +10%")
    }
    let gate = try Gate(bound)
    let bounded = try Self.measure(gate.metric, text, measure)
    guard bounded != goal else {
      throw Self.unfit(text, "'\(gate.metric)' cannot be optimized and bounded")
    }
    let sign = bounded.isUp ? ">=" : "<="
    guard (gate.relation == .atLeast) == bounded.isUp else {
      throw Self.unfit(text, "the bound of '\(gate.metric)' is written \(sign)")
    }
    guard (gate.scale == .absolute) == bounded.isUp else {
      throw Self.unfit(
        text, "the bound of '\(gate.metric)' is in \(bounded.isUp ? "pp" : "%")")
    }
    self.goal = goal
    self.gate = gate
    self.bounded = bounded
  }

  /// The measure of a name: its own, or that of a column.
  private static func measure(
    _ name: String, _ text: String, _ column: (String) -> MetricRoles.Role?
  ) throws(StoreError) -> Measure {
    if let measure = Measure(rawValue: name) { return measure }
    if let measure = column(name).flatMap({ Measure(rawValue: $0.rawValue) }) { return measure }
    let names = Measure.allCases.map(\.rawValue)
    throw unfit(text, "there is no measure '\(name)'; \(Spelling.advice(name, names))")
  }

  private static func unfit(_ text: String, _ reason: String?) -> StoreError {
    StoreError(
      .usage,
      "'\(text)' is not an objective" + (reason.map { ": \($0)" } ?? "")
        + "; write 'min cost s.t. success >= -1pp', 'max success s.t. cost <= +10%' or "
        + "'min p95 s.t. success >= -1pp'")
  }
}

/// One model in another's place, on the same items.
struct ModelChange: Sendable {
  /// By role, one value per item.
  let base: [MetricRoles.Role: [Double?]]
  let candidate: [MetricRoles.Role: [Double?]]
  let clusters: Clusters?
  let options: BacktestOptions

  /// The change of a measure, and the p-value of "it is on the bad side of the bound".
  func test(
    _ measure: RoutingObjective.Measure, bound: Double, isAbove: Bool
  ) throws(StoreError) -> (change: EstimateDocument?, pValue: Double?) {
    try CancellationFlag.check()
    switch measure {
    case .success:
      let sample = sample(.success)
      let paired = PairedDifference(sample, level: options.confidence)?.difference
      var change = EstimateDocument(paired, method: clusters == nil ? "t" : "clustered t")
      if sample.areShares { change = change?.ofShares(in: sample, level: options.confidence) }
      if clusters == nil, sample.isBinary, let paired {
        let counts = PairedCounts(sample)
        let interval = TangoInterval.of(counts, level: options.confidence)
        change = EstimateDocument(
          value: paired.value, standardError: paired.standardError, lower: interval?.lower,
          upper: interval?.upper, method: "Tango", rows: counts.total)
      }
      return (change, OneSidedTest.difference(sample, bound: bound, isAbove: isAbove))
    case .cost: return relative(mean(.cost), bound, isAbove)
    case .latency: return relative(mean(.latency), bound, isAbove)
    case .costPerSuccess: return relative(perSuccess, bound, isAbove)
    case .p50: return relative(try quantile(0.5), bound, isAbove)
    case .p95: return relative(try quantile(0.95), bound, isAbove)
    }
  }

  private func relative(
    _ change: Estimate?, _ bound: Double, _ isAbove: Bool
  ) -> (change: EstimateDocument?, pValue: Double?) {
    (
      EstimateDocument(change, method: "logarithm of the ratio"),
      change.flatMap { OneSidedTest.relative($0, bound: bound, isAbove: isAbove) }
    )
  }

  private func sample(_ role: MetricRoles.Role) -> PairedSample {
    PairedSample(base: base[role] ?? [], candidate: candidate[role] ?? [], clusters: clusters)
  }

  private func mean(_ role: MetricRoles.Role) -> Estimate? {
    let sample = sample(role)
    guard sample.base.allSatisfy({ $0 >= 0 }), sample.candidate.allSatisfy({ $0 >= 0 }) else {
      return nil
    }
    return RelativeChange.of(
      base: .init(sample.base), candidate: .init(sample.candidate), clusters: sample.clusters,
      level: options.confidence)
  }

  private var perSuccess: Estimate? {
    let places = (base[.cost] ?? []).indices.filter { place in
      [base, candidate].allSatisfy { side in
        [MetricRoles.Role.cost, .success].allSatisfy { side[$0]?[place] != nil }
      }
    }
    func parts(_ side: [MetricRoles.Role: [Double?]]) -> RelativeChange.Parts {
      .init(
        places.compactMap { side[.cost]?[$0] }, over: places.compactMap { side[.success]?[$0] })
    }
    return RelativeChange.of(
      base: parts(base), candidate: parts(candidate), clusters: clusters?.selecting(places),
      level: options.confidence)
  }

  private func quantile(_ share: Double) throws(StoreError) -> Estimate? {
    try MedianRatio.of(
      sample(.latency), quantile: share, resamples: options.resamples, seed: options.seed,
      level: options.confidence, draws: AnalysisControl.draws
    )?.mapped { $0 - 1 }
  }
}
