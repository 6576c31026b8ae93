import Statistics
package import Model
package import Wire

/// A comparison of arms, item by item.
package struct ComparisonAnalysis: Sendable {
  /// The most distinct values of a slice column.
  private static let sliceLimit = 100
  /// The most resampled items: with more, all metrics and arms together, a comparison takes
  /// minutes.
  static let drawLimit = 20_000_000_000

  private let sides: [ComparisonSide]
  private let options: ComparisonOptions
  private let items: PairedItems
  private let roles: MetricRoles
  private let gates: [GateRule]
  private let metrics: [MetricChoice]
  private let clusters: Clusters?
  private let registered: RegisteredGates?
  /// The differences from the base, and from the registration, in what scores rest on.
  private let changes: [Comparability.Change]
  private let edition: Edition
  private var findings: [ComparisonDocument.Finding]

  /// A comparison of `sides`, the base first.
  /// - Parameters:
  ///   - key: The columns that identify an item.
  ///   - findings: What is known beforehand of rows that take no part.
  ///   - registered: The registration whose items gates are about then, and not the base's.
  ///   - edition: The rules by which numbers are made; those of its own for a kept document.
  /// - Throws: ``StoreError`` of kind `usage` for options that make no sense with these tables.
  package init(
    _ sides: [ComparisonSide], key: [String], options: ComparisonOptions,
    findings: [ComparisonDocument.Finding] = [], registered: RegisteredGates? = nil,
    edition: Edition = .current
  ) throws(StoreError) {
    try options.check()
    try Self.requireDistinct(sides)
    let tables = sides.map(\.table)
    let absences = edition == .first ? .init() : GateRule.Absences(sides)
    let shared = tables[0].columns.filter { column in
      tables.allSatisfy { $0.has(column.name) }
        && !absences.columns.contains { $0.name.hasBytes(of: column.name) }
    }
    let scores = sides.flatMap(\.scores)
    roles = try MetricRoles(
      stated: options.roles, columns: shared, of: sides.map(\.name).joined(separator: " and "),
      scores: scores, edition: edition)
    // Columns that identify items and attempts are not metrics.
    let others = edition == .first ? [] : key + [options.repeats].compactMap(\.self)
    gates = try Self.gates(
      options, edition, roles: roles, absences: absences,
      columns: shared.map(\.name).textSet.subtracting((absences.texts + others).textSet))
    metrics = try MetricChoice.choose(
      options, gates: gates, roles: roles, tables: tables, key: key, scores: scores)
    let allowed = options.allowedChanges ?? []
    // Gates are registered before it is known what their runs will record.
    if edition > .first, registered == nil { try Comparability.requireKnown(allowed, sides) }
    items = try PairedItems(
      sides, columns: key, repeats: options.repeats, allowed: allowed,
      metrics: metrics.map(\.name), edition: edition)
    if let column = options.repeats, !tables.contains(where: { $0.has(column) }) {
      for table in tables { _ = try table.vector(column) }
    }
    clusters = try options.cluster.map { [items] column throws(StoreError) in
      try items.labels(column, of: sides).clusters
    }
    try Self.requireFeasible(
      items: items.keys.count, candidates: sides.count - 1, metrics: metrics.count,
      hasLatency: roles[.latency] != nil, resamples: options.resamples)
    self.sides = sides
    self.options = options
    self.registered = registered
    self.edition = edition
    let rescored = try registered?.changes(sides, allowed: allowed)
    changes = items.changes + (rescored?.changes ?? [])
    self.findings = findings + items.findings + (rescored?.findings ?? [])
    if edition > .first {
      self.findings += Self.unmatched(sides, options, key: key) + Self.unplayed(tables, roles)
      self.findings += Self.textual(sides, metrics.map(\.name), roles)
    }
    if edition > .second {
      self.findings += try Self.unsettled(items, sides, options)
      self.findings += try Self.unscored(sides, metrics.map(\.name))
    }
    self.findings += Self.few(clusters)
  }

  /// Throws unless every arm has a name of its own.
  private static func requireDistinct(_ sides: [ComparisonSide]) throws(StoreError) {
    for (index, side) in sides.enumerated()
    where sides[..<index].contains(where: { $0.name.hasBytes(of: side.name) }) {
      throw StoreError(.usage, "\(side.name) is named twice; compare it with something else")
    }
  }

  /// Throws unless so many resamples are drawn within minutes.
  private static func requireFeasible(
    items: Int, candidates: Int, metrics: Int, hasLatency: Bool, resamples: Int
  ) throws(StoreError) {
    // Two quantiles of latency are walked through in both arms for each draw.
    let walks = metrics + (hasLatency ? 4 : 0)
    let draws = Double(items) * Double(resamples) * Double(walks * candidates)
    guard draws <= Double(Self.drawLimit) else {
      throw .requestLimit(
        "\(items) items drawn \(resamples) times for \(metrics) metrics "
          + "take too long; ask for fewer --resamples or metrics")
    }
  }

  private static func gates(
    _ options: ComparisonOptions, _ edition: Edition, roles: MetricRoles,
    absences: GateRule.Absences, columns: Set<DataText>
  ) throws(StoreError) -> [GateRule] {
    let known = options.grammar ?? (edition == .first ? 1 : 2)
    let grammar = Gate.Grammar(rawValue: known) ?? .second
    return try options.gates.map { text throws(StoreError) in
      try GateRule(text, grammar: grammar, roles: roles, columns: columns, absences: absences)
    }
  }

  /// The items that are compared.
  package var comparedItems: ComparisonDocument.Items { items.document }

  /// The keys of the items that are compared, sorted.
  package var keys: [ItemKey] { items.keys }

  /// The report of the comparison.
  /// - Parameters:
  ///   - request: With every reference as a number and every option spelled out.
  ///   - control: Its cancellation and progress.
  /// - Throws: ``StoreError``, of kind `exhausted` when the request was cancelled.
  package func document(
    _ request: ComparisonRequest, sources: [ComparisonDocument.Source],
    control: AnalysisControl = AnalysisControl()
  ) throws(StoreError) -> ComparisonDocument {
    let values = try columns()
    let slices = try slices()
    let tokens = try roles[.inputTokens].map { column throws(StoreError) in
      try items.numbers(column, of: sides[0], 0)
    }
    let natures = try metrics.map { choice throws(StoreError) in
      try nature(choice.name, values.map { $0[choice.name] ?? [] })
    }
    for gate in gates {
      try gate.check(edition) { name in
        metrics.firstIndex { $0.name.hasBytes(of: name) }.map { natures[$0] }
      }
    }
    let draws = control.draws(shareCount: shareCount(drawn: natures.count { !$0.areBinary }))
    let comparisons = zip(metrics, natures).map { choice, values in
      MetricComparison(
        choice: choice, values: values, options: options, isBrief: false, draws: draws,
        edition: edition)
    }
    var pairs: [PairDocument] = []
    for index in sides.indices.dropFirst() {
      let pair = PairComparison(
        keys: items.keys.map(\.names), options: options, metrics: comparisons, clusters: clusters,
        base: values[0],
        candidate: values[index], roles: roles, slices: slices, tokens: tokens,
        control: control, draws: draws)
      pairs.append(try pair.document(base: sides[0].name, candidate: sides[index].name))
    }
    pairs = Self.judged(pairs, level: options.confidence)
    let rows = try armRows()
    let arms = arms(rows)
    let rescaled = edition > .second ? Self.rescaled(sides, metrics, roles, values) : []
    return ComparisonDocument(
      edition, request: request, sources: sources, items: items.document, roles: roles,
      arms: arms,
      findings: try findings + Self.missing(pairs) + lost(pairs) + vanished(rows)
        + Self.unsliced(slices) + rescaled.map(\.finding),
      pairs: pairs,
      gates: try results(pairs, rows, rescaled))
  }

  /// True when a gate sets how many of the items are enough.
  package var hasItemsGate: Bool { gates.contains { $0.subject == .items } }

  /// The result of every gate for every candidate, whatever other candidates lack.
  private func results(
    _ pairs: [PairDocument], _ rows: [ArmRows], _ rescaled: [ScaleChange]
  ) throws(StoreError) -> [GateResult] {
    if gates.isEmpty { return [] }
    let level = options.confidence
    var results: [GateResult] = []
    for (index, pair) in pairs.enumerated() {
      guard edition > .first else {
        results += gates.map { $0.result(pair, level: level).ofFirstEdition }
        continue
      }
      let evidence = GateEvidence(
        base: registered?.name ?? pair.base, baseItems: registered?.items ?? items.baseCount,
        items: items.keys.count, wholeItems: try wholeItems(candidate: index + 1),
        missing: options.missing ?? .undecided, itemsGate: gates.first { $0.subject == .items },
        edition: edition, hasAttempts: options.repeats != nil, isRegistered: registered != nil,
        changes: changes.filter { $0.candidate == pair.candidate },
        rescaled: rescaled.filter { change in
          change.candidate == pair.candidate
            && !(options.allowedChanges ?? []).hasText(change.metric)
        })
      var both = [rows[0], rows[index + 1]]
      ArmRows.align(&both)
      let arm = ArmSummary(both[1], level: level, edition: edition).document
      for gate in gates {
        results.append(
          try gate.result(
            pair, arm: arm, evidence: evidence, roles: roles, level: level
          ) { columns throws(StoreError) in try presence(columns, candidate: index + 1) })
      }
    }
    return results
  }

  /// The number of items of which a candidate lost no attempt, nor a value that a gate rests on.
  private func wholeItems(candidate: Int) throws(StoreError) -> Int {
    guard edition > .second else { return items.keys.count }
    let columns = Set(gates.flatMap { $0.columns(roles) }.map { DataText($0) })
    guard columns.isEmpty else {
      return try presence(columns.sorted().map(\.string), candidate: candidate).complete
    }
    return items.keys.indices.count { item in
      items.rows[candidate][item].count >= items.rows[0][item].count
    }
  }

  /// The number of items for which the base and a candidate have values of some columns.
  func presence(
    _ columns: [String], candidate: Int
  ) throws(StoreError) -> ItemPresence {
    ItemPresence(
      try columns.map { column throws(StoreError) in
        (
          base: try items.attempts(column, of: sides[0], 0),
          candidate: try items.attempts(column, of: sides[candidate], candidate)
        )
      }, items: items.keys.count)
  }

  /// The nature of a metric's values, from each item's on every arm and the rows behind them.
  private func nature(
    _ name: String, _ columns: [[Double?]]
  ) throws(StoreError) -> MetricValues {
    guard edition > .first else { return .init(ofFirstEdition: columns) }
    var rows: [[Double?]]?
    if options.repeats != nil {
      rows = try sides.indices.map { index throws(StoreError) in
        let all = try sides[index].table.numbers(name)
        return items.rows[index].flatMap { $0.map { all[$0] } }
      }
    }
    let types = sides.compactMap { $0.table.type(of: name) }
    return MetricValues(name, types: types, roles: roles, items: columns, rows: rows)
  }

  /// The approximate number of shares of resampling: flips and resamples of a metric's differences,
  /// and resamples of latencies.
  /// - Parameter drawn: The metrics whose items are resampled where there are no clusters.
  private func shareCount(drawn: Int) -> Int {
    let runs = (clusters == nil ? drawn : metrics.count) * 2 + (roles[.latency] == nil ? 0 : 1)
    return runs * (sides.count - 1)
      * DrawShares.count(
        resamples: options.resamples, unitCount: clusters?.count ?? items.keys.count)
  }

  /// All columns compared, one value per item, for each arm.
  private func columns() throws(StoreError) -> [[DataText: [Double?]]] {
    let names =
      metrics.map(\.name)
      + [roles[.latency], roles[.cost], roles[.success]].compactMap {
        $0
      }
    var columns: [[DataText: [Double?]]] = []
    for (index, side) in sides.enumerated() {
      var values: [DataText: [Double?]] = [:]
      for name in names where values[name] == nil {
        values[name] = try items.numbers(name, of: side, index)
      }
      columns.append(values)
    }
    return columns
  }

  private func slices() throws(StoreError) -> [(column: String, values: [ValueLabel?])] {
    var slices: [(column: String, values: [ValueLabel?])] = []
    for column in options.slices {
      let values = try items.labels(column, of: sides).values
      let count = Set(values).count
      guard count <= Self.sliceLimit else {
        throw StoreError(
          .usage,
          "the column '\(column)' has \(count) values; a column with at most \(Self.sliceLimit) "
            + "makes slices")
      }
      slices.append((column, values))
    }
    return slices
  }

  /// The item of each compared row of an arm.
  private func places(_ index: Int) -> [Int] {
    items.rows[index].enumerated().flatMap { item, rows in rows.map { _ in item } }
  }

  /// The rows of each arm, of the items that all have.
  private func armRows() throws(StoreError) -> [ArmRows] {
    var rows: [ArmRows] = []
    for index in sides.indices {
      let ofRow = places(index)
      let attempts = options.repeats == nil ? nil : Clusters(labels: ofRow)
      let all = Array(items.rows[index].joined())
      rows.append(
        edition > .first
          ? try ArmRows(
            sides[index].table, rows: all, roles: roles, items: attempts, clusters: clusters)
          // Rows were the sample, those of an item or a cluster together.
          : try ArmRows(
            sides[index].table, rows: all, roles: roles,
            clusters: clusters.map { $0.selecting(ofRow) } ?? attempts))
    }
    return rows
  }

  /// The results of each arm on its own, on the items that have a value on all.
  private func arms(_ rows: [ArmRows]) -> [ComparisonDocument.Arm] {
    var rows = rows
    if edition > .first { ArmRows.align(&rows) }
    return sides.indices.map { index in
      let side = sides[index]
      var summary = ArmSummary(rows[index], level: options.confidence, edition: edition).document
      if options.repeats != nil {
        summary.repeats = RepeatSummary.document(
          rows[index], items: places(index), itemCount: items.keys.count, clusters: clusters,
          level: options.confidence, edition: edition)
      }
      return ComparisonDocument.Arm(
        name: side.name, reference: side.source.reference, rows: side.rows.count, summary: summary)
    }
  }

  /// Items that a metric leaves out, since they have no value of it on some side.
  static func missing(_ pairs: [PairDocument]) -> [ComparisonDocument.Finding] {
    pairs.flatMap { pair in
      pair.metrics.filter { $0.missing > 0 }.map { metric in
        .init(
          metric.metric, arm: pair.candidate, "items without a value on some side",
          count: metric.missing, isLeftOut: true)
      }
    }
  }

  /// Attempts without a value, at items that have others.
  private func lost(
    _ pairs: [PairDocument]
  ) throws(StoreError) -> [ComparisonDocument.Finding] {
    if edition == .first || options.repeats == nil { return [] }
    var findings: [ComparisonDocument.Finding] = []
    for (index, pair) in pairs.enumerated() {
      for metric in pair.metrics.map(\.metric) {
        let lost = try presence([metric], candidate: index + 1).valueless
        for (arm, count) in [(pair.base, lost.base), (pair.candidate, lost.candidate)]
        where count > 0 {
          findings.append(
            .init(
              metric, arm: arm, ComparisonDocument.Finding.lostAttempts, count: count,
              isLeftOut: true))
        }
      }
    }
    return findings
  }

  /// Columns of parts that some arm has values of, and of which no item has one on all of them.
  private func vanished(_ rows: [ArmRows]) -> [ComparisonDocument.Finding] {
    guard edition > .second else { return [] }
    var aligned = rows
    ArmRows.align(&aligned)
    return MetricRoles.Role.allCases.compactMap { role in
      guard rows.contains(where: { $0.hasNumbers(role) }),
        !aligned.contains(where: { $0.hasNumbers(role) })
      else { return nil }
      let column = roles[role] ?? roles[.finishReason] ?? role.rawValue
      return .init(
        column, arm: nil,
        "no item has a value of it on all of the arms, so each on its own is told nothing of "
          + role.rawValue)
    }
  }
}
