import Columns
import GRDBSQLite
import Model

/// What xColumn and xNext read, in memory that SQLite hands back to them: plain words only, so that
/// a value costs no reference count and no exclusivity check.
@safe struct ScanPosition {
  /// The cells of all open groups, those of one group together.
  var cells: UnsafeMutablePointer<Cell>?
  var columnCount = 0
  /// The rows of the batch in the order to give them, each within its group.
  var rows: UnsafePointer<UInt32>?
  /// The open group of each row; nil when there is only one.
  var groups: UnsafePointer<UInt32>?
  var count = 0
  /// The current row, counted within the batch.
  var index = 0
  var isAtEnd = true

  /// The current row within its group.
  @inline(__always)
  var row: Int { unsafe Int(rows.unsafelyUnwrapped[index]) }

  /// The open group of the current row.
  @inline(__always)
  var group: Int { if let groups = unsafe groups { unsafe Int(groups[index]) } else { 0 } }
}

/// One pass of SQLite over a table: batches of rows, decoded column by column when first asked for.
@safe final class TableScan {
  let table: VirtualTable
  private var reader: GroupReader
  private var order: ScanPlan.VersionOrder?
  private var openGroups: [OpenGroup] = []
  /// The batch's rows and groups, which a ``ScanPosition`` points to.
  private var batchMemory = CellMemory()
  private var cells: UnsafeMutablePointer<Cell>?
  private var cellCount = 0
  private var heldBytes = 0

  init(_ table: VirtualTable) {
    self.table = table
    reader = GroupReader(table, tests: [], isDescending: false)
  }

  deinit { releaseBatch() }

  /// Begins a pass and moves to its first row.
  func start(
    _ plan: ScanPlan, tests: [RowTest], at position: inout ScanPosition
  ) throws(StoreError) {
    order = plan.order
    reader = GroupReader(table, tests: tests, isDescending: plan.order?.isDescending ?? false)
    try advance(&position)
  }

  /// Opens the next batch that has rows, or ends the pass.
  func advance(_ position: inout ScanPosition) throws(StoreError) {
    releaseBatch()
    position = ScanPosition()
    if let order {
      try advancePart(order, &position)
    } else if let group = try reader.next() {
      openGroups = [group]
      unsafe position.rows = batchMemory.copy(group.selection)
      position.count = group.selection.count
      setCells(&position)
    }
  }

  private func advancePart(
    _ order: ScanPlan.VersionOrder, _ position: inout ScanPosition
  ) throws(StoreError) {
    while openGroups.isEmpty {
      guard try reader.advancePart() else { return }
      while let group = try reader.next(withinPart: true) { openGroups.append(group) }
    }
    let entries = try sortedEntries(order.terms)
    unsafe position.rows = batchMemory.copy(entries.map(\.row))
    unsafe position.groups = batchMemory.copy(entries.map(\.group))
    position.count = entries.count
    setCells(&position)
  }

  private func setCells(_ position: inout ScanPosition) {
    let columnCount = table.columns.count
    cellCount = columnCount * openGroups.count
    let new = UnsafeMutablePointer<Cell>.allocate(capacity: max(cellCount, 1))
    unsafe new.initialize(repeating: Cell(), count: cellCount)
    unsafe cells = new
    unsafe position.cells = new
    position.columnCount = columnCount
    position.index = 0
    position.isAtEnd = false
    hold(batchMemory.byteCount + cellCount * MemoryLayout<Cell>.stride)
  }

  private func releaseBatch() {
    openGroups.removeAll()
    batchMemory = CellMemory()
    if let cells = unsafe cells { unsafe cells.deallocate() }
    unsafe cells = nil
    table.state.hold(bytes: -heldBytes)
    heldBytes = 0
  }

  private func hold(_ bytes: Int) {
    heldBytes += bytes
    table.state.hold(bytes: bytes)
  }

  /// Fills the cell of a column for the current row's group: with the whole column, or with this one
  /// value where the group gives few rows.
  func load(_ column: Int, at position: ScanPosition) throws(StoreError) {
    let index = position.group
    let open = openGroups[index]
    let before = open.memory.byteCount
    let cell: Cell
    if table.isVersionColumn(column) {
      cell = Cell(table.versionVector(column, part: open.part), memory: open.memory)
    } else if let vector = open.vectors[column] {
      cell = Cell(vector, memory: open.memory)
      openGroups[index].vectors[column] = nil
    } else if open.selection.count <= 4, open.rowCount > 64 {
      let value = try table.table.parts[open.part].value(
        column: column, group: open.group, row: position.row)
      cell = Cell(value, onlyRow: position.row, memory: open.memory)
    } else {
      let vector = try table.vector(column, open.part, open.group, rows: open.rowCount)
      cell = Cell(vector, memory: open.memory)
    }
    unsafe position.cells.unsafelyUnwrapped[index * position.columnCount + column] = cell
    hold(open.memory.byteCount - before)
    try table.state.check()
  }

  /// A number for the current row that no other row of the table has, the same in every pass.
  func rowID(at position: ScanPosition) -> Int64 {
    let open = openGroups[position.group]
    return Int64(open.part) << 40 | Int64(open.firstRow + position.row)
  }

  private struct Entry {
    let group: UInt32
    let row: UInt32
    let values: [SortValue]
  }

  private func sortedEntries(_ terms: [ScanPlan.Term]) throws(StoreError) -> [Entry] {
    var entries: [Entry] = []
    for index in openGroups.indices {
      let open = openGroups[index]
      var vectors: [ColumnVector] = []
      for term in terms {
        if let known = openGroups[index].vectors[term.column] {
          vectors.append(known)
        } else {
          let vector = try table.vector(term.column, open.part, open.group, rows: open.rowCount)
          openGroups[index].vectors[term.column] = vector
          vectors.append(vector)
        }
      }
      for row in open.selection {
        let values = vectors.map { SortValue($0, row: Int(row)) }
        entries.append(Entry(group: UInt32(index), row: row, values: values))
      }
    }
    guard !terms.isEmpty else { return entries }
    entries.sort { left, right in
      for (index, term) in terms.enumerated() {
        let order = left.values[index].compare(right.values[index])
        if order != 0 { return term.isDescending ? order > 0 : order < 0 }
      }
      return (left.group, left.row) < (right.group, right.row)
    }
    return entries
  }
}
