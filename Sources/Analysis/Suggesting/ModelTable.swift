import Statistics
import Model
import Wire

/// Several models on the items that all of them have.
struct ModelTable: Sendable {
  /// In the order of their names.
  let models: [String]
  let roles: MetricRoles
  let keys: [ItemKey]
  let clusters: Clusters?
  /// The items that are whole, of all, also of those that some model lacks.
  let presence: ModelPresence
  private(set) var findings: [ComparisonDocument.Finding] = []
  private let columns: [String]
  private let table: ColumnTable
  /// For each model, its rows of each item: one, or its attempts.
  private let rows: [DataText: [[Int]]]
  /// For each model, its rows of every item, of which there may be none.
  private let everyRows: [DataText: [[Int]]]
  private let values: [DataText: [MetricRoles.Role: [Double?]]]
  private let options: BacktestOptions

  /// The models of a table by a column.
  /// - Throws: ``StoreError`` of kind `usage` when there is no such column, an item has two rows of
  ///   one model that are not attempts, or no column has one of the roles `needed`.
  init(
    _ table: ColumnTable, key: [String], options: BacktestOptions, needed: [MetricRoles.Role],
    scores: [ScoreColumn] = []
  ) throws(StoreError) {
    self.table = table
    self.options = options
    columns = key
    roles = try MetricRoles(
      stated: options.roles, columns: table.columns, of: table.name, scores: scores)
    for role in needed where roles[role] == nil {
      throw StoreError(
        .usage,
        "no column of \(table.name) is called like a \(role.rawValue), which the objective "
          + "is about; give one its part with --role \(role.rawValue)=COLUMN")
    }
    let items = try ModelItems(table, key: key, options: options)
    let (models, keys, rows) = (items.models, items.keys, items.rows)
    findings += items.findings
    presence = ModelPresence(
      models.map { ($0, items.everyRows[$0] ?? []) }, keys: items.everyKey,
      numbers: try needed.compactMap { [roles] in roles[$0] }.map { name throws(StoreError) in
        (name, try table.numbers(name))
      }, differing: items.differing)
    findings += presence.findings
    let measured = try Self.values(table, models, rows, roles: roles, needed: needed)
    findings += measured.findings
    let labels = try options.cluster.map { column throws(StoreError) in
      let all = try table.labels(column)
      return ItemLabels(models.map { (all, rows[$0] ?? []) })
    }
    clusters = labels?.clusters
    if let column = options.cluster {
      let what = "between attempts or models; the first row of \(models[0]) counts"
      findings += [labels?.finding(column, keys: keys, what)].compactMap(\.self)
    }
    findings += ComparisonAnalysis.few(clusters)
    let metrics = needed.compactMap { [roles] in roles[$0] }
    findings += try ModelItems.Differences(keys, models.map { rows[$0] ?? [] }) {
      base, candidate throws(StoreError) in
      try Comparability.changes(
        in: table, from: base, to: candidate,
        besides: key + [options.by] + scores.idle(metrics), metrics: metrics,
        repeats: options.repeats)
    }.findings(
      "items where it is not the same for all models: their scores rest on different things")
    findings += ComparisonAnalysis.textual(table, metrics, roles: roles)
    findings += try scores.findings(
      of: metrics, in: table, rows: Array(0..<table.count), arm: nil)
    self.models = models
    self.keys = keys
    self.rows = rows
    everyRows = items.everyRows
    values = measured.values
  }

  /// The values of each model's items by role, with the findings on items without one.
  private static func values(
    _ table: ColumnTable, _ models: [String], _ rows: [DataText: [[Int]]], roles: MetricRoles,
    needed: [MetricRoles.Role]
  ) throws(StoreError) -> (
    values: [DataText: [MetricRoles.Role: [Double?]]], findings: [ComparisonDocument.Finding]
  ) {
    var values: [DataText: [MetricRoles.Role: [Double?]]] = [:]
    var findings: [ComparisonDocument.Finding] = []
    for model in models {
      let arm = try ArmRows(table, items: rows[model] ?? [], roles: roles, clusters: nil)
      for role in needed {
        let column = arm.numbers(role).map(arm.perItem)
        values[model, default: [:]][role] = column
        let missing = column?.count { $0 == nil } ?? 0
        guard missing > 0 else { continue }
        findings.append(
          .init(
            roles[role] ?? role.rawValue, arm: model,
            "items without a value take no part in what is said of it", count: missing,
            isLeftOut: true))
      }
    }
    return (values, findings)
  }

  /// The items as documents describe them.
  var items: ComparisonDocument.Items { ItemKeys.document(keys, columns: columns) }

  /// The results of each model on all items.
  func summaries() throws(StoreError) -> [SuggestionDocument.Entry] {
    var entries: [SuggestionDocument.Entry] = []
    for model in models {
      let arm = try ArmRows(
        table, items: rows[model] ?? [], roles: roles, clusters: clusters)
      entries.append(
        .init(model: model, summary: ArmSummary(arm, level: options.confidence).document))
    }
    return entries
  }

  /// The value of a column at each item; nil where it has none, or its rows do not agree.
  mutating func slices(_ column: String) throws(StoreError) -> [ValueLabel?] {
    let labels = try table.labels(column)
    var unclear = 0
    let slices = keys.indices.map { place -> ValueLabel? in
      let values = values(labels, rows, place)
      if values.count > 1 { unclear += 1 }
      return values.count == 1 ? values.first ?? nil : nil
    }
    let without = slices.count { $0 == nil } - unclear
    for (count, what) in [
      (without, "items without a value go to the default"),
      (unclear, "items whose rows have different values go to the default"),
    ] where count > 0 {
      findings.append(.init(column, arm: nil, what, count: count))
    }
    return slices
  }

  /// The values of a column at an item, by the rows of each model.
  private func values(
    _ labels: [ValueLabel?], _ rows: [DataText: [[Int]]], _ item: Int
  ) -> Set<ValueLabel?> {
    Set(models.flatMap { rows[$0]?[item] ?? [] }.map { labels[$0] })
  }

  /// The items of each slice among all, as ``presence`` numbers them.
  func everyItem(by column: String) throws(StoreError) -> [ValueLabel: [Int]] {
    let labels = try table.labels(column)
    var items: [ValueLabel: [Int]] = [:]
    for item in (everyRows[models[0]] ?? []).indices {
      let values = values(labels, everyRows, item)
      if values.count == 1, let value = values.first ?? nil {
        items[value, default: []].append(item)
      }
    }
    return items
  }

  /// One model in another's place, on some of the items.
  func change(_ base: String, _ candidate: String, at places: [Int]) -> ModelChange {
    func side(_ model: String) -> [MetricRoles.Role: [Double?]] {
      (values[model] ?? [:]).mapValues { column in places.map { column[$0] } }
    }
    return ModelChange(
      base: side(base), candidate: side(candidate), clusters: clusters?.selecting(places),
      options: options)
  }

  /// The value of a measure for a model on some of the items; nil for none.
  func value(
    _ measure: RoutingObjective.Measure, _ model: String, at places: [Int]
  ) -> Double? {
    func column(_ role: MetricRoles.Role) -> [Double?] {
      places.map { values[model]?[role]?[$0] ?? nil }
    }
    func mean(_ role: MetricRoles.Role) -> Double? {
      let present = column(role).compactMap { $0 }
      return present.isEmpty ? nil : present.reduce(0, +) / Double(present.count)
    }
    func quantile(_ share: Double) -> Double? {
      QuantileEstimate.of(column(.latency).compactMap { $0 }, quantile: share)?.value
    }
    switch measure {
    case .success: return mean(.success)
    case .cost: return mean(.cost)
    case .latency: return mean(.latency)
    case .p50: return quantile(0.5)
    case .p95: return quantile(0.95)
    case .costPerSuccess:
      let pairs = zip(column(.cost), column(.success)).compactMap { cost, success in
        cost.flatMap { cost in success.map { (cost, $0) } }
      }
      let successes = pairs.reduce(0) { $0 + $1.1 }
      return successes > 0 ? pairs.reduce(0) { $0 + $1.0 } / successes : nil
    }
  }

  /// The best of some models by a measure, of equals the first; one of which nothing is known is
  /// the worst.
  func best(
    _ measure: RoutingObjective.Measure, among models: [String], at places: [Int]
  ) -> String? {
    var best: (model: String, value: Double)?
    for model in models {
      guard let value = value(measure, model, at: places) else { continue }
      let isBetter = best.map { measure.isUp ? value > $0.value : value < $0.value } ?? true
      if isBetter { best = (model, value) }
    }
    return best?.model ?? models.first
  }
}
