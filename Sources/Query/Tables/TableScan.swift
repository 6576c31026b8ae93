import Columns
import Model

/// The passes of one cursor of SQLite over a table.
final class TableScan {
  let table: VirtualTable
  private var reader: GroupReader
  private var arrangement: ScanPlan.Arrangement?
  /// The rows that are being given; nil at the end of a pass.
  private var batch: ScanBatch?
  /// The number of times each plan was started, and the index made for it.
  private var startCounts: [Int: Int] = [:]
  private var indexes: [Int: KeyIndex] = [:]

  init(_ table: VirtualTable) {
    self.table = table
    reader = GroupReader.empty(table)
  }

  /// Begins a pass by plan `number` and moves to its first row; `key` is the value that the plan's
  /// key column has to equal.
  func start(
    _ number: Int, tests: [RowTest], key: RowTest.Operand?, at position: inout ScanPosition
  ) throws(StoreError) {
    let plan = table.plans[number]
    position = ScanPosition()
    startCounts[number, default: 0] += 1
    arrangement = plan.arrangement
    if let key, let range = try lookUp(key, number, plan), let index = indexes[number] {
      batch = index.batch
      position = index.batch.place(of: range)
      reader = GroupReader.empty(table)
      arrangement = nil
      return
    }
    reader = GroupReader(
      table, tests: tests, isDescending: plan.arrangement?.isVersionDescending ?? false)
    try advance(&position)
  }

  /// The rows with a key, once a plan was started so often that an index over them pays: a join
  /// looks up one key after the other.
  private func lookUp(
    _ key: RowTest.Operand, _ number: Int, _ plan: ScanPlan
  ) throws(StoreError) -> Range<Int>? {
    guard startCounts[number, default: 0] > 2, let argument = plan.keyArgument,
      plan.arrangement == nil, KeyIndex.canFind(key)
    else { return nil }
    if indexes[number] == nil {
      batch = nil
      indexes[number] = try KeyIndex(table, column: plan.operands[argument].column)
    }
    return indexes[number]?.range(of: key)
  }

  /// Opens the next batch that has rows, or ends the pass.
  func advance(_ position: inout ScanPosition) throws(StoreError) {
    // Nothing points into a batch that is gone, also when the next one fails.
    position = ScanPosition()
    batch = nil
    if let arrangement {
      batch = try nextArranged(arrangement)
    } else if let group = try reader.next() {
      batch = ScanBatch(table, [group], rows: group.selection, groupOfRow: nil)
    }
    position = batch?.start ?? ScanPosition()
  }

  private func nextArranged(_ arrangement: ScanPlan.Arrangement) throws(StoreError) -> ScanBatch? {
    var groups: [OpenGroup] = []
    if arrangement.isByVersion {
      while groups.isEmpty {
        guard try reader.advancePart() else { return nil }
        while let group = try reader.next(withinPart: true) { groups.append(group) }
      }
    } else {
      while let group = try reader.next() { groups.append(group) }
      guard !groups.isEmpty else { return nil }
    }
    let order = try RowOrder(table, &groups, arrangement)
    return ScanBatch(table, groups, rows: order.rows, groupOfRow: order.groups)
  }

  /// Fills the cell of a column for the current row.
  func load(_ column: Int, at position: ScanPosition) throws(StoreError) {
    try batch?.load(column, at: position)
  }

  /// A number for the current row that no other row of the table has.
  func rowID(at position: ScanPosition) -> Int64 { batch?.rowID(at: position) ?? 0 }
}
