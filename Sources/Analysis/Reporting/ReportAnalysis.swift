import Statistics
package import Model
import Platform
package import Wire

/// All models of a table beside one another.
package struct ReportAnalysis {
  /// The most models: a column with more values identifies something else.
  private static let modelLimit = 200
  /// The most distinct values of a slice column.
  private static let sliceLimit = 200

  /// A model with its rows.
  private struct Arm {
    let name: String
    let rows: [Int]
    let entry: ReportDocument.Entry
  }

  private let table: ColumnTable
  private let request: ReportRequest
  private let roles: MetricRoles
  private let items: ReportItems
  private let quality: [Double?]?
  private let cost: [Double?]?
  private let scores: [ScoreColumn]
  private let edition: Edition
  private var findings: [String] = []

  /// A report on a table.
  /// - Parameters:
  ///   - key: The columns that identify an item; none where nothing does.
  ///   - scores: The columns that are scores, kept apart from the version.
  ///   - edition: The rules by which numbers are made; those of its own for a kept report.
  /// - Throws: ``StoreError`` of kind `usage` for columns that are not there or hold texts where
  ///   numbers are needed.
  package init(
    _ table: ColumnTable, roles: MetricRoles, key: [String], request: ReportRequest,
    scores: [ScoreColumn] = [], edition: Edition = .current
  ) throws(StoreError) {
    guard request.confidence > 0.5, request.confidence < 1 else {
      throw StoreError(.usage, "the confidence is a number above 0.5 and below 1, such as 0.95")
    }
    self.table = table
    self.request = request
    self.roles = roles
    self.scores = scores
    self.edition = edition
    items = try ReportItems(table, key: key, cluster: request.cluster)
    var numbers: [MetricRoles.Role: [Double?]] = [:]
    for role in [MetricRoles.Role.success, .cost] {
      if let column = roles[role] { numbers[role] = try table.numbers(column) }
    }
    quality = numbers[.success]
    cost = numbers[.cost]
    if key.isEmpty {
      findings.append(
        "no key tells items apart, so models are not compared item by item: name its columns")
    }
  }

  /// The report on the models of `source`.
  /// - Parameter others: Findings about how its rows were picked.
  package func document(
    _ source: ComparisonDocument.Source, findings others: [String] = []
  ) throws(StoreError) -> ReportDocument {
    var findings = others + findings
    let models = try models(&findings)
    var routing: [ReportDocument.Routing] = []
    for column in request.slices {
      routing.append(try self.routing(column, models, &findings))
    }
    if edition > .first {
      findings += roles.unplayed(table.columns).map { "\($0.name) \($0.what)" }
      findings += textual
      let agreement = ReportAgreement(
        table: table, request: request, roles: roles, items: items.items,
        models: models.map(\.rows), scores: scores)
      findings += try agreement.differences(edition)
      if edition > .second {
        findings += agreement.lost(models.map(\.name))
        findings += try agreement.unsettled()
        findings += try unscored(models)
      }
    }
    return ReportDocument(
      edition, request: request, source: source, roles: roles, models: models.map(\.entry),
      front: try front(models), routing: routing, findings: findings)
  }

  /// Outputs of each model without a score that is reported.
  private func unscored(_ models: [Arm]) throws(StoreError) -> [String] {
    let names = roles.numeric.union(request.metrics.textSet).sorted().map(\.string)
    var unscored: [String] = []
    for model in models {
      let findings = try scores.findings(of: names, in: table, rows: model.rows, arm: model.name)
      unscored += findings.map { finding in
        "\(model.name), \(finding.subject): \(finding.count ?? 0) \(finding.what)"
      }
    }
    return unscored
  }

  /// Values of mixed columns that are not numbers.
  private var textual: [String] {
    roles.numeric.union(request.metrics.textSet).sorted().map(\.string).compactMap { column in
      let count = table.otherCount(column, rows: Array(0..<table.count))
      return count == 0 ? nil : "\(count) rows of \(column) hold texts: not counted"
    }
  }

  /// The models, best first.
  private func models(_ findings: inout [String]) throws(StoreError) -> [Arm] {
    let groups = try groups(request.by, of: Array(0..<table.count))
    guard groups.count <= Self.modelLimit else {
      throw StoreError(
        .usage,
        "the column '\(request.by)' of \(table.name) has \(groups.count) values; at most "
          + "\(Self.modelLimit) models are laid beside one another")
    }
    let without = table.count - groups.reduce(0) { $0 + $1.rows.count }
    if without > 0 { findings.append("\(without) rows without a \(request.by) take no part") }
    guard !groups.isEmpty else {
      throw StoreError(.usage, "no row of \(table.name) has a value of '\(request.by)'")
    }
    let metrics = try request.metrics.map { metric throws(StoreError) in
      let numbers = try table.numbers(metric)
      return (
        name: metric, numbers: numbers,
        values: MetricValues(
          metric, types: [table.type(of: metric)].compactMap(\.self), roles: roles, items: [numbers]
        )
      )
    }
    var models: [Arm] = []
    for group in groups {
      let summary = try summary(group.rows)
      let scores = metrics.map { metric in
        ReportDocument.Score(
          metric: metric.name, mean: mean(metric.numbers, metric.values, group.rows))
      }
      models.append(
        Arm(
          name: group.value, rows: group.rows,
          entry: ReportDocument.Entry(
            model: group.value, items: items.count(of: group.rows), summary: summary,
            scores: scores)))
    }
    tell(models, &findings)
    return models.sorted { left, right in
      let one = left.entry.summary.success?.value ?? -.infinity
      let two = right.entry.summary.success?.value ?? -.infinity
      return one == two ? Self.isBefore(left.name, right.name) : one > two
    }
  }

  /// Adds the facts that a reader has to know about the rows of models.
  private func tell(_ models: [Arm], _ findings: inout [String]) {
    if let items = items.items {
      let sets = models.map { model in Set(model.rows.map { items[$0] }) }
      let common = sets.dropFirst().reduce(sets.first ?? []) { $0.intersection($1) }
      let all = sets.reduce(Set()) { $0.union($1) }
      if common.count < all.count {
        findings.append(
          "of \(all.count) items \(common.count) were given to every model: rates of different items "
            + "are compared")
      }
    }
    for model in models {
      let missing = model.rows.count { quality?[$0] == nil }
      if quality != nil, missing > 0 {
        findings.append("\(model.name): \(missing) rows without a result are left out")
      }
      let unpriced = model.rows.count { cost?[$0] == nil }
      if cost != nil, unpriced > 0 {
        findings.append("\(model.name): \(unpriced) rows without a cost are left out of costs")
      }
      if let clusters = model.entry.summary.success?.clusters, clusters < 20 {
        findings.append(
          "\(model.name): only \(clusters) clusters, so intervals are surer than they should be")
      }
    }
  }

  private func summary(_ rows: [Int]) throws(StoreError) -> ArmDocument {
    var arm = try ArmRows(table, rows: rows, roles: roles, clusters: items.clusters(of: rows))
    if edition > .first {
      let (items, clusters) = items.grouping(of: rows)
      arm = try ArmRows(table, rows: rows, roles: roles, items: items, clusters: clusters)
    }
    return ArmSummary(arm, level: request.confidence, edition: edition).document
  }

  /// True when success lies between 0 and 1, and differences of it between −1 and 1.
  private var areShares: Bool {
    edition > .first
      && (quality ?? []).allSatisfy { $0.map { (0...1).contains($0) } ?? true }
  }

  /// The mean of a column over the items of some rows.
  private func mean(
    _ numbers: [Double?], _ nature: MetricValues, _ rows: [Int]
  ) -> EstimateDocument? {
    let rows = rows.filter { numbers[$0] != nil }
    let values = rows.compactMap { numbers[$0] }
    guard edition > .first else {
      return EstimateDocument.mean(
        values, clusters: items.clusters(of: rows), level: request.confidence)
    }
    let (items, clusters) = items.grouping(of: rows)
    return EstimateDocument.mean(
      items.map { $0.means(values) } ?? values, clusters: clusters, level: request.confidence,
      areAmounts: nature.areAmounts, areShares: nature.areShares)
  }

  /// The rows of each value of a column, in the order of the values.
  private func groups(
    _ column: String, of rows: [Int]
  ) throws(StoreError) -> [(value: String, rows: [Int])] {
    let labels = try table.labels(column)
    var groups: [ValueLabel: [Int]] = [:]
    for row in rows {
      guard let label = labels[row] else { continue }
      groups[label, default: []].append(row)
    }
    return groups.sorted { $0.key < $1.key }.map { ($0.key.name, $0.value) }
  }

  private static func isBefore(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private func front(_ models: [Arm]) throws(StoreError) -> ReportDocument.Front? {
    let known = models.compactMap { model -> Candidate? in
      guard let quality = model.entry.summary.success,
        let cost = model.entry.summary.cost?.perRow
      else { return nil }
      return Candidate(
        model: model.name, quality: quality, cost: cost,
        qualities: self.quality.flatMap { items.means($0, of: model.rows) },
        costs: self.cost.flatMap { items.means($0, of: model.rows) })
    }
    guard known.count > 1 else { return nil }
    // Bonferroni: two differences of every pair.
    let looks = known.count * (known.count - 1)
    let level = 1 - (1 - request.confidence) / Double(looks)
    let points = try known.map { one throws(StoreError) in
      try point(one, among: known, level: level)
    }
    return ReportDocument.Front(
      level: level,
      points: points.sorted {
        $0.cost.value == $1.cost.value
          ? Self.isBefore($0.model, $1.model) : $0.cost.value < $1.cost.value
      })
  }

  /// A model between quality and cost, with its items' means.
  private struct Candidate {
    let model: String
    let quality: EstimateDocument
    let cost: EstimateDocument
    let qualities: [Double?]?
    let costs: [Double?]?

    /// Returns true when it is at least as good for at most the cost, and not the same.
    func dominates(_ other: Candidate) -> Bool {
      dominates(
        better: quality.value - other.quality.value, dearer: cost.value - other.cost.value)
    }

    /// The same by mean differences to another over the items that both have.
    func dominates(better: Double, dearer: Double) -> Bool {
      better >= 0 && dearer <= 0 && (better > 0 || dearer < 0)
    }
  }

  private func point(
    _ one: Candidate, among all: [Candidate], level: Double
  ) throws(StoreError) -> ReportDocument.Point {
    var dominations: [ReportDocument.Domination] = []
    var isSafe = true
    for other in all where !other.model.hasBytes(of: one.model) {
      try CancellationFlag.check()
      let quality = items.difference(
        one.qualities, other.qualities, level: level, areShares: areShares)
      let cost = items.difference(one.costs, other.costs, level: level)
      let isWorse = quality?.upper.map { $0 < 0 } ?? false
      let isDearer = cost?.lower.map { $0 > 0 } ?? false
      isSafe = isSafe && (isWorse || isDearer)
      let dominates =
        if edition > .first, let quality, let cost {
          other.dominates(better: quality.value, dearer: cost.value)
        } else {
          other.dominates(one)
        }
      guard dominates else { continue }
      let isAsGood = quality?.lower.map { $0 >= 0 } ?? false
      let costsNoMore = cost?.upper.map { $0 <= 0 } ?? false
      dominations.append(
        ReportDocument.Domination(
          model: other.model, isClear: isAsGood && costsNoMore, quality: quality, cost: cost))
    }
    return ReportDocument.Point(
      model: one.model, quality: one.quality, cost: one.cost, isOnFront: dominations.isEmpty,
      isClear: dominations.isEmpty ? isSafe : dominations.contains(where: \.isClear),
      dominatedBy: dominations)
  }

  private func routing(
    _ column: String, _ models: [Arm], _ findings: inout [String]
  ) throws(StoreError) -> ReportDocument.Routing {
    let values = try groups(column, of: models.flatMap(\.rows).sorted())
    guard values.count <= Self.sliceLimit else {
      throw StoreError(
        .usage,
        "the column '\(column)' of \(table.name) has \(values.count) values; at most "
          + "\(Self.sliceLimit) make slices")
    }
    let without = table.count - values.reduce(0) { $0 + $1.rows.count }
    if without > 0 { findings.append("\(without) rows without a \(column) are in no slice") }
    var slices: [ReportDocument.Slice] = []
    for value in values { slices.append(try slice(value.value, Set(value.rows), models)) }
    return ReportDocument.Routing(column: column, slices: slices)
  }

  private func slice(
    _ value: String, _ rows: Set<Int>, _ models: [Arm]
  ) throws(StoreError) -> ReportDocument.Slice {
    var parts: [(model: String, rows: [Int], summary: ArmDocument)] = []
    for model in models {
      let own = model.rows.filter(rows.contains)
      if !own.isEmpty { parts.append((model.name, own, try summary(own))) }
    }
    let best = parts.filter { $0.summary.success != nil }.min { left, right in
      let (one, two) = (left.summary.success?.value ?? 0, right.summary.success?.value ?? 0)
      if one != two { return one > two }
      return left.summary.cost?.perRow.value ?? .infinity
        < right.summary.cost?.perRow.value ?? .infinity
    }
    func means(_ rows: [Int]) -> [Double?]? { quality.flatMap { items.means($0, of: rows) } }
    func isBest(_ model: String) -> Bool { best?.model.hasBytes(of: model) == true }
    let bestMeans = best.flatMap { means($0.rows) }
    var cells: [ReportDocument.Cell] = []
    var alike: [String] = []
    for part in parts {
      try CancellationFlag.check()
      let difference =
        isBest(part.model)
        ? nil
        : items.difference(
          bestMeans, means(part.rows), level: request.confidence, areShares: areShares)
      cells.append(
        ReportDocument.Cell(model: part.model, summary: part.summary, difference: difference))
      guard !isBest(part.model), part.summary.success != nil else { continue }
      // Worse for certain only where the whole interval is below 0.
      if difference?.upper.map({ $0 >= 0 }) ?? true { alike.append(part.model) }
    }
    return ReportDocument.Slice(
      value: value, rows: rows.count, models: cells, best: best?.model, notToldApart: alike)
  }
}
