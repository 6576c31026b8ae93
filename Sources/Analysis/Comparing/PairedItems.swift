import Statistics
import Model
import Wire

/// The items that all arms have, in the order of their keys, with each arm's rows of them.
struct PairedItems: Sendable {
  let columns: [String]
  let keys: [ItemKey]
  /// For each arm, the rows of each item: one, or as many as there were attempts.
  let rows: [[[Int]]]
  private(set) var findings: [ComparisonDocument.Finding] = []
  /// The items that the base has, compared or not.
  let baseCount: Int
  /// The differences from the base in what scores rest on.
  let changes: [Comparability.Change]

  /// The number of keys that a finding names.
  static let exampleCount = 3

  /// The items of `sides` by their key columns.
  /// - Parameters:
  ///   - repeats: The column that numbers the attempts at an item; nil where each has one row.
  ///   - allowed: Columns that may differ between the arms.
  ///   - metrics: The metrics, which do not identify a row.
  init(
    _ sides: [ComparisonSide], columns: [String], repeats: String?, allowed: [String] = [],
    metrics: [String] = [], edition: Edition = .current
  ) throws(StoreError) {
    var all: [ItemKeys] = []
    for side in sides {
      let keys = try ItemKeys(side.table, rows: side.rows, columns: columns)
      if repeats == nil { try keys.requireUnique(side.name) }
      all.append(keys)
    }
    for index in sides.indices.dropFirst() {
      findings += Self.findings(all[0], all[index], sides[0].name, sides[index].name)
    }
    var common = Set(all[0].rows.keys)
    for keys in all.dropFirst() { common.formIntersection(keys.rows.keys) }
    let sorted = common.sorted()
    let check = try Comparability(
      sides, keys: sorted, items: all, allowed: allowed, metrics: metrics, repeats: repeats,
      edition: edition)
    findings += check.findings
    changes = check.changes
    baseCount = all[0].rows.count
    let kept = sorted.indices.filter { !check.differing.contains($0) }.map { sorted[$0] }
    self.columns = columns
    keys = kept
    rows = all.map { items in kept.map { items.rows[$0] ?? [] } }
    if edition == .first { return }
    for index in sides.indices.dropFirst() {
      findings += attempts(sides[0].name, sides[index].name, index)
    }
  }

  /// The items at which an arm has other numbers of attempts than the base.
  private func attempts(
    _ base: String, _ name: String, _ arm: Int
  ) -> [ComparisonDocument.Finding] {
    func finding(_ what: String, _ lack: (Int) -> Int) -> ComparisonDocument.Finding? {
      let places = keys.indices.filter { lack($0) > 0 }
      if places.isEmpty { return nil }
      return .init(
        "attempts", arm: name, "\(what), \(places.reduce(0) { $0 + lack($1) }) in all",
        count: places.count, examples: places.prefix(Self.exampleCount).map { keys[$0].names })
    }
    return [
      finding("items with fewer than \(base) has") { rows[0][$0].count - rows[arm][$0].count },
      finding("items with more than \(base) has") { rows[arm][$0].count - rows[0][$0].count },
    ].compactMap(\.self)
  }

  /// The attempts at each item on an arm, and how many have a value of a column.
  func attempts(
    _ column: String, of side: ComparisonSide, _ arm: Int
  ) throws(StoreError) -> [ItemPresence.Attempts] {
    let all = try side.table.numbers(column)
    return rows[arm].map { rows in
      .init(count: rows.count, valued: rows.count { all[$0] != nil })
    }
  }

  /// The findings on items that only one of two arms has.
  private static func findings(
    _ base: ItemKeys, _ candidate: ItemKeys, _ baseName: String, _ name: String
  ) -> [ComparisonDocument.Finding] {
    func missing(_ from: ItemKeys, _ to: ItemKeys, _ what: String) -> ComparisonDocument.Finding? {
      let keys = from.rows.keys.filter { to.rows[$0] == nil }
      if keys.isEmpty { return nil }
      return ComparisonDocument.Finding(
        "items", arm: name, what, count: keys.count,
        examples: keys.sorted().prefix(exampleCount).map(\.names), isLeftOut: true)
    }
    return [
      missing(base, candidate, "items of \(baseName) that \(name) lacks"),
      missing(candidate, base, "items of \(name) that \(baseName) lacks"),
    ].compactMap { $0 }
  }

  /// The items as the document lists them.
  var document: ComparisonDocument.Items { ItemKeys.document(keys, columns: columns) }

  /// A column of an arm, one number per item: the mean of its attempts that have a value.
  func numbers(
    _ column: String, of side: ComparisonSide, _ arm: Int
  ) throws(StoreError) -> [Double?] {
    let all = try side.table.numbers(column)
    return rows[arm].map { rows in
      let values = rows.compactMap { all[$0] }
      if values.count < 2 { return values.first }
      return (values.reduce(0, +) / Double(values.count)).ifFinite
    }
  }

  /// The labels of items by a column that identifies or clusters them: those of the base, held
  /// against the other arms that have the column.
  /// - Throws: ``StoreError`` of kind `usage` when the base has no such column.
  func labels(_ column: String, of sides: [ComparisonSide]) throws(StoreError) -> ItemLabels {
    var parts: [(labels: [ValueLabel?], items: [[Int]])] = []
    for (arm, side) in sides.enumerated() where arm == 0 || side.table.has(column) {
      parts.append((try side.table.labels(column), rows[arm]))
    }
    return ItemLabels(parts)
  }
}
