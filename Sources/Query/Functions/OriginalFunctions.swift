import GRDBSQLite
import Model

/// SQLite's own functions, for those of ours that have their names: on a connection of their own,
/// since a connection knows one function of a name.
@safe final class OriginalFunctions {
  private let valueBytes: Int
  private var connection: OpaquePointer?
  /// By the number of arguments.
  private var statements: [String: OpaquePointer] = unsafe [:]

  init(valueBytes: Int) { self.valueBytes = valueBytes }

  deinit {
    unsafe statements.values.forEach { unsafe sqlite3_finalize($0) }
    unsafe sqlite3_close_v2(connection)
  }

  /// Answers a call as SQLite's function of that name does; returns true for a value, false for an
  /// error.
  @discardableResult
  func call(
    _ name: String, _ context: OpaquePointer?, _ arguments: TextFunctions.Arguments, count: Int
  ) -> Bool {
    guard let statement = unsafe self.statement(name, count) else {
      unsafe sqlite3_result_error_nomem(context)
      return true
    }
    defer {
      unsafe sqlite3_reset(statement)
      unsafe sqlite3_clear_bindings(statement)
    }
    for index in 0..<count {
      unsafe bind(arguments[index], to: statement, Int32(index + 1))
    }
    let status = unsafe sqlite3_step(statement)
    guard status == SQLITE_ROW else {
      // The text first: setting the code without it would replace it.
      unsafe sqlite3_result_error(context, sqlite3_errmsg(connection), -1)
      if status & 0xFF != SQLITE_ERROR { unsafe sqlite3_result_error_code(context, status) }
      return true
    }
    unsafe sqlite3_result_value(context, sqlite3_column_value(statement, 0))
    return unsafe sqlite3_column_type(statement, 0) != SQLITE_NULL
  }

  private func statement(_ name: String, _ count: Int) -> OpaquePointer? {
    let call = "SELECT \(name)(" + (0..<count).map { "?\($0 + 1)" }.joined(separator: ",") + ")"
    if let known = unsafe statements[call] { return unsafe known }
    if unsafe connection == nil {
      let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX
      var opened: OpaquePointer?
      let status = unsafe sqlite3_open_v2(":memory:", &opened, flags, nil)
      unsafe connection = opened
      guard status == SQLITE_OK else { return nil }
      unsafe sqlite3_limit(opened, SQLITE_LIMIT_LENGTH, Int32(valueBytes))
    }
    var statement: OpaquePointer?
    guard unsafe sqlite3_prepare_v2(connection, call, -1, &statement, nil) == SQLITE_OK
    else { return nil }
    unsafe statements[call] = statement
    return unsafe statement
  }

  /// Binds a value as it is; its bytes outlive the step.
  private func bind(_ value: OpaquePointer?, to statement: OpaquePointer, _ index: Int32) {
    switch unsafe sqlite3_value_type(value) {
    case SQLITE_TEXT:
      let start = unsafe UnsafeRawPointer(sqlite3_value_text(value))
      let count = unsafe UInt64(sqlite3_value_bytes(value))
      unsafe sqlite3_bind_text64(
        statement, index, start?.assumingMemoryBound(to: CChar.self), count, nil,
        UInt8(SQLITE_UTF8))
    case SQLITE_BLOB:
      let start = unsafe sqlite3_value_blob(value)
      let count = unsafe UInt64(sqlite3_value_bytes(value))
      if let start = unsafe start {
        unsafe sqlite3_bind_blob64(statement, index, start, count, nil)
      } else {
        unsafe sqlite3_bind_zeroblob(statement, index, 0)
      }
    default: unsafe sqlite3_bind_value(statement, index, value)
    }
  }
}
