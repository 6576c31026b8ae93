import GRDBSQLite
import Model

/// One prepared SELECT.
@safe final class Statement {
  private let connection: Connection
  private let handle: OpaquePointer
  /// The bytes counted for the row that was read last.
  private var heldBytes = 0

  /// From so many bytes on, the copy of a value and its text are counted.
  private static let largeBytes = 1 << 16

  /// Prepares `sql`, making the tables it names known as SQLite asks for them.
  init(_ sql: String, on connection: Connection) throws(StoreError) {
    guard !sql.utf8.contains(0) else { throw StoreError(.usage, "the query holds a NUL character") }
    self.connection = connection
    unsafe handle = try Self.resolve(sql, connection)
    // Its rows are SQLite's program, with addresses in memory.
    guard unsafe sqlite3_stmt_isexplain(handle) != 1 else {
      throw StoreError(
        .denied, "EXPLAIN is not allowed; EXPLAIN QUERY PLAN tells how rows are read")
    }
    // A statement without columns is no SELECT, even where it has nothing to do (REINDEX).
    guard unsafe sqlite3_stmt_readonly(handle) != 0, unsafe sqlite3_column_count(handle) > 0 else {
      throw StoreError(.denied, "queries are read-only: only SELECT is allowed")
    }
  }

  deinit {
    unsafe sqlite3_finalize(handle)
    connection.state.hold(bytes: -heldBytes)
  }

  private static func resolve(
    _ sql: String, _ connection: Connection
  ) throws(StoreError) -> OpaquePointer {
    connection.allowListTables(in: sql)
    var known: Set<DataText> = []
    while true {
      do throws(StoreError) {
        let statement = unsafe try prepare(sql, connection)
        try checkSpellings(known, sql, connection.state.source)
        return unsafe statement
      } catch {
        guard let name = missingTable(connection.message), known.insert(DataText(name)).inserted
        else {
          throw error
        }
        guard known.count < 500 else {
          throw StoreError(.usage, "the query names more than 500 tables")
        }
        try define(name, connection)
      }
    }
  }

  private static func prepare(
    _ sql: String, _ connection: Connection
  ) throws(StoreError) -> OpaquePointer {
    var statement: OpaquePointer?
    var text = sql
    var isAlone = true
    let status = text.withUTF8 { bytes in
      // SQLite reads no further than the count it is given.
      unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
        var tail: UnsafePointer<CChar>?
        let status = unsafe sqlite3_prepare_v3(
          connection.handle, characters.baseAddress, Int32(characters.count), 0, &statement, &tail)
        if status == SQLITE_OK, let tail = unsafe tail, let start = characters.baseAddress {
          let rest = unsafe characters.count - (tail - start)
          isAlone = unsafe isBlank(tail, count: rest, connection)
        }
        return status
      }
    }
    guard status == SQLITE_OK else { throw QueryMessage.failure(status, sql, connection) }
    guard isAlone else {
      unsafe sqlite3_finalize(statement)
      throw StoreError(.usage, "only one statement at a time: there is text after the first ';'")
    }
    guard let statement = unsafe statement else {
      throw StoreError(.usage, "the query is empty; write a SELECT")
    }
    return unsafe statement
  }

  /// Returns true when there is nothing but white space and comments.
  private static func isBlank(
    _ text: UnsafePointer<CChar>, count: Int, _ connection: Connection
  ) -> Bool {
    guard count > 0 else { return true }
    var statement: OpaquePointer?
    var tail: UnsafePointer<CChar>?
    let status = unsafe sqlite3_prepare_v3(
      connection.handle, text, Int32(count), 0, &statement, &tail)
    defer { unsafe sqlite3_finalize(statement) }
    guard status == SQLITE_OK, unsafe statement == nil else { return false }
    guard let tail = unsafe tail, unsafe tail - text > 0 else { return true }
    return unsafe isBlank(tail, count: count - (tail - text), connection)
  }

  /// The table that SQLite did not find; nil when it failed for another reason.
  private static func missingTable(_ message: String) -> String? {
    let prefix = "no such table: "
    return message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : nil
  }

  private static func define(_ name: String, _ connection: Connection) throws(StoreError) {
    let source = connection.state.source
    if let table = try source.table(named: name) { return try connection.define(name, table) }
    // `main.runs` is asked for in full, and can only stand for `runs`.
    let bare = name.hasPrefix("main.") ? String(name.dropFirst(5)) : name
    guard bare != name, let table = try source.table(named: bare) else {
      throw QueryMessage.noSuchTable(bare, source)
    }
    try connection.define(bare, table)
  }

  /// Refuses two references that differ only in case, as tags may: SQLite would read one of them
  /// for both.
  private static func checkSpellings(
    _ known: Set<DataText>, _ sql: String, _ source: any QuerySource
  ) throws(StoreError) {
    let folded = Dictionary(
      known.map { (DataText($0.string.lowercased()), $0.string) },
      uniquingKeysWith: { first, _ in first })
    for name in QuotedNames(sql) where !known.contains(name) {
      guard let other = folded[name.lowercased()], try source.table(named: name) != nil else {
        continue
      }
      throw StoreError(
        .usage,
        "'\(name)' and '\(other)' differ only in case, which SQL does not distinguish; name one by "
          + "its version number")
    }
  }

  /// The names of the result's columns.
  var columnNames: [String] {
    let count = unsafe sqlite3_column_count(handle)
    return (0..<count).map { index in
      unsafe sqlite3_column_name(handle, index).map { unsafe String(cString: $0) } ?? ""
    }
  }

  /// Moves to the next row; false at the end.
  func step() throws(StoreError) -> Bool {
    switch unsafe sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let status: throw QueryMessage.failure(status, "", connection)
    }
  }

  /// Reads the current row into `values`, which has one entry per column.
  /// - Throws: ``StoreError`` of kind `exhausted` when the copies would go beyond the limit.
  func read(into values: inout [QueryValue]) throws(StoreError) {
    if heldBytes > 0 {
      for index in values.indices { values[index] = .null }
      connection.state.hold(bytes: -heldBytes)
      heldBytes = 0
    }
    for index in values.indices { values[index] = try value(Int32(index)) }
  }

  /// Counts a value that is copied, and written as text.
  private func hold(_ count: Int) throws(StoreError) {
    guard count >= Self.largeBytes else { return }
    heldBytes += 2 * count
    connection.state.hold(bytes: 2 * count)
    try connection.state.check()
  }

  private func value(_ index: Int32) throws(StoreError) -> QueryValue {
    switch unsafe sqlite3_column_type(handle, index) {
    case SQLITE_NULL: return .null
    case SQLITE_INTEGER: return unsafe .integer(sqlite3_column_int64(handle, index))
    case SQLITE_FLOAT: return unsafe .real(sqlite3_column_double(handle, index))
    case SQLITE_TEXT:
      let start = unsafe sqlite3_column_text(handle, index)
      let count = Int(unsafe sqlite3_column_bytes(handle, index))
      try hold(count)
      let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
      return unsafe .text(String(decoding: bytes, as: UTF8.self))
    default:
      let start = unsafe sqlite3_column_blob(handle, index)
      let count = Int(unsafe sqlite3_column_bytes(handle, index))
      try hold(count)
      return unsafe .blob(Array(UnsafeRawBufferPointer(start: start, count: count)))
    }
  }
}
