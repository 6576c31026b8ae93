import Statistics
import Model
import Routing
import Wire

/// The gates of a rule set, as bounds on changes.
struct BacktestGates: Sendable {
  private let gate: RuleSet.BacktestGate
  private let metrics: RoutingMetrics
  private let unmet: [String]
  private let changes: [(column: String, items: Int)]
  private let items: Int
  private let attempts: TrialAttempts?
  private let name: String

  /// - Parameters:
  ///   - unmet: What a backtest has to be for these gates, and this one is not.
  ///   - changes: Judges and reference answers that are not the same for both targets, with the
  ///     number of items.
  ///   - items: How many items a metric may have a value of; 0 where nothing is estimated.
  ///   - attempts: The attempts at each item; nil where each has one row.
  ///   - name: The rules that are tried.
  init(
    _ gate: RuleSet.BacktestGate, metrics: RoutingMetrics, unmet: [String],
    changes: [(column: String, items: Int)] = [], weighs items: Int,
    attempts: TrialAttempts? = nil, name: String
  ) {
    self.gate = gate
    self.metrics = metrics
    self.unmet = unmet
    self.changes = changes
    self.items = items
    self.attempts = attempts
    self.name = name
  }

  /// Names in gates for derived measures, which are not columns.
  private static let ratios: Set = ["cost_per_success", "latency_p50", "latency_p95"]

  /// The measures that gates are about.
  var columns: [String] {
    let texts = gate.nonInferiority.map(text) + [costText].compactMap(\.self)
    return texts.compactMap(rule).flatMap { $0.columns(metrics.roles) }.textSet.sorted()
      .map(\.string)
  }

  private var costText: String? {
    gate.maximumCostIncreasePercent.map { "cost <= +\($0)%" }
  }

  /// The result of each gate.
  /// - Parameters:
  ///   - partial: The number of items with a result that lacks some of its attempts or values.
  ///   - pair: The rules against the active ones, with intervals of a level.
  func results(
    _ document: BacktestDocument, partial: Int = 0,
    pair: (Double) throws(StoreError) -> PairDocument
  ) throws(StoreError) -> [GateResult] {
    func undecided(_ text: String) -> GateResult {
      GateResult(
        gate: text, candidate: name, verdict: .undecided, scale: .share, change: nil, bound: 0)
    }
    func judged(_ text: String, level: Double) throws(StoreError) -> GateResult {
      guard let rule = rule(text) else { return undecided(text) }
      let pair = try pair(level)
      let result = weighed(rule.result(pair, level: level), on: presence(rule, pair))
      return rule.restsOnScores(metrics.roles) ? held(result) : result
    }
    var results = unmet.map(undecided)
    results.append(coverageResult(document, partial: partial))
    for metric in gate.nonInferiority {
      // A one-sided test at α is an interval of 1 − 2α.
      let level = 1 - 2 * Double(metric.alphaPPM) / 1_000_000
      results.append(try judged(text(metric), level: level))
    }
    if let costText { results.append(try judged(costText, level: 0.95)) }
    return results
  }

  /// Returns true when so many of the items are as many as gates need: missing results count
  /// neither against the rules nor for them.
  private func isEnough(_ count: Int, of items: Int) -> Bool {
    count * 100 >= gate.minimumCoveragePercent * items
  }

  /// A result as so many items with a value of what it is about allow it.
  private func weighed(
    _ result: GateResult, on found: (compared: Int, complete: Int)
  ) -> GateResult {
    guard !isEnough(found.complete, of: items) else { return result }
    var result = result
    result.verdict = .undecided
    result.itemsNeeded = nil
    let short = found.compared - found.complete
    result.reason =
      "\(found.compared) of \(items) items have a value on both sides"
      + (short > 0 ? ", \(short) of them without some of their attempts" : "")
    return result
  }

  /// The items that a gate rests on, and those of them of which no attempt is lost.
  private func presence(
    _ rule: GateRule, _ pair: PairDocument
  ) -> (compared: Int, complete: Int) {
    guard let attempts else {
      let count = Self.items(rule, pair)
      return (count, count)
    }
    let found = attempts.presence(rule.columns(metrics.roles))
    return (found.compared, found.complete)
  }

  /// A result on scores as what they rest on allows it.
  private func held(_ result: GateResult) -> GateResult {
    guard !changes.isEmpty else { return result }
    var result = result
    result.verdict = .undecided
    result.itemsNeeded = nil
    let clauses = changes.map { column, items in
      "'\(column)' is not the same for both targets on \(items) item\(items == 1 ? "" : "s")"
    }.joined(separator: ", ")
    result.reason = [
      result.reason, clauses + "; have all rows judged alike, or choose some with --where",
    ]
    .compactMap(\.self).joined(separator: "; ")
    return result
  }

  /// The number of items that a gate rests on.
  private static func items(_ rule: GateRule, _ pair: PairDocument) -> Int {
    switch rule.subject {
    case .metric(let name): pair.metrics.first { $0.metric.hasBytes(of: name) }?.items ?? 0
    case .costPerSuccess:
      pair.costPerSuccess?.candidate?.rows ?? pair.costPerSuccess?.base?.rows ?? 0
    case .latencyP50: pair.latency?.p50?.rows ?? 0
    case .latencyP95: pair.latency?.p95?.rows ?? 0
    case .items, .lacking: 0
    }
  }

  /// A share of the items, which is counted and has no interval.
  private func coverageResult(_ document: BacktestDocument, partial: Int) -> GateResult {
    let coverage = document.coverage
    let isCovered = coverage.items > 0 && isEnough(coverage.candidate, of: coverage.items)
    var result = GateResult(
      gate: "coverage >= \(gate.minimumCoveragePercent)%", candidate: name,
      verdict: isCovered ? .passed : .undecided, scale: .share,
      change: nil, bound: Double(gate.minimumCoveragePercent) / 100, kind: .limit)
    let unknown = document.conditions.itemsWithUnknown
    var reasons: [String] = []
    if unknown > 0 {
      reasons.append(
        "a condition could not tell on \(unknown) of \(coverage.items) items, which are not covered"
      )
    }
    if partial > 0 {
      reasons.append(
        "the result of \(partial) of \(coverage.items) items lacks some of its attempts or values")
    }
    if !isCovered, !reasons.isEmpty { result.reason = reasons.joined(separator: "; ") }
    if coverage.items > 0 {
      let share = Double(coverage.candidate) / Double(coverage.items)
      result.value = EstimateDocument(
        value: share, lower: share, upper: share, method: "counted", rows: coverage.items)
    }
    return result
  }

  /// Nil where nothing of that name is measured.
  private func rule(_ text: String) -> GateRule? {
    try? GateRule(text, roles: metrics.roles, columns: metrics.choices.map(\.name).textSet)
  }

  /// The margin of a rate or a score is in parts of one; that of a cost, a latency or a ratio in
  /// parts of the active rules' value.
  private func text(_ metric: RuleSet.BacktestGate.Metric) -> String {
    let margin = Self.decimal(metric.marginPPM)
    if Self.ratios.contains(metric.metric) { return "\(metric.metric) <= +\(margin)%" }
    let column =
      MetricRoles.Role(rawValue: metric.metric).flatMap { metrics.roles[$0] } ?? metric.metric
    guard metrics.choices.first(where: { $0.name == column })?.direction == .lower else {
      return "\(metric.metric) >= -\(margin)pp"
    }
    let isRate = [MetricRoles.Role.refusal, .truncated].contains {
      metrics.roles[$0] == column || $0.rawValue == column
    }
    return "\(metric.metric) <= +\(margin)" + (isRate ? "pp" : "%")
  }

  /// Millionths in per cent: 25000 is `2.5`.
  private static func decimal(_ millionths: Int) -> String {
    var digits = String(millionths % 10_000)
    digits = String(repeating: "0", count: 4 - digits.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(millionths / 10_000)" + (digits.isEmpty ? "" : ".\(digits)")
  }
}

extension BacktestDocument {
  /// Adds the results of gates, and the verdict that follows.
  /// - Parameter reason: The reason for which these rows cannot judge the rules, whatever the gates
  ///   say; nil where they can.
  mutating func judge(_ results: [GateResult], because reason: String? = nil) {
    gates = results
    if let reason {
      gates = results.map { result in
        var result = GateResult(
          gate: result.gate, candidate: result.candidate, verdict: .undecided,
          scale: result.scale, change: nil, bound: result.bound, kind: result.kind)
        result.reason = reason
        return result
      }
      verdict = .insufficient
      failures = [reason]
      return
    }
    switch Model.Verdict(results.map(\.verdict)) {
    case .passed: verdict = .pass
    case .failed: verdict = .fail
    case .undecided: verdict = .insufficient
    case nil: verdict = .none
    }
    failures = results.filter { $0.verdict != .passed }.map { result in
      "\(result.gate): " + (result.verdict == .failed ? "failed" : "not enough data to say")
        + (result.reason.map { "; \($0)" } ?? "")
    }
  }
}

extension BacktestDocument.Conditions {
  /// The reason for which these rows cannot judge the rules, none of whose conditions was ever
  /// known; nil where some was, or none was evaluated.
  var neverKnown: String? {
    checked > 0 && unknown == checked
      ? "no condition of the rules could be told on any item: a field is not recorded; name its "
        + "column with --map FIELD=COLUMN"
      : nil
  }

  /// The finding on rules that were evaluated and always unknown, where others were known.
  var finding: ComparisonDocument.Finding? {
    let blind = rules.filter { use in use.rule != nil && use.unknown > 0 && use.items == 0 }
      .filter { $0.unknown == asked($0) }
    if blind.isEmpty || neverKnown != nil { return nil }
    return .init(
      "conditions", arm: nil,
      "of rules that could not be told on any item, so nothing here speaks for or against them: "
        + blind.compactMap(\.rule).joined(separator: ", "), count: blind.count)
  }

  /// The least number of items for which a rule was evaluated: those that no rule before it
  /// decided.
  private func asked(_ use: BacktestDocument.RuleUse) -> Int {
    var items = rules.reduce(0) { $0 + $1.items }
    for other in rules {
      if other == use { break }
      items -= other.items
    }
    return items
  }
}
