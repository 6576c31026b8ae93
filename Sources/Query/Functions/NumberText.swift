import GRDBSQLite

/// `number(x)`: the number that a value is, or that a whole text writes; null for any other value.
///
/// `CAST` takes a text for the number that it begins with, else for 0.
enum NumberText {
  /// Makes the function known on a connection.
  static func register(on connection: OpaquePointer) {
    unsafe sqlite3_create_function_v2(
      connection, "number", 1, TextFunctions.flags, nil,
      { context, _, arguments in
        let value = unsafe arguments?[0]
        // A blob has no numeric type, and null is null.
        switch unsafe sqlite3_value_numeric_type(value) {
        case SQLITE_INTEGER, SQLITE_FLOAT: unsafe sqlite3_result_value(context, value)
        default: unsafe sqlite3_result_null(context)
        }
      }, nil, nil, nil)
  }

  /// Returns true when all of a text is a number as SQLite reads one, with blanks around it or
  /// without: https://www.sqlite.org/datatype3.html#type_conversions_prior_to_comparison.
  static func isNumber(_ text: some Collection<UInt8>) -> Bool {
    var rest = text[...]
    func isDigit(_ byte: UInt8) -> Bool { byte &- 48 <= 9 }
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    func take(_ bytes: StaticString) -> Bool {
      guard let first = rest.first,
        unsafe UnsafeBufferPointer(start: bytes.utf8Start, count: bytes.utf8CodeUnitCount)
          .contains(first)
      else { return false }
      rest.removeFirst()
      return true
    }
    func digits() -> Int {
      let count = rest.prefix(while: isDigit).count
      rest = rest.dropFirst(count)
      return count
    }
    rest = rest.drop(while: isBlank)
    _ = take("+-")
    var count = digits()
    if take(".") { count += digits() }
    guard count > 0 else { return false }
    if take("eE") {
      _ = take("+-")
      guard digits() > 0 else { return false }
    }
    return rest.allSatisfy(isBlank)
  }
}
