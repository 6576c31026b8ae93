import Columns
import Model

/// Rows that a scan gives one after the other, and the row groups they are in.
///
/// Columns are decoded when first asked for, row group by row group.
@safe final class ScanBatch {
  private let table: VirtualTable
  private var groups: [OpenGroup]
  private let count: Int
  private let cells: UnsafeMutablePointer<Cell>
  /// Holds `rows` and `groupOfRow`.
  private let memory = CellMemory()
  private let rows: UnsafePointer<UInt32>
  private let groupOfRow: UnsafePointer<UInt32>?
  private var heldBytes = 0

  /// The rows `rows` of the groups at `groupOfRow`, or of the only group when that is nil.
  init(_ table: VirtualTable, _ groups: [OpenGroup], rows: [UInt32], groupOfRow: [UInt32]?) {
    self.table = table
    self.groups = groups
    count = rows.count
    let cellCount = groups.count * table.columns.count
    unsafe cells = .allocate(capacity: max(cellCount, 1))
    unsafe cells.initialize(repeating: Cell(), count: cellCount)
    unsafe self.rows = memory.copy(rows)
    unsafe self.groupOfRow = groupOfRow.map { [memory] in unsafe memory.copy($0) }
    hold(memory.byteCount + cellCount * MemoryLayout<Cell>.stride)
  }

  deinit {
    unsafe cells.deallocate()
    table.state.hold(bytes: -heldBytes)
  }

  /// The place of the first row.
  var start: ScanPosition { place(of: 0..<count) }

  /// The place of the first of some rows; at the end when the range is empty.
  func place(of range: Range<Int>) -> ScanPosition {
    var position = ScanPosition()
    unsafe position.cells = cells
    position.columnCount = table.columns.count
    unsafe position.rows = rows
    unsafe position.groups = groupOfRow
    position.index = range.lowerBound
    position.end = range.upperBound
    position.isAtEnd = range.isEmpty
    return position
  }

  private func hold(_ bytes: Int) {
    heldBytes += bytes
    table.state.hold(bytes: bytes)
  }

  /// Fills the cell of a column for the current row's group.
  ///
  /// It gets the whole column, or this one value where the group gives few rows.
  func load(_ column: Int, at position: ScanPosition) throws(StoreError) {
    let index = position.group
    let open = groups[index]
    let before = open.memory.byteCount
    var cell: Cell
    if table.isVersionColumn(column) {
      cell = Cell(table.versionVector(column, part: open.part), memory: open.memory)
    } else if let vector = open.vectors[column] {
      cell = Cell(vector, memory: open.memory)
      groups[index].vectors[column] = nil
    } else if open.selection.count <= 4, open.rowCount > 64 {
      let value = try table.table.parts[open.part].value(
        column: column, group: open.group, row: position.row)
      cell = Cell(value, onlyRow: position.row, memory: open.memory)
    } else {
      let vector = try table.vector(column, open.part, open.group, rows: open.rowCount)
      cell = Cell(vector, memory: open.memory)
    }
    unsafe cell.watch = table.watches[column].map { unsafe .passUnretained($0) }
    // In bounds: SQLite asks for declared columns only.
    unsafe cells[index * table.columns.count + column] = cell
    hold(open.memory.byteCount - before)
    try table.state.check()
  }

  /// A number for the current row that no other row of the table has, the same in every pass.
  func rowID(at position: ScanPosition) -> Int64 {
    let open = groups[position.group]
    return Int64(open.part) << 40 | Int64(open.firstRow + position.row)
  }
}

/// The memory that xColumn and xNext read, which SQLite hands back to them.
///
/// Plain words only, so that a value costs no reference count and no exclusivity check. All
/// pointers lead into a ``ScanBatch``.
@safe struct ScanPosition {
  /// The cells of all open groups, those of one group together.
  var cells: UnsafeMutablePointer<Cell>?
  var columnCount = 0
  /// The rows of the batch in the order to give them, each within its group.
  var rows: UnsafePointer<UInt32>?
  /// The open group of each row; nil when there is only one.
  var groups: UnsafePointer<UInt32>?
  /// The current row, counted within the batch, and where to stop.
  var index = 0
  var end = 0
  var isAtEnd = true

  /// The current row within its group.
  @inline(__always)
  var row: Int { unsafe Int(rows.unsafelyUnwrapped[index]) }

  /// The open group of the current row.
  @inline(__always)
  var group: Int { if let groups = unsafe groups { unsafe Int(groups[index]) } else { 0 } }
}
