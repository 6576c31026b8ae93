import GRDBSQLite
import Model

/// `printf` and `format`: SQLite's own, where what they write is no longer than a value may be.
///
/// SQLite counts up to a width or a precision also when there is no room for what it writes, and
/// gives null then, so these are added up before: https://www.sqlite.org/printf.html.
@safe struct Formatting {
  private let format: UnsafeBufferPointer<UInt8>
  private let arguments: TextFunctions.Arguments
  private let count: Int
  private var next = 0
  /// The argument that is written next.
  private var argument = 1
  /// Widths and precisions that are filled up.
  private var filled = 0

  /// `printf(format, …)`.
  static func printf(
    _ context: OpaquePointer?, _ arguments: TextFunctions.Arguments, _ count: Int,
    _ work: inout WorkMeter
  ) throws(WorkMeter.Stopped) {
    unsafe try call("printf", context, arguments, count)
  }

  /// `format(format, …)`.
  static func format(
    _ context: OpaquePointer?, _ arguments: TextFunctions.Arguments, _ count: Int,
    _ work: inout WorkMeter
  ) throws(WorkMeter.Stopped) {
    unsafe try call("format", context, arguments, count)
  }

  private static func call(
    _ name: String, _ context: OpaquePointer?, _ arguments: TextFunctions.Arguments, _ count: Int
  ) throws(WorkMeter.Stopped) {
    guard count > 0, let state = unsafe TextFunctions.state(context),
      let format = unsafe TextFunctions.text(arguments[0])
    else { return }
    // SQLite takes null for an answer where memory was refused, and goes on.
    if state.failure != nil { throw WorkMeter.Stopped() }
    let connection = unsafe sqlite3_context_db_handle(context)
    let limit = Int(unsafe sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, -1))
    var formatting = unsafe Formatting(format: format, arguments: arguments, count: count)
    guard formatting.fits(in: limit) else {
      unsafe sqlite3_result_error_toobig(context)
      return
    }
    let isWritten = unsafe state.originals.call(name, context, arguments, count: count)
    if state.failure != nil { throw WorkMeter.Stopped() }
    if isWritten { return }
    if state.limits.isFull {
      unsafe sqlite3_result_error_nomem(context)
    } else if formatting.mostBytes > limit {
      unsafe sqlite3_result_error_toobig(context)
    }
    // Else it is null since nothing was written.
  }

  private init(
    format: UnsafeBufferPointer<UInt8>, arguments: TextFunctions.Arguments, count: Int
  ) {
    unsafe self.format = format
    unsafe self.arguments = arguments
    self.count = count
  }

  /// Returns true when the widths and precisions to be filled come to at most `limit` together.
  private mutating func fits(in limit: Int) -> Bool {
    while let byte = take() {
      guard byte == UInt8(ascii: "%") else { continue }
      while let flag = peek(), Self.flags.contains(flag) { next += 1 }
      var size = number()
      var precision = 0
      if peek() == UInt8(ascii: ".") {
        next += 1
        precision = number()
      }
      while peek() == UInt8(ascii: "l") { next += 1 }
      guard let kind = take() else { break }
      if kind != UInt8(ascii: "%") { argument += 1 }
      // The precision of a text is the most of it.
      if !Self.texts.contains(kind) { size = max(size, precision) }
      filled += size
      if filled > limit { return false }
    }
    return true
  }

  /// About the most that can be written: what is given, where all of it is quoted.
  private var mostBytes: Int {
    var given = unsafe format.count
    for index in 1..<max(count, 1) {
      let type = unsafe sqlite3_value_type(arguments[index])
      if type == SQLITE_TEXT || type == SQLITE_BLOB {
        given += Int(unsafe sqlite3_value_bytes(arguments[index]))
      }
    }
    return 2 * (given + filled)
  }

  private static let flags = Array("-+ #!0,".utf8)
  private static let texts = Array("szqQw".utf8)

  private func peek() -> UInt8? {
    guard unsafe next < format.count else { return nil }
    return unsafe format[next]
  }

  private mutating func take() -> UInt8? {
    defer { next += 1 }
    return peek()
  }

  /// Digits, or the argument that `*` stands for; at most 2^31, where SQLite's numbers end.
  private mutating func number() -> Int {
    if peek() == UInt8(ascii: "*") {
      next += 1
      defer { argument += 1 }
      guard argument < count else { return 0 }
      let value = unsafe sqlite3_value_int64(arguments[argument])
      return Int(Int32(truncatingIfNeeded: value).magnitude)
    }
    var number = 0
    while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      number = min(number * 10 + Int(byte - UInt8(ascii: "0")), 1 << 31)
      next += 1
    }
    return number
  }
}
