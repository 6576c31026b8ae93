import GRDBSQLite
import Model

/// A connection of SQLite to only virtual tables, for one query.
@safe final class Connection {
  let state: QueryState
  /// The connection itself, closed with the object.
  let handle: OpaquePointer
  /// SQLite keeps the address, so the functions live as long as the connection.
  private let module: UnsafeMutablePointer<sqlite3_module>
  /// The last action that was refused, for the message.
  private(set) var refusal: String?

  /// The most bytes of a value.
  private(set) var valueBytes = 0
  private var hasListTables = false
  /// True while a condition is checked, which no table comes of.
  var isChecking = false

  /// The most bytes of a statement.
  private static let statementBytes: Int32 = 1 << 20

  /// The most arguments of a function: each may be work on a whole value, as in `json_extract`.
  private static let argumentLimit: Int32 = 64

  /// SQLITE_MAX_COLUMN as SQLite is built everywhere.
  static let columnLimit = 2000

  /// SQLite's files in memory.
  ///
  /// With them a sorter sorts what fits its cache and merges that row by row; without files it
  /// would sort everything in one step that nothing ends.
  private static let memoryFiles = "memdb"

  init(_ state: QueryState) throws(StoreError) {
    self.state = state
    var opened: OpaquePointer?
    let flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY
      | SQLITE_OPEN_NOMUTEX
    let files = unsafe sqlite3_vfs_find(Self.memoryFiles) == nil ? nil : Self.memoryFiles
    let status = unsafe sqlite3_open_v2(":memory:", &opened, flags, files)
    guard status == SQLITE_OK, let opened = unsafe opened else {
      unsafe sqlite3_close_v2(opened)
      if let failure = state.failure { throw failure }
      throw StoreError(.unavailable, "SQLite cannot open a connection (code \(status))")
    }
    unsafe handle = opened
    unsafe module = .allocate(capacity: 1)
    unsafe module.initialize(to: ScanModule.make())
    configure(hasFiles: files != nil)
    unsafe Aggregates.register(on: handle, state)
    unsafe NumberSum.register(on: handle, state)
    unsafe TextFunctions.register(on: handle, state)
    unsafe MomentOrder.register(on: handle)
    unsafe NumberText.register(on: handle)
    if state.rule == .rows { unsafe DateFunctions.register(on: handle, state) }
  }

  deinit {
    unsafe sqlite3_close_v2(handle)
    unsafe module.deallocate()
  }

  private func configure(hasFiles: Bool) {
    // "model" must be a column or an error, never silently the text 'model'.
    unsafe _disableDoubleQuotedStringLiterals(handle)
    // No file is ever touched: what is sorted stays in memory, which the memory limit counts.
    if !hasFiles { unsafe sqlite3_exec(handle, "PRAGMA temp_store = MEMORY", nil, nil, nil) }
    setValueLimit(state.limits.valueBytes)
    unsafe sqlite3_limit(handle, SQLITE_LIMIT_FUNCTION_ARG, Self.argumentLimit)
    unsafe sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, Self.statementBytes)
    unsafe sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
    // Both objects outlive the connection: this one closes it, and it keeps the state.
    let ownState = unsafe Unmanaged.passUnretained(state).toOpaque()
    unsafe sqlite3_create_module_v2(handle, "assay", module, ownState, nil)
    unsafe sqlite3_progress_handler(
      handle, 50,
      { context in
        guard let context = unsafe context else { return 1 }
        let state = unsafe Unmanaged<QueryState>.fromOpaque(context).takeUnretainedValue()
        return state.mustStopAtTick() ? 1 : 0
      }, ownState)
    unsafe sqlite3_set_authorizer(
      handle,
      { context, action, first, second, _, _ in
        guard let context = unsafe context else { return SQLITE_DENY }
        let connection = unsafe Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
        return connection.authorize(
          action, unsafe first.map { unsafe String(cString: $0) },
          unsafe second.map { unsafe String(cString: $0) })
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func setValueLimit(_ bytes: Int) {
    valueBytes = bytes
    unsafe sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Int32(bytes))
  }

  /// Lowers SQLite's limit on the size of a value for a statement with many operations.
  ///
  /// SQLite checks for an interrupt only at jumps: the code between two, at most the whole program,
  /// is one step, as long as each operation on the largest value is.
  func limitValues(for sql: String) {
    let work = unsafe StepWork.of(sql, on: handle)
    setValueLimit(max(min(valueBytes, StepWork.limit / max(work, 1)), 1 << 16))
  }

  private func authorize(_ action: Int32, _ first: String?, _ second: String?) -> Int32 {
    if state.isDefining { return SQLITE_OK }
    if isChecking, action != SQLITE_FUNCTION { return SQLITE_OK }
    guard let refusal = ReadOnlyRule.refusal(action, first, second, state.rule)
    else { return SQLITE_OK }
    self.refusal = refusal
    return SQLITE_DENY
  }

  /// Lets statements of this program be as long as the names of all columns are.
  func withLongStatements<Value>(_ body: () -> Value) -> Value {
    unsafe sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, Int32.max)
    defer { unsafe sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, Self.statementBytes) }
    return body()
  }

  /// Lets SQLite make the tables that `json_each` and `json_tree` are, when a statement names them.
  ///
  /// It asks then as if its own list of tables was to change:
  /// https://www.sqlite.org/vtab.html#epovtab.
  func allowListTables(in sql: String) {
    guard !hasListTables, state.rule == .query, sql.lowercasedASCII.contains("json_") else {
      return
    }
    hasListTables = true
    state.isDefining = true
    defer { state.isDefining = false }
    for name in ["json_each", "json_tree"] {
      var statement: OpaquePointer?
      unsafe sqlite3_prepare_v2(handle, "SELECT 1 FROM \(name)('[]')", -1, &statement, nil)
      unsafe sqlite3_finalize(statement)
    }
  }

  /// SQLite's message about the last failure.
  var message: String { unsafe String(cString: sqlite3_errmsg(handle)) }

  /// Makes `table` known to SQL under `name`.
  func define(_ name: String, _ table: QueryTable) throws(StoreError) {
    let columnCount = table.columns.count + (table.isMultiVersion ? 3 : 0)
    guard columnCount <= Self.columnLimit else {
      throw StoreError(
        .usage,
        "'\(name)' has \(columnCount) columns, and SQL takes at most \(Self.columnLimit) columns; "
          + "pull it, or save fewer columns")
    }
    state.tables.append((name: name, table: table))
    state.isDefining = true
    defer { state.isDefining = false }
    let sql =
      "CREATE VIRTUAL TABLE main.\(VirtualTable.quoted(name)) "
      + "USING assay(\(state.tables.count - 1))"
    let status = withLongStatements { unsafe sqlite3_exec(handle, sql, nil, nil, nil) }
    guard status == SQLITE_OK else {
      if let failure = state.failure { throw failure }
      throw StoreError(.usage, "'\(name)' cannot be a table in SQL: \(message)")
    }
  }
}
