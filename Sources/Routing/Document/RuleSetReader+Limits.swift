extension RuleSetReader {
  private static let milliseconds = 1...86_400_000

  mutating func timeouts(_ place: Place?) {
    numbers(
      place,
      [
        ("connect_ms", Self.milliseconds), ("ttft_ms", Self.milliseconds),
        ("idle_ms", Self.milliseconds), ("total_ms", Self.milliseconds),
      ])
  }

  /// The limits that gateways keep to; decisions do not depend on them.
  mutating func limits(_ members: Members) {
    timeouts(members["timeouts"])
    numbers(
      members["cooldown"],
      [
        ("window_s", 1...86_400), ("min_requests", 1...1_000_000), ("failure_percent", 1...100),
        ("cooldown_s", 1...86_400), ("half_open_probes", 1...1000),
      ])
    guard let place = members["retry"],
      let retry = object(
        place, required: ["max_retries"],
        optional: [
          "base_ms", "max_ms", "jitter", "on", "respect_retry_after", "max_total_wait_ms",
        ])
    else { return }
    _ = integer(retry["max_retries"], in: 0...100)
    for name in ["base_ms", "max_ms", "max_total_wait_ms"] {
      _ = integer(retry[name], in: 0...86_400_000)
    }
    if let jitter = retry["jitter"] { _ = choice(jitter, ["full", "equal", "none"]) }
    _ = classes(retry["on"])
    _ = flag(retry["respect_retry_after"], default: true)
  }

  private mutating func numbers(_ place: Place?, _ names: [(String, ClosedRange<Int>)]) {
    guard let place, let members = object(place, required: [], optional: names.map(\.0))
    else { return }
    for (name, range) in names { _ = integer(members[name], in: range) }
  }

  mutating func gates(_ place: Place?) -> RuleSet.BacktestGate? {
    guard let place, let gates = object(place, required: ["backtest"]),
      let backtest = gates["backtest"],
      let members = object(
        backtest, required: ["dataset", "min_coverage_percent"],
        optional: ["non_inferiority", "max_cost_increase_percent"])
    else { return nil }
    var metrics: [RuleSet.BacktestGate.Metric] = []
    for item in list(members["non_inferiority"], atMost: 64) {
      guard let metric = object(item, required: ["metric", "margin_ppm", "alpha_ppm"])
      else { continue }
      metrics.append(
        RuleSet.BacktestGate.Metric(
          metric: text(metric["metric"]),
          marginPPM: integer(metric["margin_ppm"], in: 0...1_000_000),
          alphaPPM: integer(metric["alpha_ppm"], in: 1...500_000)))
    }
    return RuleSet.BacktestGate(
      dataset: text(members["dataset"]),
      minimumCoveragePercent: integer(members["min_coverage_percent"], in: 0...100),
      nonInferiority: metrics,
      maximumCostIncreasePercent: members["max_cost_increase_percent"].map {
        integer($0, in: 0...1_000_000)
      })
  }
}
