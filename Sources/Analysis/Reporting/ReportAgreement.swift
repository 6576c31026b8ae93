import Model
import Wire

/// The agreement of a report's rows about the same item.
struct ReportAgreement {
  let table: ColumnTable
  let request: ReportRequest
  let roles: MetricRoles
  /// The item of each row; nil where no key identifies items.
  let items: [Int]?
  /// The rows of each model.
  let models: [[Int]]
  /// The columns that are scores, kept apart from the version.
  let scores: [ScoreColumn]

  /// Questions, judges and reference answers that are not the same for all models on some items.
  func differences(_ edition: Edition) throws(StoreError) -> [String] {
    guard let items else { return [] }
    var findings: [String] = []
    let asked = edition > .second ? Comparability.ofItems(table.columns) : []
    for column in asked where !column.hasBytes(of: request.by) {
      let count = try differing(column, items, scores: []).count
      if count == 0 { continue }
      findings.append(
        "\(column) is not the same for all models on \(count) items: they are other items")
    }
    let judged = [roles[.success]].compactMap(\.self) + request.metrics
    let idle = scores.idle(judged)
    for column in Comparability.ofScores(table.columns)
    where column != request.by && !idle.hasText(column) {
      let count =
        edition > .second
        ? try differing(column, items, scores: judged).count
        : try differingRows(column, items).count
      if count == 0 { continue }
      findings.append(
        "\(column) is not the same for all models on \(count) items: their scores rest on "
          + "different things")
    }
    return findings
  }

  /// The items of which some model's attempts differ from those of the first model that has any, as
  /// arms of a comparison are held against its base.
  /// - Parameter scores: What the column may judge; none for a question, which is recorded also of
  ///   what has no score.
  private func differing(
    _ column: String, _ items: [Int], scores: [String]
  ) throws(StoreError) -> Set<Int> {
    let said = try SaidOfItem(table, scores, request.repeats)
    let labels = try table.labels(column)
    var first: [Int: [Int]] = [:]
    var differing: Set<Int> = []
    for rows in models {
      var own: [Int: [Int]] = [:]
      for row in rows { own[items[row], default: []].append(row) }
      for (item, rows) in own {
        guard let base = first[item] else {
          first[item] = rows
          continue
        }
        if said.differs(labels, base, labels, rows, isRecordedWithoutScore: scores.isEmpty) {
          differing.insert(item)
        }
      }
    }
    return differing
  }

  /// The items of which any two rows differ, as the second edition had it.
  private func differingRows(_ column: String, _ items: [Int]) throws(StoreError) -> Set<Int> {
    let texts = try table.texts(column)
    var first: [Int: [UInt8]?] = [:]
    var differing: Set<Int> = []
    for (row, item) in items.enumerated() {
      let text = texts[row].map { Array($0.utf8) }
      if let known = first[item] {
        if known != text { differing.insert(item) }
      } else {
        first[item] = .some(text)
      }
    }
    return differing
  }

  /// Items of which a model has fewer rows than another has.
  func lost(_ names: [String]) -> [String] {
    guard let items else { return [] }
    let counts = models.map { rows in
      rows.reduce(into: [Int: Int]()) { $0[items[$1], default: 0] += 1 }
    }
    let most = counts.reduce(into: [Int: Int]()) { $0.merge($1, uniquingKeysWith: max) }
    return zip(names, counts).compactMap { name, counts in
      let short = counts.filter { $0.value < most[$0.key] ?? 0 }
      if short.isEmpty { return nil }
      let lost = short.reduce(0) { $0 + (most[$1.key] ?? 0) - $1.value }
      return "\(name): \(short.count) items have fewer attempts than of another model, "
        + "\(lost) in all"
    }
  }

  /// Items of a model whose rows disagree on a column that identifies or clusters rows.
  func unsettled() throws(StoreError) -> [String] {
    guard let items else { return [] }
    var findings: [String] = []
    if let column = request.cluster {
      let labels = try table.labels(column)
      // Differences are of items, whatever the model.
      var rows = [[Int]](repeating: [], count: (items.max() ?? -1) + 1)
      for (row, item) in items.enumerated() { rows[item].append(row) }
      let count = ItemLabels([(labels, rows)]).unsettled.count
      if count > 0 {
        findings.append("\(count) items have rows that differ in \(column): the first row counts")
      }
    }
    for column in request.slices {
      let labels = try table.labels(column)
      var differing: Set<Int> = []
      for rows in models {
        var first: [Int: ValueLabel?] = [:]
        for row in rows {
          if let known = first[items[row]] {
            if known != labels[row] { differing.insert(items[row]) }
          } else {
            first[items[row]] = .some(labels[row])
          }
        }
      }
      if differing.isEmpty { continue }
      findings.append(
        "\(differing.count) items have rows of one model that differ in \(column): each row counts "
          + "in its own slice")
    }
    return findings
  }
}
