import Statistics
package import Model
package import Routing
package import Wire

/// A rule set tried on decisions that another made, each with its propensity and its outcome.
///
/// Self-normalised inverse propensity weighting (Swaminathan and Joachims 2015). Whatever the
/// target that answered in the end: a decision is judged by the target it gave.
package struct LoggedBacktest: Sendable {
  /// The columns of logged decisions.
  package enum Column {
    package static let id = "decision_id"
    package static let propensity = "propensity_ppm"
    /// Of decisions while a version took another's place: the propensity over both.
    package static let rampPropensity = "ramp_propensity_ppm"
    /// The first of them that is there.
    package static let targets = ["assigned_target", "target"]
  }

  private struct Row: Sendable {
    let item: Int
    let outcome: Int
    /// The candidate's propensity of the logged target over the logged one, and the active rules'.
    let weight: Double
    let activeWeight: Double
  }

  private let candidate: CompiledRules
  private let active: RoutingPolicy
  private let options: BacktestOptions
  private let items: RoutedItems
  private let metrics: RoutingMetrics
  private var rows: [Row] = []
  /// The decisions of which no outcome is known.
  private let lackingOutcomes: Int
  private let clusters: Clusters?
  private var findings: [ComparisonDocument.Finding]

  /// A trial of `candidate` against `active` on logged decisions.
  /// - Parameter outcomes: Rows with a `decision_id`; nil where the decisions have their outcomes.
  /// - Throws: ``StoreError`` of kind `usage` for tables without decisions and outcomes.
  package init(
    _ table: ColumnTable, outcomes: ColumnTable?, candidate: CompiledRules, active: RoutingPolicy,
    options: BacktestOptions
  ) throws(StoreError) {
    try options.check()
    self.candidate = candidate
    self.active = active
    self.options = options
    let logged = try ItemKeys(table, rows: Array(0..<table.count), columns: [Column.id])
    try logged.requireUnique(table.name)
    let contexts = outcomes.flatMap { Self.hasContexts($0) && !Self.hasContexts(table) ? $0 : nil }
    items = try RoutedItems(
      contexts ?? table, key: [Column.id], active: active, candidate: .rules(candidate),
      map: options.map, among: Set(logged.rows.keys))
    metrics = try RoutingMetrics(
      outcomes ?? table, stated: options.roles, higher: options.higher, lower: options.lower,
      gates: candidate.set.gate?.nonInferiority.map(\.metric) ?? [])
    findings = items.findings + metrics.findings
    let results = try ItemKeys(
      outcomes ?? table, rows: Array(0..<(outcomes ?? table).count), columns: [Column.id])
    guard let target = Column.targets.first(where: { table.has($0) }) else {
      throw StoreError(.usage, "\(table.name) has no column '\(Column.targets[1])'")
    }
    let targets = try table.texts(target)
    let propensities = try Self.propensities(table)
    var lacking = (propensity: 0, outcome: 0)
    if contexts != nil {
      // An item whose context came with the outcome has one.
      lacking.outcome = logged.rows.keys.count { results.rows[$0] == nil }
    }
    var decided: [Int] = []
    for (place, item) in items.items.enumerated() {
      guard let row = logged.rows[item.key]?.first, let name = targets[row],
        let propensity = propensities[row], propensity > 0, propensity <= 1_000_000
      else {
        lacking.propensity += 1
        continue
      }
      guard let outcome = results.rows[item.key]?.last else {
        lacking.outcome += 1
        continue
      }
      let share = propensity / 1_000_000
      decided.append(row)
      rows.append(
        Row(
          item: place, outcome: outcome, weight: item.candidate.propensity(of: name) / share,
          activeWeight: item.active.propensity(of: name) / share))
    }
    if let column = options.cluster {
      let labels = try table.labels(column)
      clusters = ItemLabels([(labels, decided.map { [$0] })]).clusters
      findings += ComparisonAnalysis.few(clusters)
    } else {
      clusters = nil
    }
    lackingOutcomes = lacking.outcome
    findings += Self.findings(lacking, logged, results)
  }

  /// The propensity of each decision's target, in millionths.
  private static func propensities(_ table: ColumnTable) throws(StoreError) -> [Double?] {
    let propensities = try table.numbers(Column.propensity)
    guard table.has(Column.rampPropensity) else { return propensities }
    return zip(try table.numbers(Column.rampPropensity), propensities).map { $0 ?? $1 }
  }

  /// The decisions and outcomes that take no part, and those of which one does for several.
  private static func findings(
    _ lacking: (propensity: Int, outcome: Int), _ logged: ItemKeys, _ results: ItemKeys
  ) -> [ComparisonDocument.Finding] {
    let counts = [
      (lacking.propensity, "decisions without a target or a chance", true),
      (lacking.outcome, "decisions without an outcome", true),
      (
        results.rows.keys.count { logged.rows[$0] == nil },
        "outcomes of decisions that are not recorded", true
      ),
      (
        results.rows.values.count { $0.count > 1 },
        "decisions with several outcomes: the last one counts", false
      ),
    ]
    return counts.filter { $0.0 > 0 }.map { count, what, isLeftOut in
      .init("decisions", arm: nil, what, count: count, isLeftOut: isLeftOut)
    }
  }

  /// Returns true when a table records requests, and not only their outcomes.
  private static func hasContexts(_ table: ColumnTable) -> Bool {
    (["context"] + FieldPath.roots).contains { table.has($0) }
  }

  /// The report of the backtest; the parameters are those of ``BacktestAnalysis``.
  package func document(
    _ request: BacktestRequest, active name: BacktestDocument.Baseline,
    sources: [ComparisonDocument.Source], unmet: [String] = [],
    findings more: [ComparisonDocument.Finding] = []
  ) throws(StoreError) -> BacktestDocument {
    let possible = Set(rows.filter { $0.weight > 0 }.map(\.item))
    let determined = possible.count { items.items[$0].candidate.isDetermined }
    let changed = items.changed
    let worth = worth
    let isEnough = worth.isEnough
    var document = BacktestDocument(
      request: request, rules: candidate.set.digest, active: name, layout: .decisions,
      sources: sources, roles: metrics.roles, items: items.document,
      coverage: .init(
        items: items.items.count, candidate: determined,
        active: rows.count { $0.activeWeight > 0 }, both: rows.count),
      conditions: items.conditions(
        candidate, isCovered: items.items.indices.map { possible.contains($0) }),
      changed: changed.count, changes: items.changes,
      examples: changed.prefix(options.examples).map { [items] in
        .init(
          key: items.items[$0].key.names, activeTarget: items.items[$0].active.target.name,
          target: items.items[$0].candidate.target.name)
      }, movement: BacktestAnalysis.movement(candidate, active), units: items.units,
      findings: more + findings + [worth.finding].compactMap(\.self))
    document.offPolicy = worth
    let columns = try metrics.columns(rows.map { [$0.outcome] })
    func pair(_ level: Double) -> PairDocument {
      WeightedPair(
        active: rows.map(\.activeWeight), candidate: rows.map(\.weight), columns: columns,
        metrics: metrics, clusters: clusters, level: level
      ).document(base: name.name, candidate: request.rules)
    }
    let blind = document.conditions.neverKnown
    if let finding = document.conditions.finding { document.findings.append(finding) }
    if isEnough, blind == nil {
      let pair = ComparisonAnalysis.judged(
        [pair(options.confidence)], level: options.confidence)[0]
      document.findings += ComparisonAnalysis.missing([pair])
      document.pair = pair
    }
    if let gate = candidate.set.gate {
      let nothing = PairDocument(
        base: name.name, candidate: request.rules, metrics: [], latency: nil, costPerSuccess: nil,
        slices: [], buckets: nil)
      let gates = BacktestGates(
        gate, metrics: metrics, unmet: unmet, weighs: isEnough ? rows.count + lackingOutcomes : 0,
        name: request.rules)
      document.judge(
        try gates.results(document) { isEnough ? pair($0) : nothing }, because: blind)
    } else if let blind {
      document.judge([], because: blind)
    }
    return document
  }

  /// The effective sample size of the decisions for the two.
  private var worth: OffPolicyDocument {
    func policy(_ weights: [Double]) -> OffPolicy? {
      let ones = [Double](repeating: 1, count: weights.count)
      return OffPolicy(rewards: ones, logged: ones, target: weights)
    }
    let found = policy(rows.map(\.weight))
    return OffPolicyDocument(
      rows: rows.count, effectiveRows: found?.effectiveSampleSize ?? 0,
      activeEffectiveRows: policy(rows.map(\.activeWeight))?.effectiveSampleSize ?? 0,
      leastEffectiveRows: options.leastEffectiveRows, meanWeight: found?.inverseWeighted ?? 0)
  }
}

extension OffPolicyDocument {
  /// True when the decisions are worth enough rows for both, so that something is estimated.
  fileprivate var isEnough: Bool {
    min(effectiveRows, activeEffectiveRows) >= Double(leastEffectiveRows)
  }

  /// The finding that decisions say little of the candidate; nil where they say enough.
  fileprivate var finding: ComparisonDocument.Finding? {
    if !isEnough {
      return .init(
        "effective rows", arm: nil,
        "too few: what these decisions are worth for rules that would have decided otherwise is "
          + "below \(leastEffectiveRows), so nothing is estimated")
    }
    return meanWeight >= 0.9
      ? nil
      : .init(
        "support", arm: nil,
        "the candidate would often choose what was never tried; the estimates are of the rest")
  }
}
