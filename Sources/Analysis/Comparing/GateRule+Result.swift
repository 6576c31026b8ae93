import Statistics
import Model
import Wire

extension GateRule {
  /// The result of the gate for a pair.
  /// - Parameters:
  ///   - arm: The candidate's results on its own, for limits of latency.
  ///   - level: The coverage of the intervals.
  func result(_ pair: PairDocument, arm: ArmDocument? = nil, level: Double) -> GateResult {
    var scale = gate.kind == .change ? GateResult.Scale.relative : .number
    let isChange = gate.kind == .change
    let found: EstimateDocument?
    switch subject {
    case .costPerSuccess:
      found = isChange ? pair.costPerSuccess?.change : pair.costPerSuccess?.candidate
    case .latencyP50: found = isChange ? pair.latency?.p50 : arm?.latency?.p50
    case .latencyP95: found = isChange ? pair.latency?.p95 : arm?.latency?.p95
    case .items, .lacking: found = nil
    case .metric(let name):
      let metric = pair.metrics.first { $0.metric.hasBytes(of: name) }
      if gate.scale == .absolute { scale = metric?.scale == .binary ? .share : .number }
      found =
        !isChange
        ? metric?.candidate : gate.scale == .relative ? metric?.relative : metric?.difference
    }
    let verdict = gate.verdict(lower: found?.lower, upper: found?.upper)
    var result = GateResult(
      gate: text, candidate: pair.candidate, verdict: verdict, scale: scale,
      change: isChange ? found : nil, bound: gate.bound, kind: isChange ? .change : .limit)
    result.value = isChange ? nil : found
    if verdict == .undecided, let found {
      result.itemsNeeded = gate.itemsNeeded(
        value: found.value,
        interval: Interval(lower: found.lower, upper: found.upper, level: level), count: found.rows,
        isSteadyRate: scale == .share && (found.standardError ?? 0) == 0
          && (found.value == 0 || (!isChange && found.value == 1)))
    }
    return result
  }

  /// The result of the gate for a pair, on as many of the base's items as there are.
  /// - Parameter presence: The items that have values of some columns on both sides.
  func result(
    _ pair: PairDocument, arm: ArmDocument, evidence: GateEvidence, roles: MetricRoles,
    level: Double, presence: ([String]) throws(StoreError) -> ItemPresence
  ) throws(StoreError) -> GateResult {
    var result = result(pair, arm: arm, level: level)
    switch subject {
    case .items: return evidence.coverage(result, gate)
    case .lacking(let reason):
      result.reason = reason
      result.verdict = evidence.missing == .fail ? .failed : .undecided
      return result
    case .metric, .costPerSuccess, .latencyP50, .latencyP95: break
    }
    if result.verdict == .undecided, result.itemsNeeded == nil {
      if subject == .latencyP95, let latency = arm.latency, let needed = latency.rowsForUpperBound,
        result.value != nil, latency.p95.upper == nil
      {
        result.itemsNeeded = needed
      } else {
        result.reason = undecided(result)
      }
    }
    let columns = columns(roles)
    return evidence.weighed(
      result, columns: columns, presence: try presence(columns),
      restsOnScores: restsOnScores(roles))
  }

  /// The reason for an undecided gate, where no number of items would change that.
  private func undecided(_ result: GateResult) -> String {
    if let found = result.change ?? result.value {
      return found.value == gate.bound
        ? "the value is the bound itself, so no number of items would decide"
        : "with so few items the interval has no bound on the side that matters"
    }
    if subject == .costPerSuccess { return "without a success there is no cost of one" }
    return gate.scale == .relative
      ? "there is no change in parts of the base where its value is 0 or any value is below"
      : "there are no values"
  }
}

extension GateEvidence {
  /// The result of a gate on the share of the base's items.
  fileprivate func coverage(_ result: GateResult, _ gate: Gate) -> GateResult {
    var result = GateResult(
      gate: result.gate, candidate: result.candidate, verdict: .undecided, scale: .share,
      change: nil, bound: gate.bound, kind: .limit)
    guard let share else { return result }
    result.value = EstimateDocument(
      value: share, lower: share, upper: share, method: "counted", rows: baseItems)
    result.verdict =
      share >= gate.bound - 1e-9 ? .passed : missing == .fail ? .failed : .undecided
    if result.verdict != .passed {
      let short = items - wholeItems
      result.reason =
        "\(items) of \(baseItems) items of \(base) are compared" + partial(short)
    }
    return result
  }
}
