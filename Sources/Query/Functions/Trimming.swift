import GRDBSQLite
import Glibc

/// `trim`, `ltrim` and `rtrim`: a text without the characters at its ends that are in the second
/// argument, or without spaces when that is absent.
struct Trimming {
  private typealias Bytes = UnsafeBufferPointer<UInt8>

  private let isLeft: Bool
  private let isRight: Bool

  /// `trim`.
  static func both(
    _ context: OpaquePointer?, _ arguments: TextFunctions.Arguments, _ count: Int,
    _ work: inout WorkMeter
  ) throws(WorkMeter.Stopped) {
    unsafe try Trimming(isLeft: true, isRight: true).run(context, arguments, count, &work)
  }

  /// `ltrim`.
  static func left(
    _ context: OpaquePointer?, _ arguments: TextFunctions.Arguments, _ count: Int,
    _ work: inout WorkMeter
  ) throws(WorkMeter.Stopped) {
    unsafe try Trimming(isLeft: true, isRight: false).run(context, arguments, count, &work)
  }

  /// `rtrim`.
  static func right(
    _ context: OpaquePointer?, _ arguments: TextFunctions.Arguments, _ count: Int,
    _ work: inout WorkMeter
  ) throws(WorkMeter.Stopped) {
    unsafe try Trimming(isLeft: false, isRight: true).run(context, arguments, count, &work)
  }

  private func run(
    _ context: OpaquePointer?, _ arguments: TextFunctions.Arguments, _ count: Int,
    _ work: inout WorkMeter
  ) throws(WorkMeter.Stopped) {
    guard unsafe sqlite3_value_type(arguments[0]) != SQLITE_NULL,
      let text = unsafe TextFunctions.text(arguments[0])
    else { return }
    if count > 1, unsafe sqlite3_value_text(arguments[1]) == nil { return }
    var rest = 0..<text.count
    let space = [UInt8(ascii: " ")]
    unsafe try space.withUnsafeBufferPointer { (space) throws(WorkMeter.Stopped) in
      var characters = unsafe space
      if count > 1, let all = unsafe TextFunctions.text(arguments[1]) {
        // SQLite reads no further than a zero byte.
        unsafe characters = Bytes(rebasing: all[..<(all.firstIndex(of: 0) ?? all.endIndex)])
      }
      while isLeft, let count = unsafe try match(characters, text, rest, atEnd: false, &work) {
        rest = rest.lowerBound + count..<rest.upperBound
      }
      while isRight, let count = unsafe try match(characters, text, rest, atEnd: true, &work) {
        rest = rest.lowerBound..<rest.upperBound - count
      }
    }
    unsafe text.withMemoryRebound(to: CChar.self) { text in
      let start = unsafe text.baseAddress.map { unsafe $0 + rest.lowerBound }
      unsafe sqlite3_result_text64(
        context, start, UInt64(rest.count), copyingDestructor, UInt8(SQLITE_UTF8))
    }
  }

  /// The size of the first of `characters` that is at one end of a part of a text; nil for none.
  private func match(
    _ characters: Bytes, _ text: Bytes, _ part: Range<Int>, atEnd: Bool, _ work: inout WorkMeter
  ) throws(WorkMeter.Stopped) -> Int? {
    guard !part.isEmpty, let all = characters.baseAddress, let start = text.baseAddress
    else { return nil }
    var next = 0
    while next < characters.count {
      let first = next
      next += 1
      if unsafe characters[first] >= 0xC0 {
        while next < characters.count, unsafe characters[next] & 0xC0 == 0x80 { next += 1 }
      }
      let count = next - first
      try work.spend(count)
      guard count <= part.count else { continue }
      let place = atEnd ? part.upperBound - count : part.lowerBound
      if unsafe memcmp(start + place, all + first, count) == 0 { return count }
    }
    return nil
  }
}
