import Statistics
package import Model
package import Routing
package import Wire

/// A backtest of a rule set on rows that hold, for each item, the result of each target.
package struct BacktestAnalysis: Sendable {
  private let candidate: CompiledRules
  private let active: RoutingPolicy
  private let options: BacktestOptions
  private let items: RoutedItems
  private let metrics: RoutingMetrics
  private let arms: StoredArms
  private let clusters: Clusters?
  /// The places of the items that both have a row for, and those rows.
  private let places: [Int]
  private let activeRows: [[Int]]
  private let rows: [[Int]]
  /// The rows of every item for either, none where it has no result or was asked something else.
  private let all: (active: [[Int]], candidate: [[Int]])
  private let attempts: TrialAttempts
  /// The columns that scores rest on and that differ between both, with the number of items.
  private let changes: [(column: String, items: Int)]
  private var findings: [ComparisonDocument.Finding] = []

  /// A trial of `candidate` against `active` on the rows of a table.
  /// - Parameters:
  ///   - key: The columns that identify an item.
  ///   - scores: Those of the columns that are scores, kept apart from the version.
  /// - Throws: ``StoreError`` of kind `usage` for options that make no sense with this table.
  package init(
    _ table: ColumnTable, key: [String], candidate: CompiledRules, active: RoutingPolicy,
    options: BacktestOptions, scores: [ScoreColumn] = []
  ) throws(StoreError) {
    try options.check()
    self.candidate = candidate
    self.active = active
    self.options = options
    items = try RoutedItems(
      table, key: key, active: active, candidate: .rules(candidate), map: options.map)
    metrics = try RoutingMetrics(
      table, stated: options.roles, higher: options.higher, lower: options.lower,
      gates: candidate.set.gate?.nonInferiority.map(\.metric) ?? [], scores: scores)
    let known = (candidate.set.targets + active.targets).map(\.name).textSet
    for name in options.targets.keys.sorted() where !known.contains(name) {
      let advice = Spelling.advice(name.string, known.sorted().map(\.string))
      throw StoreError(.usage, "no rules have a target '\(name)'; \(advice)")
    }
    arms = try StoredArms(
      table, items, by: options.by, stated: options.targets, hasRepeats: options.repeats != nil)
    let (all, inputs) = try Self.rows(
      table, items, arms, besides: key + [options.by], repeats: options.repeats)
    places = all.active.indices.filter { !all.active[$0].isEmpty && !all.candidate[$0].isEmpty }
    activeRows = places.map { all.active[$0] }
    rows = places.map { all.candidate[$0] }
    self.all = all
    let targets = candidate.set.targets + active.targets
    attempts = try TrialAttempts(
      metrics,
      needed: items.items.indices.map { [arms] place in
        targets.map { arms.rows($0, item: place)?.count ?? 0 }.max() ?? 0
      }, activeRows: all.active, rows: all.candidate)
    let labels = try options.cluster.map { [activeRows, rows] column throws(StoreError) in
      let all = try table.labels(column)
      return ItemLabels([(all, activeRows), (all, rows)])
    }
    clusters = labels?.clusters
    let names = metrics.choices.map(\.name)
    let changes = try Comparability.changes(
      in: table, from: activeRows, to: rows, besides: key + [options.by] + scores.idle(names),
      metrics: names, repeats: options.repeats)
    self.changes = changes.map { ($0.column, $0.places.count) }
    let draws = Double(rows.count) * Double(options.resamples) * Double(metrics.choices.count)
    guard draws <= Double(ComparisonAnalysis.drawLimit) else {
      throw .requestLimit(
        "\(rows.count) items drawn \(options.resamples) times for \(metrics.choices.count) metrics "
          + "take too long; ask for fewer --resamples")
    }
    findings =
      try items.findings + metrics.findings + others(inputs) + disagreements(labels, changes)
      + unmeasured()
      + scores.findings(of: names, in: table, rows: Array(0..<table.count), arm: nil)
  }

  /// The rows of every item for either policy, none where it has no result or the two were asked
  /// different things; and which those are.
  private static func rows(
    _ table: ColumnTable, _ items: RoutedItems, _ arms: StoredArms, besides others: [String],
    repeats: String?
  ) throws(StoreError) -> (
    rows: (active: [[Int]], candidate: [[Int]]), inputs: [(column: String, places: [Int])]
  ) {
    var active = items.items.enumerated().map { arms.rows($1.active.target, item: $0) ?? [] }
    var candidate = items.items.enumerated().map { arms.rows($1.candidate.target, item: $0) ?? [] }
    let inputs = try Comparability.inputs(
      in: table, from: active, to: candidate, besides: others, repeats: repeats)
    for place in inputs.flatMap(\.places) { (active[place], candidate[place]) = ([], []) }
    return ((active, candidate), inputs)
  }

  /// The findings on items for which the two targets were asked different things.
  private func others(
    _ inputs: [(column: String, places: [Int])]
  ) -> [ComparisonDocument.Finding] {
    inputs.map { column, places in
      .init(
        column, arm: nil,
        "items where it is not the same for both targets, so that they are others",
        count: places.count,
        examples: places.prefix(PairedItems.exampleCount).map { items.items[$0].key.names },
        isLeftOut: true)
    }
  }

  /// The findings on rows of items that differ in what is no result.
  private func disagreements(
    _ labels: ItemLabels?, _ changes: [(column: String, places: [Int])]
  ) -> [ComparisonDocument.Finding] {
    let keys = places.map { items.items[$0].key }
    var findings: [ComparisonDocument.Finding] = changes.map { column, places in
      .init(
        column, arm: nil, "items where it is not the same for both targets", count: places.count,
        examples: places.prefix(PairedItems.exampleCount).map { keys[$0].names })
    }
    if let labels, let column = options.cluster {
      let what = "between attempts or targets; the first row of the target chosen today counts"
      findings += [labels.finding(column, keys: keys, what)].compactMap(\.self)
    }
    return findings + ComparisonAnalysis.few(clusters)
  }

  /// The findings on targets that no row has a result of.
  private func unmeasured() -> [ComparisonDocument.Finding] {
    var names: [String] = []
    for target in candidate.set.targets + active.targets
    where arms.value(target) == nil && !names.hasText(target.name) {
      names.append(target.name)
    }
    return names.map { name in
      .init(
        "target", arm: name,
        "no row is of it: name its value of '\(options.by)' with --target if it has another; "
          + Spelling.advice(name, arms.names),
        count: items.items.count {
          $0.candidate.target.name.hasBytes(of: name) || $0.active.target.name.hasBytes(of: name)
        })
    }
  }

  /// The decision about each item, as live traffic would have got it, in the order of keys.
  package var decisions: [(key: [String], decision: Decision?)] {
    items.items.map { ($0.key.names, $0.candidate.decision) }
  }

  /// The report of the backtest.
  /// - Parameters:
  ///   - request: With every reference as a number and every option spelled out.
  ///   - active: The name in the report of the rules compared with.
  ///   - unmet: The data that the rules' gates require, when it is other data: `on outputs@12`.
  package func document(
    _ request: BacktestRequest, active name: BacktestDocument.Baseline,
    sources: [ComparisonDocument.Source], unmet: [String] = [],
    findings more: [ComparisonDocument.Finding] = []
  ) throws(StoreError) -> BacktestDocument {
    let gates = candidate.set.gate.map { gate in
      BacktestGates(
        gate, metrics: metrics, unmet: unmet, changes: changes, weighs: items.items.count,
        attempts: attempts, name: request.rules)
    }
    let stored = all.candidate.map { !$0.isEmpty }
    let gated = gates?.columns ?? []
    let whole = stored.indices.map {
      stored[$0] && attempts.isWhole($0, rows: all.candidate[$0], gated)
    }
    let changed = items.changed
    var document = BacktestDocument(
      request: request, rules: candidate.set.digest, active: name, layout: .bakeoff,
      sources: sources, roles: metrics.roles, items: items.document,
      coverage: .init(
        items: items.items.count,
        candidate: zip(items.items, whole).count { $0.candidate.isDetermined && $1 },
        active: all.active.count { !$0.isEmpty }, both: places.count),
      conditions: items.conditions(candidate, isCovered: whole), changed: changed.count,
      changes: items.changes, examples: examples(changed),
      movement: Self.movement(candidate, active),
      units: items.units, findings: more + findings)
    let pairs = try PairTrials(
      keys: places.map { items.items[$0].key.names }, options: options, metrics: metrics,
      clusters: clusters, activeRows: activeRows, rows: rows,
      rules: places.map { items.items[$0].candidate.rule ?? "(default)" },
      names: (name.name, request.rules))
    let blind = document.conditions.neverKnown
    document.findings += attempts.findings(
      [(name.name, all.active), (request.rules, all.candidate)],
      keys: items.items.map(\.key.names), metrics: metrics.choices.map(\.name))
    if let finding = document.conditions.finding { document.findings.append(finding) }
    if !places.isEmpty, blind == nil {
      document.activeSummary = try metrics.summary(
        activeRows, clusters: clusters, level: options.confidence)
      document.summary = try metrics.summary(rows, clusters: clusters, level: options.confidence)
      let pair = try pairs.pair()
      document.findings += ComparisonAnalysis.missing([pair])
      document.pair = pair
    }
    if let gates {
      document.judge(
        try gates.results(document, partial: zip(stored, whole).count { $0 && !$1 }) {
          level throws(StoreError) in try pairs.brief(level: level)
        },
        because: blind)
    } else if let blind {
      document.judge([], because: blind)
    }
    return document
  }

  private func examples(_ changed: [Int]) -> [BacktestDocument.Example] {
    changed.prefix(options.examples).map { place in
      .init(
        key: items.items[place].key.names, activeTarget: items.items[place].active.target.name,
        target: items.items[place].candidate.target.name)
    }
  }

  /// The units that move whatever the rows are.
  static func movement(
    _ candidate: CompiledRules, _ active: RoutingPolicy
  ) -> [MovementDocument] {
    guard let active = active.compiled else { return [] }
    return candidate.set.movement(from: active.set).map {
      .init(rule: $0.rule, cause: $0.cause.rawValue, basisPoints: $0.basisPoints)
    }
  }
}

extension BacktestOptions {
  /// Goes on where every number makes sense.
  /// - Throws: ``StoreError`` of kind `usage`.
  package func check() throws(StoreError) {
    var plain = ComparisonOptions()
    plain.confidence = confidence
    plain.resamples = resamples
    plain.seed = seed
    try plain.check()
    let names = [key ?? [], higher, lower, Array(map.values), Array(targets.values)]
    try RequestLimits.require(
      names.reduce(0) { $0 + $1.count }, atMost: RequestLimits.names, "columns and targets")
    guard (1...1_000_000).contains(leastEffectiveRows) else {
      throw StoreError(.usage, "the least effective rows are a number, 1 to 1000000")
    }
    guard (0...1_000).contains(examples) else {
      throw StoreError(.usage, "of the items that are decided otherwise, 0 to 1000 can be named")
    }
  }
}
