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
    /// The share of the base's items that are compared.
    case items
    /// A column that some arm does not have, and which that is.
    case lacking(String)
  }

  /// What not all arms have.
  struct Absences: Sendable {
    /// Columns that some arm does not have, each with the words for it.
    var columns: [(name: String, reason: String)] = []
    /// The parts that the columns of all arms together play.
    var roles = MetricRoles()

    fileprivate func reason(_ column: String?) -> String? {
      columns.first { $0.name == column }?.reason
    }
  }

  let text: String
  let gate: Gate
  let subject: Subject

  /// Reads a gate: its name is that of a column, of a role that a column plays, or one of
  /// `cost_per_success`, `latency_p50`, `latency_p95` and `items`.
  /// - Throws: ``StoreError`` of kind `usage`.
  init(
    _ text: String, grammar: Gate.Grammar = .second, roles: MetricRoles, columns: Set<DataText>,
    absences: Absences = Absences()
  ) throws(StoreError) {
    self.text = text
    let gate = try Gate(text, grammar: grammar)
    self.gate = gate
    if columns.contains(gate.metric) {
      subject = .metric(gate.metric)
    } else if let reason = absences.reason(gate.metric) {
      subject = .lacking(reason)
    } else if gate.metric == "items", grammar != .first {
      guard gate.kind == .limit, gate.isPercent, gate.relation == .atLeast, gate.bound <= 1 else {
        throw StoreError(
          .usage,
          "the gate \"\(text)\" is about the share of the base's items that are compared; write "
            + "items >= 95%")
      }
      subject = .items
    } else if let found = try Self.derived(text, gate, roles, absences) {
      subject = found
    } else if let role = MetricRoles.Role(rawValue: gate.metric), let column = roles[role] {
      subject = .metric(column)
    } else if let role = MetricRoles.Role(rawValue: gate.metric),
      let reason = absences.reason(absences.roles[role])
    {
      subject = .lacking(reason)
    } else {
      let names = columns.union(["cost_per_success", "latency_p50", "latency_p95"])
      throw StoreError(
        .usage,
        "the gate \"\(text)\" is about nothing that is measured; "
          + Spelling.advice(gate.metric, names.sorted().map(\.string)))
    }
  }

  /// What a name that is no column's stands for; nil where it is none of those.
  private static func derived(
    _ text: String, _ gate: Gate, _ roles: MetricRoles, _ absences: Absences
  ) throws(StoreError) -> Subject? {
    let needed: [MetricRoles.Role]
    let found: Subject
    switch gate.metric {
    case "cost_per_success": (needed, found) = ([.cost, .success], .costPerSuccess)
    case "latency_p50": (needed, found) = ([.latency], .latencyP50)
    case "latency_p95": (needed, found) = ([.latency], .latencyP95)
    default: return nil
    }
    if let role = needed.first(where: { roles[$0] == nil }) {
      if let reason = absences.reason(absences.roles[role]) { return .lacking(reason) }
      let example = role == .latency ? "latency=seconds" : "\(role.rawValue)=COLUMN"
      throw StoreError(
        .usage,
        "the gate \"\(text)\" needs a column of \(role.rawValue); a column is given a part with "
          + "--role \(example)")
    }
    let isFit = gate.kind == .change ? gate.scale == .relative : !gate.isPercent
    guard isFit else {
      throw StoreError(
        .usage,
        "the gate \"\(text)\" needs a bound such as +10% for a change in parts of the base, or a "
          + "number without a sign for the candidate's own value")
    }
    return found
  }

  /// Goes on where the bound of a limit is one that the column can reach.
  /// - Parameter areShares: Whether the values of a column lie between 0 and 1 by what they mean.
  /// - Throws: ``StoreError`` of kind `usage`.
  func check(_ areShares: (String) -> Bool) throws(StoreError) {
    guard gate.kind == .limit, case .metric(let name) = subject else { return }
    let isShare = areShares(name)
    if isShare, gate.bound > 1 {
      throw StoreError(
        .usage,
        "the gate \"\(text)\" has a bound that '\(name)' cannot have: its values lie between 0 and "
          + "1; write \(name) \(gate.relation.rawValue) 0.8 or 80% for the rate itself, and a sign, "
          + "as in +3pp, for a change")
    }
    if !isShare, gate.isPercent {
      throw StoreError(
        .usage,
        "the gate \"\(text)\" is in per cent and has no sign, and '\(name)' is no rate; write + or "
          + "- before the number for a change in parts of the base")
    }
  }

  /// Whether the gate is about something that was judged, by a person, a program or a reference
  /// answer, and not measured.
  func restsOnScores(_ roles: MetricRoles) -> Bool {
    switch subject {
    case .costPerSuccess: true
    case .latencyP50, .latencyP95, .items, .lacking: false
    case .metric(let name): !MetricDirection.isMeasured(name, roles)
    }
  }

  /// What the gate says of a pair.
  /// - Parameters:
  ///   - arm: How the candidate did on its own, for limits of latency.
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
    let interval = found.map { Interval(lower: $0.lower, upper: $0.upper, level: level) }
    let verdict: GateResult.Verdict =
      switch gate.verdict(interval) {
      case .passed: .passed
      case .failed: .failed
      case .undecided: .undecided
      }
    var result = GateResult(
      gate: text, candidate: pair.candidate, verdict: verdict, scale: scale,
      change: isChange ? found : nil, bound: gate.bound, kind: isChange ? .change : .limit)
    result.value = isChange ? nil : found
    if verdict == .undecided, let found, let interval {
      result.itemsNeeded = gate.itemsNeeded(
        value: found.value, interval: interval, count: found.rows)
    }
    return result
  }

  /// What the gate says of a pair, on as many of the base's items as there are.
  func result(
    _ pair: PairDocument, arm: ArmDocument, evidence: GateEvidence, roles: MetricRoles,
    level: Double
  ) -> GateResult {
    var result = result(pair, arm: arm, level: level)
    let count: Int
    switch subject {
    case .items: return evidence.coverage(result, gate)
    case .lacking(let reason):
      result.reason = reason
      result.verdict = evidence.missing == .fail ? .failed : .undecided
      return result
    case .metric(let name): count = pair.metrics.first { $0.metric == name }?.items ?? 0
    case .costPerSuccess:
      count = pair.costPerSuccess?.items ?? evidence.items
    case .latencyP50, .latencyP95: count = pair.latency?.p50?.rows ?? evidence.items
    }
    return evidence.weighed(result, items: count, restsOnScores: restsOnScores(roles))
  }
}

extension GateEvidence {
  /// What a gate on the share of the base's items says.
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
      result.reason = "\(items) of \(baseItems) items of \(base) are compared"
    }
    return result
  }
}

extension PairDocument.CostChange {
  /// The items with a cost and a result on both sides; nil where neither ratio is defined.
  fileprivate var items: Int? { candidate?.rows ?? base?.rows }
}
