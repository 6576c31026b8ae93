import Comparison
import Model
import Wire

/// A gate and what it is about.
struct GateRule: Sendable {
  /// What a gate's name means.
  enum Subject: Sendable, Hashable {
    /// A column.
    case metric(String)
    case costPerSuccess
    case latencyP50, latencyP95
  }

  let text: String
  let gate: Gate
  let subject: Subject

  /// Reads a gate: its name is that of a column, of a role that a column plays, or one of
  /// `cost_per_success`, `latency_p50` and `latency_p95`.
  /// - Throws: ``StoreError`` of kind `usage`.
  init(_ text: String, roles: MetricRoles, columns: Set<String>) throws(StoreError) {
    self.text = text
    gate = try Gate(text)
    let isRelative = gate.scale == .relative
    if columns.contains(gate.metric) {
      subject = .metric(gate.metric)
    } else if gate.metric == "cost_per_success" {
      guard roles[.cost] != nil, roles[.success] != nil, isRelative else {
        throw Self.unfit(text, "a bound in % and columns of cost and success", "cost=usd")
      }
      subject = .costPerSuccess
    } else if gate.metric == "latency_p50" || gate.metric == "latency_p95" {
      guard roles[.latency] != nil, isRelative else {
        throw Self.unfit(text, "a bound in % and a column of latency", "latency=seconds")
      }
      subject = gate.metric == "latency_p50" ? .latencyP50 : .latencyP95
    } else if let role = MetricRoles.Role(rawValue: gate.metric), let column = roles[role] {
      subject = .metric(column)
    } else {
      let names = columns.union(["cost_per_success", "latency_p50", "latency_p95"])
      throw StoreError(
        .usage,
        "the gate \"\(text)\" is about nothing that is measured; "
          + Spelling.advice(gate.metric, names.sorted()))
    }
  }

  private static func unfit(_ text: String, _ needs: String, _ role: String) -> StoreError {
    StoreError(
      .usage, "the gate \"\(text)\" needs \(needs); a column is given a part with --role \(role)")
  }

  /// What the gate says of a pair.
  func result(_ pair: PairDocument) -> GateResult {
    var scale = GateResult.Scale.relative
    let change: EstimateDocument?
    switch subject {
    case .costPerSuccess: change = pair.costPerSuccess?.change
    case .latencyP50: change = pair.latency?.p50
    case .latencyP95: change = pair.latency?.p95
    case .metric(let name):
      let metric = pair.metrics.first { $0.metric == name }
      if gate.scale == .absolute { scale = metric?.scale == .binary ? .share : .number }
      change = gate.scale == .relative ? metric?.relative : metric?.difference
    }
    let interval = change.map { Interval(lower: $0.lower, upper: $0.upper, level: 0) }
    let verdict: GateResult.Verdict =
      switch gate.verdict(interval) {
      case .passed: .passed
      case .failed: .failed
      case .undecided: .undecided
      }
    return GateResult(
      gate: text, candidate: pair.candidate, verdict: verdict, scale: scale, change: change,
      bound: gate.bound)
  }
}
