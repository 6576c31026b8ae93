import GRDBSQLite
import Model

/// The functions through which SQLite reads virtual tables.
///
/// https://www.sqlite.org/vtab.html defines each of them; it is not repeated in these comments.
/// SQLite gets handles in C memory whose first field is the struct that it knows; behind it stands
/// an unmanaged reference, taken when the handle is made and given back when SQLite lets go of it.
enum ScanModule {
  /// The handle that SQLite holds for a table.
  @unsafe struct TableHandle {
    var base = unsafe sqlite3_vtab()
    var table: Unmanaged<VirtualTable>
  }

  /// The handle that SQLite holds for a pass over a table.
  @unsafe struct CursorHandle {
    var base = unsafe sqlite3_vtab_cursor()
    var position = ScanPosition()
    var scan: Unmanaged<TableScan>
  }

  /// The table of functions; SQLite wants it to outlive the connection.
  static func make() -> sqlite3_module {
    var module = sqlite3_module()
    module.iVersion = 1
    unsafe module.xCreate = { unsafe ScanModule.connect($0, $1, $2, $3, $4, $5) }
    unsafe module.xConnect = { unsafe ScanModule.connect($0, $1, $2, $3, $4, $5) }
    unsafe module.xBestIndex = { handle, info in
      guard let handle = unsafe handle, let info = unsafe info else { return SQLITE_MISUSE }
      unsafe ScanModule.table(handle).choosePlan(info)
      return SQLITE_OK
    }
    unsafe module.xDisconnect = { unsafe ScanModule.disconnect($0) }
    unsafe module.xDestroy = { unsafe ScanModule.disconnect($0) }
    unsafe module.xOpen = { unsafe ScanModule.open($0, $1) }
    unsafe module.xClose = { unsafe ScanModule.close($0) }
    unsafe module.xFilter = { unsafe ScanModule.filter($0, $1, $3, $4) }
    unsafe module.xNext = { unsafe ScanModule.next($0) }
    unsafe module.xEof = { unsafe ScanModule.cursor($0).pointee.position.isAtEnd ? 1 : 0 }
    unsafe module.xColumn = { unsafe ScanModule.column($0, $1, $2) }
    unsafe module.xRowid = { handle, rowID in
      let cursor = unsafe ScanModule.cursor(handle)
      unsafe rowID?.pointee = cursor.pointee.scan.takeUnretainedValue()
        .rowID(at: cursor.pointee.position)
      return SQLITE_OK
    }
    return module
  }

  private static func table(_ handle: UnsafeMutablePointer<sqlite3_vtab>) -> VirtualTable {
    // Every handle that SQLite passes was made by `connect`.
    unsafe UnsafeMutableRawPointer(handle).assumingMemoryBound(to: TableHandle.self).pointee.table
      .takeUnretainedValue()
  }

  @inline(__always)
  private static func cursor(
    _ handle: UnsafeMutablePointer<sqlite3_vtab_cursor>?
  ) -> UnsafeMutablePointer<CursorHandle> {
    // Every handle that SQLite passes was made by `open`.
    unsafe UnsafeMutableRawPointer(handle.unsafelyUnwrapped)
      .assumingMemoryBound(to: CursorHandle.self)
  }

  /// Makes the table that `CREATE VIRTUAL TABLE … USING assay(number)` names.
  private static func connect(
    _ connection: OpaquePointer?, _ context: UnsafeMutableRawPointer?, _ count: Int32,
    _ arguments: UnsafePointer<UnsafePointer<CChar>?>?,
    _ result: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab>?>?,
    _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
  ) -> Int32 {
    // The module was registered with the state, and the query that owns it outlives the connection.
    guard let context = unsafe context, count > 3,
      let argument = unsafe arguments?[3], let number = unsafe Int(String(cString: argument))
    else { return SQLITE_MISUSE }
    let state = unsafe Unmanaged<QueryState>.fromOpaque(context).takeUnretainedValue()
    let table = VirtualTable(state.tables[number].table, state: state)
    let status = unsafe sqlite3_declare_vtab(connection, table.declaration)
    guard status == SQLITE_OK else { return status }
    let handle = UnsafeMutablePointer<TableHandle>.allocate(capacity: 1)
    unsafe handle.initialize(to: TableHandle(table: .passRetained(table)))
    let address = UInt(bitPattern: handle)
    state.handles["vtab:" + String(address, radix: 16)] = number
    state.views[number] = (table.columns, table.watches)
    unsafe result?.pointee = UnsafeMutableRawPointer(handle)
      .assumingMemoryBound(to: sqlite3_vtab.self)
    return SQLITE_OK
  }

  private static func disconnect(_ handle: UnsafeMutablePointer<sqlite3_vtab>?) -> Int32 {
    guard let handle = unsafe handle else { return SQLITE_MISUSE }
    let own = unsafe UnsafeMutableRawPointer(handle).assumingMemoryBound(to: TableHandle.self)
    unsafe own.pointee.table.release()
    unsafe own.deallocate()
    return SQLITE_OK
  }

  private static func open(
    _ handle: UnsafeMutablePointer<sqlite3_vtab>?,
    _ result: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab_cursor>?>?
  ) -> Int32 {
    guard let handle = unsafe handle else { return SQLITE_MISUSE }
    let scan = unsafe TableScan(table(handle))
    let cursor = UnsafeMutablePointer<CursorHandle>.allocate(capacity: 1)
    unsafe cursor.initialize(to: CursorHandle(scan: .passRetained(scan)))
    unsafe result?.pointee = UnsafeMutableRawPointer(cursor)
      .assumingMemoryBound(to: sqlite3_vtab_cursor.self)
    return SQLITE_OK
  }

  private static func close(_ handle: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 {
    let cursor = unsafe cursor(handle)
    unsafe cursor.pointee.scan.release()
    unsafe cursor.deallocate()
    return SQLITE_OK
  }

  private static func filter(
    _ handle: UnsafeMutablePointer<sqlite3_vtab_cursor>?, _ number: Int32, _ count: Int32,
    _ values: UnsafeMutablePointer<OpaquePointer?>?
  ) -> Int32 {
    let cursor = unsafe cursor(handle)
    let scan = unsafe cursor.pointee.scan.takeUnretainedValue()
    let plan = scan.table.plans[Int(number)]
    var tests: [RowTest] = []
    var key: RowTest.Operand?
    for index in 0..<Int(count) {
      let operand = plan.operands[index]
      let affinity = scan.table.affinity(operand.column)
      if let test = unsafe RowTest(operand, values?[index], affinity: affinity) {
        tests.append(test)
      }
      if index == plan.keyArgument {
        key = unsafe RowTest.Operand(values?[index]).comparable(with: affinity)
      }
    }
    return attempt(scan) { () throws(StoreError) in
      unsafe try scan.start(Int(number), tests: tests, key: key, at: &cursor.pointee.position)
    }
  }

  private static func next(_ handle: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 {
    let cursor = unsafe cursor(handle)
    unsafe cursor.pointee.position.index += 1
    if unsafe cursor.pointee.position.index < cursor.pointee.position.end { return SQLITE_OK }
    let scan = unsafe cursor.pointee.scan.takeUnretainedValue()
    return attempt(scan) { () throws(StoreError) in
      unsafe try scan.advance(&cursor.pointee.position)
    }
  }

  private static func column(
    _ handle: UnsafeMutablePointer<sqlite3_vtab_cursor>?, _ context: OpaquePointer?, _ index: Int32
  ) -> Int32 {
    let cursor = unsafe cursor(handle)
    // A table without columns has one that is hidden.
    guard unsafe cursor.pointee.position.columnCount > 0 else {
      unsafe sqlite3_result_null(context)
      return SQLITE_OK
    }
    let row = unsafe cursor.pointee.position.row
    let offset = unsafe cursor.pointee.position.group * cursor.pointee.position.columnCount
    let cell = unsafe cursor.pointee.position.cells.unsafelyUnwrapped + offset + Int(index)
    let held = unsafe cell.pointee.heldRow
    if held != Cell.everyRow, held != row {
      let scan = unsafe cursor.pointee.scan.takeUnretainedValue()
      let status = attempt(scan) { () throws(StoreError) in
        unsafe try scan.load(Int(index), at: cursor.pointee.position)
      }
      guard status == SQLITE_OK else { return status }
    }
    unsafe cell.pointee.put(row, into: context)
    return SQLITE_OK
  }

  /// Errors cannot cross SQLite, so they wait in the query's state.
  private static func attempt(
    _ scan: TableScan, _ body: () throws(StoreError) -> Void
  ) -> Int32 {
    do throws(StoreError) {
      try QueryLimits.uncounted(body)
      return SQLITE_OK
    } catch {
      scan.table.state.fail(error)
      return SQLITE_ERROR
    }
  }
}
