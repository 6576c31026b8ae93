import GRDBSQLite

/// The work of a statement's longest step on values, in passes over a value.
enum StepWork {
  /// The most passes times bytes: one or two seconds of comparing.
  static let limit = 16 << 30

  /// Operations that pass over values as fast as memory is read.
  private static let comparisons: Set<String> = [
    "Eq", "Ne", "Lt", "Le", "Gt", "Ge", "Compare", "Found", "NotFound", "NoConflict",
  ]
  /// Operations that look at each byte: those that read a number from a text, and functions.
  private static let readings: Set<String> = [
    "Function", "PureFunc", "AggStep", "AggStep1", "AggInverse", "AggValue", "AggFinal", "Add",
    "Subtract", "Multiply", "Divide", "Remainder", "BitAnd", "BitOr", "BitNot", "ShiftLeft",
    "ShiftRight", "Cast", "If", "IfNot", "And", "Or", "Not", "IsTrue", "RealAffinity", "MustBeInt",
    "Affinity",
  ]
  /// The cost of reading a value, beside comparing it.
  private static let readingPasses = 8
  /// Functions that walk through a value for each path that they are given, most of it twice
  /// (`$[#-1]`), without a check of the limits.
  private static let walkers: Set<String> = [
    "->", "->>", "json_array_length", "json_extract", "json_insert", "json_remove", "json_replace",
    "json_set", "json_type", "jsonb_extract", "jsonb_insert", "jsonb_remove", "jsonb_replace",
    "jsonb_set",
  ]
  /// The cost of a walk, beside comparing.
  private static let walkPasses = 32

  /// The passes over values in the whole program of a statement, as
  /// https://www.sqlite.org/opcode.html names its operations.
  static func of(_ sql: String, on connection: OpaquePointer) -> Int {
    var statement: OpaquePointer?
    defer { unsafe sqlite3_finalize(statement) }
    guard unsafe sqlite3_prepare_v2(connection, "EXPLAIN " + sql, -1, &statement, nil) == SQLITE_OK
    else { return 1 }
    var passes = 0
    var walks = 0
    while unsafe sqlite3_step(statement) == SQLITE_ROW {
      guard let name = unsafe sqlite3_column_text(statement, 1) else { continue }
      let operation = unsafe String(cString: name)
      if comparisons.contains(operation) { passes += 1 }
      if readings.contains(operation) { passes += readingPasses }
      // `json_extract(-1)`: the name of a function, and how many arguments it is declared with.
      guard let text = unsafe sqlite3_column_text(statement, 5) else { continue }
      let function = unsafe String(cString: text).prefix { $0 != "(" }
      if walkers.contains(function.lowercased()) { walks += 1 }
    }
    guard walks > 0 else { return passes }
    return unsafe passes + walks * walkPasses * (mostArguments(sql, on: connection) - 1)
  }

  /// The most arguments of any function call in a statement, rounded up to a power of two; the
  /// program does not show them.
  private static func mostArguments(_ sql: String, on connection: OpaquePointer) -> Int {
    let limit = unsafe sqlite3_limit(connection, SQLITE_LIMIT_FUNCTION_ARG, -1)
    defer { unsafe sqlite3_limit(connection, SQLITE_LIMIT_FUNCTION_ARG, limit) }
    var count: Int32 = 2
    while count < limit {
      unsafe sqlite3_limit(connection, SQLITE_LIMIT_FUNCTION_ARG, count)
      var statement: OpaquePointer?
      defer { unsafe sqlite3_finalize(statement) }
      if unsafe sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK { break }
      count *= 2
    }
    return Int(min(count, limit))
  }
}
