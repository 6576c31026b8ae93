import GRDBSQLite

/// Values of literals as SQLite reads them: its decimals are not always rounded as others do.
enum SQLLiteral {
  /// The value of a literal with its sign; nil when SQLite refuses it.
  static func value(of source: String, on connection: Connection) -> RowTest.Operand? {
    var statement: OpaquePointer?
    defer { unsafe sqlite3_finalize(statement) }
    let status = unsafe sqlite3_prepare_v2(
      connection.handle, "SELECT " + source, -1, &statement, nil)
    guard status == SQLITE_OK, unsafe sqlite3_step(statement) == SQLITE_ROW else { return nil }
    return unsafe RowTest.Operand(sqlite3_column_value(statement, 0))
  }
}
