package import Model
package import Wire

extension Comparability {
  /// Something that scores of a version rest on, and that is not that of another.
  package struct Difference: Sendable, Hashable {
    package let column: String
    /// The number of items it touches; nil for a change that is not of items.
    package let count: Int?
    /// True when only one of the two records it.
    package let isUnknown: Bool
  }

  /// The differences between `candidate` and `base` in what scores rest on: they make gates on
  /// scores undecided in a comparison of the two.
  ///
  /// Where the two have no item in common, or rows have no key, judges are compared by all records
  /// of them.
  /// - Parameters:
  ///   - key: The columns that identify an item.
  ///   - metrics: The metrics.
  ///   - repeats: The column that numbers the attempts at an item.
  package static func changes(
    from base: ComparisonSide, to candidate: ComparisonSide, key: [String],
    metrics: [String] = [], repeats: String? = nil
  ) throws(StoreError) -> [Difference] {
    let sides = [base, candidate]
    var columns = key
    var items: [ItemKeys] = []
    if !sides.allSatisfy({ side in key.allSatisfy(side.table.has) }) { columns = [] }
    for side in sides {
      items.append(try ItemKeys(side.table, rows: side.rows, columns: columns))
    }
    var common = Set(items[0].rows.keys).intersection(items[1].rows.keys).sorted()
    let areItems = !columns.isEmpty && !common.isEmpty
    if !areItems {
      items = try sides.map { side throws(StoreError) in
        try ItemKeys(side.table, rows: side.rows, columns: [])
      }
      common = [ItemKey([])]
    }
    let found = try Comparability(
      sides, keys: common, items: items, metrics: metrics, repeats: areItems ? repeats : nil)
    return found.changes.compactMap { change in
      // Other items have other answers.
      if !areItems, part(change.column, .current) == .reference, change.count != nil { return nil }
      return Difference(
        column: change.column, count: areItems ? change.count : nil, isUnknown: change.isUnknown)
    }
  }

  /// The judges and reference answers of a table that are not the same for two choices of rows of
  /// the same items, each with the places of the items.
  /// - Parameters:
  ///   - others: Columns that identify items and arms, and judge nothing.
  ///   - metrics: The metrics.
  ///   - repeats: The column that numbers the attempts at an item.
  static func changes(
    in table: ColumnTable, from base: [[Int]], to candidate: [[Int]], besides others: [String],
    metrics: [String], repeats: String?
  ) throws(StoreError) -> [(column: String, places: [Int])] {
    try changes(
      of: ofScores(table.columns).filter { !(others + metrics).hasText($0) }, in: table,
      from: base, to: candidate, try SaidOfItem(table, metrics, Self.repeats(repeats, in: table)),
      isRecordedWithoutScore: false)
  }

  /// The questions of a table that are not the same for two choices of rows of the same items, so
  /// that they are other items; each with the places of the items.
  /// - Parameters:
  ///   - others: Columns that identify items and arms.
  ///   - repeats: The column that numbers the attempts at an item.
  static func inputs(
    in table: ColumnTable, from base: [[Int]], to candidate: [[Int]], besides others: [String],
    repeats: String?
  ) throws(StoreError) -> [(column: String, places: [Int])] {
    try changes(
      of: ofItems(table.columns).filter { !others.hasText($0) }, in: table, from: base,
      to: candidate, try SaidOfItem(table, [], Self.repeats(repeats, in: table)),
      isRecordedWithoutScore: true)
  }

  private static func repeats(_ column: String?, in table: ColumnTable) -> String? {
    column.flatMap { table.has($0) ? $0 : nil }
  }

  private static func changes(
    of columns: [String], in table: ColumnTable, from base: [[Int]], to candidate: [[Int]],
    _ said: SaidOfItem, isRecordedWithoutScore: Bool
  ) throws(StoreError) -> [(column: String, places: [Int])] {
    var changes: [(column: String, places: [Int])] = []
    for column in columns {
      let labels = try table.labels(column)
      let places = base.indices.filter { place in
        !base[place].isEmpty && !candidate[place].isEmpty
          && said.differs(
            labels, base[place], labels, candidate[place],
            isRecordedWithoutScore: isRecordedWithoutScore)
      }
      if !places.isEmpty { changes.append((column, places)) }
    }
    return changes
  }

  /// Returns true when a metric rests on judges and references, where a version has these columns.
  package static func matters(to metric: String, _ columns: [ColumnDefinition]) -> Bool {
    let roles = try? MetricRoles(stated: MetricRoles(), columns: columns, of: "")
    return !MetricDirection.isMeasured(metric, roles ?? MetricRoles())
  }
}

extension ComparisonDocument.Finding {
  /// The message about values of mixed columns that are not numbers.
  package static let texts = "rows hold a text, which is no number"
  /// The message about integers beyond 2^53.
  package static let rounded = "rows hold an integer beyond 2^53, compared as the nearest float"
  /// The message about attempts without a value where the item has others.
  package static let lostAttempts = "attempts without a value, at items that have others"
}
