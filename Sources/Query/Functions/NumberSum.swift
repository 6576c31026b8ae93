import GRDBSQLite
import Model

/// `sum`, `total` and `avg` in the place of SQLite's own: the same results, and the texts that they
/// read as numbers are counted.
///
/// SQLite adds a text as the number that it begins with, else as 0, and no result shows that
/// (https://www.sqlite.org/lang_aggfunc.html#sumunc). Doubles are added with Neumaier's
/// compensation, as scans and later versions of SQLite add them.
struct NumberSum {
  /// The number of values.
  private var count: Int64 = 0
  /// The sum while all values are integers.
  private var integer: Int64 = 0
  private var real = 0.0
  /// The rounding errors of additions (Neumaier, https://doi.org/10.1002/zamm.19740540106).
  private var loss = 0.0
  /// True once `real` has the sum.
  private var isReal = false
  /// True once a sum of only integers left 64 bits.
  private var isTooLarge = false

  /// Makes the functions known on a connection.
  static func register(on connection: OpaquePointer, _ state: QueryState) {
    for function in [AggregateCall.Function.sum, .total, .avg] {
      unsafe register(
        AggregateCall(function, of: nil), named: function.rawValue, on: connection, state)
    }
  }

  /// Makes a function known under a name of its own, so that what it reads is counted for `call`.
  static func register(
    _ call: AggregateCall, named name: String, on connection: OpaquePointer, _ state: QueryState
  ) {
    // The state keeps the call as long as the connection.
    let owner = unsafe Unmanaged.passUnretained(state.calls.add(call)).toOpaque()
    let finish: @convention(c) (OpaquePointer?) -> Void =
      switch call.function {
      case .total: { unsafe NumberSum.finish($0) { $0.total } }
      case .avg: { unsafe NumberSum.finish($0) { $0.mean } }
      case .sum, .min, .max: { unsafe NumberSum.finishSum($0) }
      }
    unsafe sqlite3_create_window_function(
      connection, name, 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, owner,
      { unsafe NumberSum.step($0, $2, isAdded: true) }, finish, finish,
      { unsafe NumberSum.step($0, $2, isAdded: false) }, nil)
  }

  private static func step(
    _ context: OpaquePointer?, _ arguments: UnsafeMutablePointer<OpaquePointer?>?, isAdded: Bool
  ) {
    let value = unsafe arguments?[0]
    let type = unsafe sqlite3_value_numeric_type(value)
    guard type != SQLITE_NULL else { return }
    // Zeroed by SQLite, which is what the initial values are.
    guard
      let memory = unsafe sqlite3_aggregate_context(context, Int32(MemoryLayout<NumberSum>.size))
    else {
      unsafe sqlite3_result_error_nomem(context)
      return
    }
    let sum = unsafe memory.assumingMemoryBound(to: NumberSum.self)
    unsafe sum.pointee.count += isAdded ? 1 : -1
    guard type != SQLITE_INTEGER else {
      let integer = unsafe sqlite3_value_int64(value)
      unsafe isAdded ? sum.pointee.add(integer) : sum.pointee.remove(integer)
      return
    }
    if isAdded, type != SQLITE_FLOAT { unsafe AggregateCall.of(context)?.read(text: value) }
    let real = unsafe sqlite3_value_double(value)
    unsafe sum.pointee.beReal()
    unsafe sum.pointee.add(isAdded ? real : -real)
  }

  private mutating func add(_ value: Int64) {
    guard !isReal else { return add(exactly: value, sign: 1) }
    let (sum, isBeyond) = integer.addingReportingOverflow(value)
    guard isBeyond else {
      integer = sum
      return
    }
    isTooLarge = true
    beReal()
    add(exactly: value, sign: 1)
  }

  private mutating func remove(_ value: Int64) {
    guard !isReal else { return add(exactly: value, sign: -1) }
    // What was added before can be taken away again.
    integer &-= value
  }

  private mutating func beReal() {
    guard !isReal else { return }
    isReal = true
    add(exactly: integer, sign: 1)
  }

  /// Adds an integer in two parts that doubles hold.
  private mutating func add(exactly value: Int64, sign: Double) {
    let low = value % (1 << 14)
    add(sign * Double(value - low))
    add(sign * Double(low))
  }

  private mutating func add(_ value: Double) {
    let sum = real + value
    loss += real.magnitude >= value.magnitude ? (real - sum) + value : (value - sum) + real
    real = sum
  }

  private var total: Double {
    guard isReal else { return Double(integer) }
    // What infinities lose is no number.
    return real.isFinite && loss.isFinite ? real + loss : real
  }

  private var mean: Double? { count > 0 ? total / Double(count) : nil }

  private static func of(_ context: OpaquePointer?) -> NumberSum {
    unsafe sqlite3_aggregate_context(context, 0)?.assumingMemoryBound(to: NumberSum.self).pointee
      ?? NumberSum()
  }

  private static func finish(_ context: OpaquePointer?, _ result: (NumberSum) -> Double?) {
    if let result = unsafe result(of(context)) {
      unsafe sqlite3_result_double(context, result)
    } else {
      unsafe sqlite3_result_null(context)
    }
  }

  private static func finishSum(_ context: OpaquePointer?) {
    let sum = unsafe of(context)
    if sum.count <= 0 {
      unsafe sqlite3_result_null(context)
    } else if sum.isTooLarge {
      unsafe sqlite3_result_error(context, "integer overflow", -1)
    } else if sum.isReal {
      unsafe sqlite3_result_double(context, sum.total)
    } else {
      unsafe sqlite3_result_int64(context, sum.integer)
    }
  }
}
