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
  private(set) var findings: [ComparisonDocument.Finding] = []
  private let columns: [String]
  private let table: ColumnTable
  /// For each model, its rows of each item: one, or its attempts.
  private let rows: [DataText: [[Int]]]
  private let values: [DataText: [MetricRoles.Role: [Double?]]]
  private let options: BacktestOptions

  /// The models of a table by a column.
  /// - Throws: ``StoreError`` of kind `usage` when there is no such column, an item has two rows of
  ///   one model that are not attempts, or no column has one of the roles `needed`.
  init(
    _ table: ColumnTable, key: [String], options: BacktestOptions, needed: [MetricRoles.Role]
  ) throws(StoreError) {
    self.table = table
    self.options = options
    columns = key
    roles = try MetricRoles(stated: options.roles, columns: table.columns, of: table.name)
    for role in needed where roles[role] == nil {
      throw StoreError(
        .usage,
        "no column of \(table.name) is called like a \(role.rawValue), which the objective "
          + "is about; give one its part with --role \(role.rawValue)=COLUMN")
    }
    let names = try table.labels(options.by).map { $0?.name }
    let models = names.compactMap { $0 }.textSet.sorted().map(\.string)
    guard (2...100).contains(models.count) else {
      throw StoreError(
        .usage,
        "the column '\(options.by)' of \(table.name) has \(models.count) values; 2 to 100 models "
          + "can be laid beside one another")
    }
    let items = try ItemKeys(table, rows: Array(0..<table.count), columns: key)
    let (keys, rows) = try Self.complete(
      items, names: names, count: models.count, hasAttempts: options.repeats != nil, table.name)
    guard !keys.isEmpty else {
      throw StoreError(
        .usage, "no item of \(table.name) has a row of each of \(models.count) models")
    }
    if keys.count < items.rows.count {
      findings.append(
        .init(
          "items", arm: nil, "items that some model lacks", count: items.rows.count - keys.count,
          isLeftOut: true))
    }
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
    findings += try Self.changes(
      table, models.map { rows[$0] ?? [] }, keys, besides: key + [options.by], metrics: metrics,
      repeats: options.repeats)
    findings += ComparisonAnalysis.textual(table, metrics, roles: roles)
    self.models = models
    self.keys = keys
    self.rows = rows
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

  /// The items that all of `count` models have rows of, and for each model those rows.
  /// - Throws: ``StoreError`` of kind `usage` for two rows of one model that are no attempts.
  private static func complete(
    _ items: ItemKeys, names: [String?], count: Int, hasAttempts: Bool, _ table: String
  ) throws(StoreError) -> (keys: [ItemKey], rows: [DataText: [[Int]]]) {
    var keys: [ItemKey] = []
    var rows: [DataText: [[Int]]] = [:]
    for key in items.rows.keys.sorted() {
      var found: [DataText: [Int]] = [:]
      for row in items.rows[key] ?? [] {
        guard let model = names[row] else { continue }
        guard hasAttempts || found[model] == nil else {
          throw StoreError(
            .usage,
            "\(key.line) has two rows of '\(model)' in \(table); name the "
              + "column that numbers the attempts with --repeat, the columns that identify an item "
              + "with --key, or choose rows with --where")
        }
        found[model, default: []].append(row)
      }
      guard found.count == count else { continue }
      keys.append(key)
      for (model, own) in found { rows[model, default: []].append(own) }
    }
    return (keys, rows)
  }

  /// The judges and reference answers that are not those of the first model on some items.
  private static func changes(
    _ table: ColumnTable, _ rows: [[[Int]]], _ keys: [ItemKey], besides others: [String],
    metrics: [String], repeats: String?
  ) throws(StoreError) -> [ComparisonDocument.Finding] {
    var differing: [DataText: Set<Int>] = [:]
    for candidate in rows.dropFirst() {
      let changes = try Comparability.changes(
        in: table, from: rows[0], to: candidate, besides: others, metrics: metrics,
        repeats: repeats)
      for (column, places) in changes { differing[column, default: []].formUnion(places) }
    }
    return differing.sorted { $0.key < $1.key }.map { column, places in
      .init(
        column.string, arm: nil,
        "items where it is not the same for all models: their scores rest on different things",
        count: places.count,
        examples: places.sorted().prefix(PairedItems.exampleCount).map { keys[$0].names })
    }
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
      let values = Set(models.flatMap { rows[$0]?[place] ?? [] }.map { labels[$0] })
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
