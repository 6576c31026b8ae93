import GRDBSQLite

/// How much the longest step of a statement may work on values, in passes over a value.
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
  /// What reading costs beside comparing.
  private static let readingPasses = 8

  /// The passes over values in the whole program of a statement, as
  /// https://www.sqlite.org/opcode.html names its operations.
  static func of(_ sql: String, on connection: OpaquePointer) -> Int {
    var statement: OpaquePointer?
    defer { unsafe sqlite3_finalize(statement) }
    guard unsafe sqlite3_prepare_v2(connection, "EXPLAIN " + sql, -1, &statement, nil) == SQLITE_OK
    else { return 1 }
    var passes = 0
    while unsafe sqlite3_step(statement) == SQLITE_ROW {
      guard let name = unsafe sqlite3_column_text(statement, 1) else { continue }
      let operation = unsafe String(cString: name)
      if comparisons.contains(operation) { passes += 1 }
      if readings.contains(operation) { passes += readingPasses }
    }
    return passes
  }
}
