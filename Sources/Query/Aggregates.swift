import GRDBSQLite
import Model

/// The aggregates that SQLite lacks.
///
/// They are `median`, `quantile`, `stddev`, `stddev_pop`, `variance` and `var_pop`. Nulls are left
/// out; of no values the result is null; anything but a number is an error, since a text in a
/// column of numbers would otherwise change a result silently.
enum Aggregates {
  static let names = [
    "median", "quantile", "stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop",
    "avg", "count", "sum", "total", "min", "max", "group_concat", "length", "lower", "upper",
    "number", "round", "coalesce", "substr", "replace", "json_extract", "typeof", "printf",
  ]

  /// Makes the aggregates known on a connection; `state` outlives it.
  static func register(on connection: OpaquePointer, _ state: QueryState) {
    let context = unsafe Unmanaged.passUnretained(state).toOpaque()
    // DIRECTONLY is not needed: there are no views or triggers to smuggle a call in.
    let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC
    unsafe sqlite3_create_function_v2(
      connection, "median", 1, flags, context, nil,
      { unsafe Quantile.step($0, $2, hasFraction: false) }, { unsafe Quantile.finish($0) }, nil)
    unsafe sqlite3_create_function_v2(
      connection, "quantile", 2, flags, context, nil,
      { unsafe Quantile.step($0, $2, hasFraction: true) }, { unsafe Quantile.finish($0) }, nil)
    for name in ["stddev", "stddev_samp"] {
      unsafe sqlite3_create_function_v2(
        connection, name, 1, flags, context, nil, { unsafe Spread.step($0, $2, "stddev") },
        { unsafe Spread.finish($0, isSample: true, isRoot: true) }, nil)
    }
    for name in ["variance", "var_samp"] {
      unsafe sqlite3_create_function_v2(
        connection, name, 1, flags, context, nil, { unsafe Spread.step($0, $2, "variance") },
        { unsafe Spread.finish($0, isSample: true, isRoot: false) }, nil)
    }
    unsafe sqlite3_create_function_v2(
      connection, "stddev_pop", 1, flags, context, nil,
      { unsafe Spread.step($0, $2, "stddev_pop") },
      { unsafe Spread.finish($0, isSample: false, isRoot: true) }, nil)
    unsafe sqlite3_create_function_v2(
      connection, "var_pop", 1, flags, context, nil, { unsafe Spread.step($0, $2, "var_pop") },
      { unsafe Spread.finish($0, isSample: false, isRoot: false) }, nil)
  }

  /// The number in an argument; nil for null, and for anything else after reporting the error.
  static func number(
    _ value: OpaquePointer?, of name: String, _ context: OpaquePointer?
  ) -> Double? {
    switch unsafe sqlite3_value_numeric_type(value) {
    case SQLITE_INTEGER, SQLITE_FLOAT: return unsafe sqlite3_value_double(value)
    case SQLITE_NULL: return nil
    default:
      let word =
        unsafe TextFunctions.text(value).map { AggregateCall.shown(unsafe Array($0)) } ?? "''"
      unsafe fail(
        context,
        "\(name)() takes numbers, but a value is the text \(word): \(name)(number(x)) leaves out "
          + "texts that are no numbers; push with --types where the column is to have none")
      return nil
    }
  }

  static func fail(_ context: OpaquePointer?, _ message: String) {
    unsafe sqlite3_result_error(context, message, -1)
  }
}

/// `stddev` and `variance` by Welford's method, which does not lose digits to large means.
private struct Spread {
  var count = 0
  var mean = 0.0
  var squares = 0.0

  static func step(
    _ context: OpaquePointer?, _ arguments: UnsafeMutablePointer<OpaquePointer?>?, _ name: String
  ) {
    guard let value = unsafe Aggregates.number(arguments?[0], of: name, context) else { return }
    // Zeroed by SQLite, which is what the initial values are.
    guard
      let memory = unsafe sqlite3_aggregate_context(context, Int32(MemoryLayout<Spread>.size))
    else {
      unsafe sqlite3_result_error_nomem(context)
      return
    }
    let spread = unsafe memory.assumingMemoryBound(to: Spread.self)
    unsafe spread.pointee.add(value)
  }

  private mutating func add(_ value: Double) {
    count += 1
    let distance = value - mean
    mean += distance / Double(count)
    squares += distance * (value - mean)
  }

  static func finish(_ context: OpaquePointer?, isSample: Bool, isRoot: Bool) {
    guard let memory = unsafe sqlite3_aggregate_context(context, 0) else {
      unsafe sqlite3_result_null(context)
      return
    }
    let spread = unsafe memory.assumingMemoryBound(to: Spread.self).pointee
    guard spread.count > (isSample ? 1 : 0) else {
      unsafe sqlite3_result_null(context)
      return
    }
    let variance = spread.squares / Double(isSample ? spread.count - 1 : spread.count)
    unsafe sqlite3_result_double(context, isRoot ? variance.squareRoot() : variance)
  }
}
