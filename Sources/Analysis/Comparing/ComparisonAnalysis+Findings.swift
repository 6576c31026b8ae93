import Statistics
import Model
import Wire

extension ComparisonAnalysis {
  /// Metrics that one arm has and the base has not, or the other way round.
  static func unmatched(
    _ sides: [ComparisonSide], _ options: ComparisonOptions, key: [String]
  ) -> [ComparisonDocument.Finding] {
    guard let base = sides.first, base.by == nil else { return [] }
    let own = MetricChoice.metrics(in: base.table, options, key: key, scores: base.scores)
    return sides.dropFirst().flatMap { side -> [ComparisonDocument.Finding] in
      let others = MetricChoice.metrics(in: side.table, options, key: key, scores: side.scores)
      let new = others.filter { !own.contains($0) }
      let lost = own.filter { !others.contains($0) }
      let absent = lost.filter { !side.table.knows($0) }
      let textual = lost.filter { side.table.knows($0) }
      var clauses: [String] = []
      if !absent.isEmpty {
        clauses.append("\(side.name) has no column \(absent.joined(separator: ", "))")
      }
      if !textual.isEmpty {
        clauses.append(
          "\(side.name) has no numbers in the column \(textual.joined(separator: ", "))")
      }
      if !new.isEmpty {
        clauses.append(
          lost.isEmpty
            ? "new in \(side.name), and so not compared: \(new.joined(separator: ", "))"
            : "new there: \(new.joined(separator: ", "))")
      }
      if clauses.isEmpty { return [] }
      return [.init(ComparisonDocument.Finding.metrics, arm: nil, clauses.joined(separator: "; "))]
    }
  }

  /// Values of mixed columns that are not numbers, among those of metrics and parts.
  static func textual(
    _ sides: [ComparisonSide], _ metrics: [String], _ roles: MetricRoles
  ) -> [ComparisonDocument.Finding] {
    sides.flatMap { side in
      textual(side.table, rows: side.rows, arm: side.name, metrics, roles)
    }
  }

  /// The texts of a table in the place of numbers: columns of texts that would play a part, and
  /// values of mixed columns.
  static func textual(
    _ table: ColumnTable, _ metrics: [String], roles: MetricRoles
  ) -> [ComparisonDocument.Finding] {
    unplayed([table], roles)
      + textual(table, rows: Array(0..<table.count), arm: nil, metrics, roles)
  }

  /// Values of some rows that are not the numbers compared, among those of metrics and parts: texts
  /// of mixed columns, and integers that no float equals.
  private static func textual(
    _ table: ColumnTable, rows: [Int], arm: String?, _ metrics: [String], _ roles: MetricRoles
  ) -> [ComparisonDocument.Finding] {
    let columns = roles.numeric.union(metrics.textSet).sorted().map(\.string)
    return columns.flatMap { column -> [ComparisonDocument.Finding] in
      let (texts, rounded) = (
        table.otherCount(column, rows: rows), table.roundedCount(column, rows: rows)
      )
      var findings: [ComparisonDocument.Finding] = []
      if texts > 0 {
        findings.append(
          .init(column, arm: arm, ComparisonDocument.Finding.texts, count: texts, isLeftOut: true))
      }
      if rounded > 0 {
        findings.append(
          .init(column, arm: arm, ComparisonDocument.Finding.rounded, count: rounded))
      }
      return findings
    }
  }

  /// The metrics that are on another scale than the base's, for each candidate.
  /// - Parameter values: Each item's value of every metric, for each arm.
  static func rescaled(
    _ sides: [ComparisonSide], _ metrics: [MetricChoice], _ roles: MetricRoles,
    _ values: [[DataText: [Double?]]]
  ) -> [ScaleChange] {
    func arm(_ index: Int, _ metric: String) -> (name: String, values: [Double?]) {
      (sides[index].name, values[index][DataText(metric)] ?? [])
    }
    return sides.indices.dropFirst().flatMap { index in
      metrics.compactMap { choice in
        let types = sides.compactMap { $0.table.type(of: choice.name) }
        return ScaleChange(
          choice.name, nature: MetricNature(choice.name, types: types, roles: roles),
          base: arm(0, choice.name), candidate: arm(index, choice.name))
      }
    }
  }

  /// Clusters that are too few for their intervals.
  static func few(_ clusters: Clusters?) -> [ComparisonDocument.Finding] {
    guard let clusters, clusters.count < 20 else { return [] }
    return [
      .init(
        "clusters", arm: nil,
        "few clusters: intervals and p-values are surer than they should be",
        count: clusters.count)
    ]
  }

  /// Outputs of each arm without a score that is compared.
  static func unscored(
    _ sides: [ComparisonSide], _ metrics: [String]
  ) throws(StoreError) -> [ComparisonDocument.Finding] {
    var findings: [ComparisonDocument.Finding] = []
    for side in sides {
      findings += try side.scores.findings(
        of: metrics, in: side.table, rows: side.rows, arm: side.name)
    }
    return findings
  }

  /// Items that are in no slice.
  static func unsliced(
    _ slices: [(column: String, values: [ValueLabel?])]
  ) -> [ComparisonDocument.Finding] {
    slices.compactMap { slice in
      let count = slice.values.count { $0 == nil }
      return count == 0
        ? nil : .init(slice.column, arm: nil, "items without a value are in no slice", count: count)
    }
  }
  /// Items whose rows disagree on a column that slices or clusters them.
  static func unsettled(
    _ items: PairedItems, _ sides: [ComparisonSide], _ options: ComparisonOptions
  ) throws(StoreError) -> [ComparisonDocument.Finding] {
    let what = "between attempts or arms; the first row of \(sides[0].name) counts"
    var findings: [ComparisonDocument.Finding] = []
    for column in options.slices + [options.cluster].compactMap(\.self) {
      let labels = try items.labels(column, of: sides)
      if let finding = labels.finding(column, keys: items.keys, what) { findings.append(finding) }
    }
    return findings
  }

  /// Columns of texts that would play a part if they held numbers.
  static func unplayed(
    _ tables: [ColumnTable], _ roles: MetricRoles
  ) -> [ComparisonDocument.Finding] {
    var seen: Set<DataText> = []
    return tables.flatMap { roles.unplayed($0.columns) }.filter {
      seen.insert(DataText($0.name)).inserted
    }.map { .init($0.name, arm: nil, $0.what) }
  }
}

extension GateRule.Absences {
  /// The columns that some of the arms lack.
  init(_ sides: [ComparisonSide]) {
    var seen: Set<DataText> = []
    for column in sides.flatMap(\.table.columns) where seen.insert(DataText(column.name)).inserted {
      func isNumeric(_ side: ComparisonSide) -> Bool {
        (try? side.table.numbers(column.name)) != nil
      }
      guard sides.contains(where: isNumeric) else {
        texts.append(column.name)
        continue
      }
      guard let side = sides.first(where: { !isNumeric($0) }) else { continue }
      columns.append(
        (
          column.name,
          side.table.knows(column.name)
            ? "\(side.name) has no numbers in the column \(column.name)"
            : "\(side.name) has no column \(column.name)"
        ))
    }
    for side in sides {
      let found = try? MetricRoles(
        stated: MetricRoles(), columns: side.table.columns, of: side.name)
      for role in MetricRoles.Role.allCases where roles[role] == nil {
        roles[role] = found?[role]
      }
    }
  }
}

extension GateResult {
  /// The result without what the first edition did not say.
  var ofFirstEdition: GateResult {
    GateResult(
      gate: gate, candidate: candidate, verdict: verdict, scale: scale, change: change,
      bound: bound)
  }
}
