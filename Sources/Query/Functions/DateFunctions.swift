import GRDBSQLite
import Glibc
import Model

/// The functions of dates for conditions on rows: SQLite's own, but for what reads the clock or the
/// time zone of the machine, which is an error also where it comes from a value of the row.
///
/// See https://www.sqlite.org/lang_datefunc.html.
enum DateFunctions {
  /// Puts them in the place of SQLite's on a connection; `state` outlives it.
  static func register(on connection: OpaquePointer, _ state: QueryState) {
    let owner = unsafe Unmanaged.passUnretained(state).toOpaque()
    func add(
      _ name: String,
      _ call: @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void
    ) {
      unsafe sqlite3_create_function_v2(
        connection, name, -1, TextFunctions.flags, owner, call, nil, nil, nil)
    }
    unsafe add("date") { unsafe DateFunctions.call("date", $0, $1, $2) }
    unsafe add("time") { unsafe DateFunctions.call("time", $0, $1, $2) }
    unsafe add("datetime") { unsafe DateFunctions.call("datetime", $0, $1, $2) }
    unsafe add("julianday") { unsafe DateFunctions.call("julianday", $0, $1, $2) }
    unsafe add("unixepoch") { unsafe DateFunctions.call("unixepoch", $0, $1, $2) }
    unsafe add("strftime") { unsafe DateFunctions.call("strftime", $0, $1, $2, moment: 1) }
    unsafe add("timediff") { unsafe DateFunctions.call("timediff", $0, $1, $2) }
  }

  /// The words for the present, in any case of letters; `subsec` is one in the place of a moment.
  private static let present: Set<String> = ["now", "subsec", "subsecond"]
  private static let ofMachine: Set<String> = ["now", "localtime", "utc"]

  /// - Parameter moment: Which argument is the moment; those behind it say how to change it.
  private static func call(
    _ name: String, _ context: OpaquePointer?, _ count: Int32,
    _ arguments: TextFunctions.Arguments?, moment: Int = 0
  ) {
    let count = Int(count)
    guard let state = unsafe TextFunctions.state(context) else { return }
    guard count > moment, let arguments = unsafe arguments else {
      unsafe fail(context, "\(name)() of no moment is the present")
      return
    }
    for index in moment..<count {
      guard let word = unsafe word(arguments[index]) else { continue }
      let isMoment = index == moment || name == "timediff"
      if ofMachine.contains(word) || isMoment && present.contains(word) {
        unsafe fail(
          context, "\(name)() of '\(word)' depends on the clock or the place of the machine")
        return
      }
    }
    unsafe state.originals.call(name, context, arguments, count: count)
  }

  private static func fail(_ context: OpaquePointer?, _ what: String) {
    unsafe Aggregates.fail(
      context, what + "; a condition on rows gives the same at any time: write the moment itself")
  }

  /// A short text or blob in small letters, up to a zero byte; nil for anything else.
  private static func word(_ value: OpaquePointer?) -> String? {
    let type = unsafe sqlite3_value_type(value)
    guard type == SQLITE_TEXT || type == SQLITE_BLOB else { return nil }
    // A blob that was read as a text would stay one, so that is a copy's.
    let copy = type == SQLITE_BLOB ? unsafe sqlite3_value_dup(value) : nil
    defer { unsafe sqlite3_value_free(copy) }
    guard let text = unsafe TextFunctions.text(copy ?? value) else { return nil }
    let bytes = unsafe text.prefix(16).prefix { $0 != 0 }
    return unsafe String(decoding: bytes, as: UTF8.self).lowercased()
  }
}
