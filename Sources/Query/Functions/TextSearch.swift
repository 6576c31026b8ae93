import CSQLiteMemory
import GRDBSQLite

/// `instr` and `replace`.
enum TextSearch {
  /// The place of a text in another, counted from 1 in characters, or in bytes for two blobs; 0
  /// when it is not there.
  static func instr(
    _ context: OpaquePointer?, _ arguments: TextFunctions.Arguments, _ count: Int,
    _ work: inout WorkMeter
  ) throws(WorkMeter.Stopped) {
    let types = unsafe (sqlite3_value_type(arguments[0]), sqlite3_value_type(arguments[1]))
    guard types.0 != SQLITE_NULL, types.1 != SQLITE_NULL else { return }
    guard unsafe sqlite3_value_bytes(arguments[1]) > 0 else {
      unsafe sqlite3_result_int(context, 1)
      return
    }
    let blobs = (types.0 == SQLITE_BLOB ? 1 : 0) + (types.1 == SQLITE_BLOB ? 1 : 0)
    // As a text, a blob beside a text would stay one for whatever reads it next, so it is copied.
    let copies =
      blobs == 1
      ? unsafe (sqlite3_value_dup(arguments[0]), sqlite3_value_dup(arguments[1])) : (nil, nil)
    defer {
      unsafe sqlite3_value_free(copies.0)
      unsafe sqlite3_value_free(copies.1)
    }
    let (value, wanted) = unsafe (copies.0 ?? arguments[0], copies.1 ?? arguments[1])
    let haystack = unsafe blobs == 2 ? blob(value) : TextFunctions.text(value)
    let needle = unsafe blobs == 2 ? blob(wanted) : TextFunctions.text(wanted)
    guard let haystack = unsafe haystack, let needle = unsafe needle else {
      unsafe sqlite3_result_error_nomem(context)
      return
    }
    var place = unsafe try find(needle, in: haystack, from: 0, &work)
    // A text is looked for where characters begin, be it one that begins within a character.
    if blobs < 2, let found = place, found > 0, let first = unsafe needle.first,
      isContinuation(first)
    {
      place = nil
    }
    guard let place else {
      unsafe sqlite3_result_int(context, 0)
      return
    }
    var number = place
    if blobs < 2 {
      number = 0
      var start = 0
      while start < place {
        let end = min(start + 1 << 20, place)
        try work.spend(end - start)
        unsafe number += characters(in: haystack[start + 1..<end + 1])
        start = end
      }
    }
    unsafe sqlite3_result_int64(context, Int64(number + 1))
  }

  /// A text with every place of another in it replaced by a third.
  static func replace(
    _ context: OpaquePointer?, _ arguments: TextFunctions.Arguments, _ count: Int,
    _ work: inout WorkMeter
  ) throws(WorkMeter.Stopped) {
    guard let text = unsafe TextFunctions.text(arguments[0]),
      let wanted = unsafe TextFunctions.text(arguments[1])
    else { return }
    // SQLite takes a text that begins with a zero byte for an empty one in this place.
    guard let first = unsafe wanted.first, first != 0 else {
      unsafe sqlite3_result_value(context, arguments[0])
      return
    }
    guard let other = unsafe TextFunctions.text(arguments[2]) else { return }
    var size = text.count
    if other.count > wanted.count {
      var start = 0
      while let place = unsafe try find(wanted, in: text, from: start, &work) {
        size += other.count - wanted.count
        start = place + wanted.count
      }
    }
    let connection = unsafe sqlite3_context_db_handle(context)
    guard size <= Int(unsafe sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, -1)) else {
      unsafe sqlite3_result_error_toobig(context)
      return
    }
    guard let memory = unsafe sqlite3_malloc64(UInt64(size + 1)) else {
      unsafe sqlite3_result_error_nomem(context)
      return
    }
    var end = unsafe memory
    func append(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
      let bytes = unsafe UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes))
      // There is room for what was counted before.
      if let start = bytes.baseAddress, bytes.count > 0 {
        unsafe end.copyMemory(from: start, byteCount: bytes.count)
        unsafe end += bytes.count
      }
    }
    do throws(WorkMeter.Stopped) {
      var start = 0
      while let place = unsafe try find(wanted, in: text, from: start, &work) {
        unsafe append(text[start..<place])
        unsafe append(other[...])
        try work.spend(other.count)
        start = place + wanted.count
      }
      unsafe append(text[start...])
    } catch {
      unsafe sqlite3_free(memory)
      throw error
    }
    unsafe end.storeBytes(of: 0, as: UInt8.self)
    unsafe sqlite3_result_text64(
      context, memory.assumingMemoryBound(to: CChar.self), UInt64(end - memory),
      { unsafe sqlite3_free($0) }, UInt8(SQLITE_UTF8))
  }

  private static func blob(_ value: OpaquePointer?) -> UnsafeBufferPointer<UInt8>? {
    let start = unsafe sqlite3_value_blob(value)?.assumingMemoryBound(to: UInt8.self)
    return unsafe UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
  }

  /// The position at which bytes first occur in others, not before `start`.
  private static func find(
    _ needle: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>, from start: Int,
    _ work: inout WorkMeter
  ) throws(WorkMeter.Stopped) -> Int? {
    guard let first = bytes.baseAddress, let wanted = needle.baseAddress
    else { return nil }
    // Beyond a few hundred bytes memmem prepares the needle: that pays over several times its size.
    let piece = max(1 << 20, 4 * needle.count)
    var start = start
    while bytes.count - start >= needle.count {
      let count = min(piece, bytes.count - start)
      if let found = unsafe assay_find(first + start, count, wanted, needle.count) {
        let place = unsafe found - UnsafeRawPointer(first)
        try work.spend(place - start + needle.count)
        return place
      }
      try work.spend(count)
      start += count - needle.count + 1
    }
    return nil
  }

  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

  /// The number of characters that begin in some bytes.
  private static func characters(in bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
    unsafe bytes.reduce(0) { isContinuation($1) ? $0 : $0 + 1 }
  }
}
