import GRDBSQLite
import Glibc
import Model

/// Functions in the place of SQLite's own of these names: the same results, but a call asks whether
/// the query has to end while it works.
///
/// They are `instr`, `replace`, `trim`, `ltrim`, `rtrim`, `like`, `glob` and `json_patch`, whose
/// time grows with the product of the sizes of their arguments, and `printf` and `format`, whose
/// time grows with numbers that are written in them. All others take time for what they
/// read and make: that is bounded by the largest value, and what is made is asked about when memory
/// for it is taken (`CSQLiteMemory`).
enum TextFunctions {
  typealias Arguments = UnsafeMutablePointer<OpaquePointer?>

  /// Makes the functions known on a connection; `state` outlives it.
  static func register(on connection: OpaquePointer, _ state: QueryState) {
    let owner = unsafe Unmanaged.passUnretained(state).toOpaque()
    func add(
      _ name: String, _ count: Int32,
      _ call: @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void
    ) {
      unsafe sqlite3_create_function_v2(
        connection, name, count, flags, owner, call, nil, nil, nil)
    }
    unsafe add("instr", 2) { unsafe TextFunctions.run(TextSearch.instr, $0, $1, $2) }
    unsafe add("replace", 3) { unsafe TextFunctions.run(TextSearch.replace, $0, $1, $2) }
    unsafe add("like", 2) { unsafe TextFunctions.run(TextPattern.like, $0, $1, $2) }
    unsafe add("like", 3) { unsafe TextFunctions.run(TextPattern.like, $0, $1, $2) }
    unsafe add("glob", 2) { unsafe TextFunctions.run(TextPattern.glob, $0, $1, $2) }
    for count in 1...2 as ClosedRange<Int32> {
      unsafe add("trim", count) { unsafe TextFunctions.run(Trimming.both, $0, $1, $2) }
      unsafe add("ltrim", count) { unsafe TextFunctions.run(Trimming.left, $0, $1, $2) }
      unsafe add("rtrim", count) { unsafe TextFunctions.run(Trimming.right, $0, $1, $2) }
    }
    unsafe add("printf", -1) { unsafe TextFunctions.run(Formatting.printf, $0, $1, $2) }
    unsafe add("format", -1) { unsafe TextFunctions.run(Formatting.format, $0, $1, $2) }
    unsafe add("json_patch", 2) { unsafe TextFunctions.run(JSONPatch.run, $0, $1, $2) }
  }

  /// Their results depend only on their arguments, like those of the functions they replace.
  static let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS

  /// The state that the functions were registered with.
  static func state(_ context: OpaquePointer?) -> QueryState? {
    guard let owner = unsafe sqlite3_user_data(context) else { return nil }
    return unsafe Unmanaged<QueryState>.fromOpaque(owner).takeUnretainedValue()
  }

  /// Runs a function, which is given its arguments and their number.
  private static func run(
    _ function: (OpaquePointer?, Arguments, Int, inout WorkMeter) throws(WorkMeter.Stopped) -> Void,
    _ context: OpaquePointer?, _ count: Int32, _ arguments: Arguments?
  ) {
    guard let state = unsafe state(context), let arguments = unsafe arguments else { return }
    var work = WorkMeter(state)
    do throws(WorkMeter.Stopped) {
      unsafe try function(context, arguments, Int(count), &work)
    } catch {
      unsafe sqlite3_result_error_code(context, SQLITE_INTERRUPT)
    }
  }

  /// The text of a value, with a zero byte behind it, until the value is used otherwise; nil for
  /// null.
  static func text(_ value: OpaquePointer?) -> UnsafeBufferPointer<UInt8>? {
    guard let start = unsafe sqlite3_value_text(value) else { return nil }
    return unsafe UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
  }
}

/// `json_patch`, whose time grows with the product of the sizes of both objects, over values small
/// enough for one step.
private enum JSONPatch {
  /// The most that the sizes of both values multiply to: a second's work at worst.
  private static let limit = 20_000_000_000

  static func run(
    _ context: OpaquePointer?, _ arguments: TextFunctions.Arguments, _ count: Int,
    _ work: inout WorkMeter
  ) throws(WorkMeter.Stopped) {
    guard let state = unsafe TextFunctions.state(context) else { return }
    let target = Int(unsafe sqlite3_value_bytes(arguments[0]))
    let patch = Int(unsafe sqlite3_value_bytes(arguments[1]))
    guard target * patch <= limit else {
      state.fail(
        .requestLimit(
          "json_patch() of values of \(target) and \(patch) bytes takes too long for one step; "
            + "patch smaller ones"))
      throw WorkMeter.Stopped()
    }
    unsafe state.originals.call("json_patch", context, arguments, count: 2)
    // It is JSON for the function around it: https://www.sqlite.org/json1.html#interface_overview
    unsafe sqlite3_result_subtype(context, UInt32(UInt8(ascii: "J")))
  }
}
