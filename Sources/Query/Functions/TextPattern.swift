import GRDBSQLite
import Glibc

/// The operators `LIKE` and `GLOB`.
///
/// See https://www.sqlite.org/lang_expr.html#the_like_glob_regexp_match_and_extract_operators.
/// A pattern is followed from left to right; where it fails, the text goes on by one character
/// behind the last wildcard of any length. That finds a match when there is one, in at most the
/// product of the sizes of both.
@safe struct TextPattern {
  private typealias Text = UnsafePointer<UInt8>

  /// The wildcard of any length; 0 for none, as for the other two.
  private var many: UInt32
  /// The wildcard of one character.
  private var one: UInt32
  /// The character that escapes the next one.
  private let escape: UInt32
  /// True when `[` begins a set of characters, and capitals differ from small letters.
  private let isGlob: Bool

  /// `like(pattern, text)` and `like(pattern, text, escape)`.
  static func like(
    _ context: OpaquePointer?, _ arguments: TextFunctions.Arguments, _ count: Int,
    _ work: inout WorkMeter
  ) throws(WorkMeter.Stopped) {
    guard unsafe begins(context, arguments) else { return }
    var escape: UInt32 = 0
    if count == 3 {
      guard let text = unsafe TextFunctions.text(arguments[2]) else { return }
      guard let start = text.baseAddress else { return }
      var end = unsafe start
      escape = unsafe read(&end)
      guard escape != 0, unsafe end.pointee == 0 else {
        unsafe sqlite3_result_error(
          context, "ESCAPE expression must be a single character", -1)
        return
      }
    }
    let percent = UInt32(UInt8(ascii: "%"))
    let underscore = UInt32(UInt8(ascii: "_"))
    let pattern = TextPattern(
      many: escape == percent ? 0 : percent, one: escape == underscore ? 0 : underscore,
      escape: escape, isGlob: false)
    unsafe try pattern.run(context, arguments, &work)
  }

  /// `glob(pattern, text)`.
  static func glob(
    _ context: OpaquePointer?, _ arguments: TextFunctions.Arguments, _ count: Int,
    _ work: inout WorkMeter
  ) throws(WorkMeter.Stopped) {
    guard unsafe begins(context, arguments) else { return }
    let pattern = TextPattern(
      many: UInt32(UInt8(ascii: "*")), one: UInt32(UInt8(ascii: "?")), escape: 0, isGlob: true)
    unsafe try pattern.run(context, arguments, &work)
  }

  /// True when SQLite was built so that LIKE does not match blobs.
  private static let doesNotMatchBlobs =
    unsafe sqlite3_compileoption_used("LIKE_DOESNT_MATCH_BLOBS") != 0

  /// Returns true when there is something to match: no blobs, and no pattern beyond SQLite's limit.
  private static func begins(
    _ context: OpaquePointer?, _ arguments: TextFunctions.Arguments
  ) -> Bool {
    if doesNotMatchBlobs,
      unsafe sqlite3_value_type(arguments[0]) == SQLITE_BLOB
        || sqlite3_value_type(arguments[1]) == SQLITE_BLOB
    {
      unsafe sqlite3_result_int(context, 0)
      return false
    }
    let connection = unsafe sqlite3_context_db_handle(context)
    let limit = unsafe sqlite3_limit(connection, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, -1)
    guard unsafe sqlite3_value_bytes(arguments[0]) <= limit else {
      unsafe sqlite3_result_error(context, "LIKE or GLOB pattern too complex", -1)
      return false
    }
    return true
  }

  private func run(
    _ context: OpaquePointer?, _ arguments: TextFunctions.Arguments, _ work: inout WorkMeter
  ) throws(WorkMeter.Stopped) {
    guard let pattern = unsafe TextFunctions.text(arguments[0])?.baseAddress,
      let text = unsafe TextFunctions.text(arguments[1])?.baseAddress
    else { return }
    unsafe sqlite3_result_int(context, try matches(pattern, text, &work) ? 1 : 0)
  }

  /// Returns true when a pattern matches a text; both end with a zero byte.
  private func matches(
    _ pattern: Text, _ text: Text, _ work: inout WorkMeter
  ) throws(WorkMeter.Stopped) -> Bool {
    var rest = unsafe pattern
    var place = unsafe text
    /// The pattern behind the last wildcard of any length, and where that is taken to end.
    var behind: (pattern: Text, text: Text)?
    while true {
      let start = unsafe rest
      let character = unsafe Self.read(&rest)
      if character == many, character != 0 {
        if unsafe rest.pointee == 0 { return true }
        unsafe behind = (rest, place)
        continue
      }
      if character == 0 {
        if unsafe place.pointee == 0 { return true }
      } else if unsafe steps(over: character, &rest, &place) {
        unsafe try work.spend(rest - start)
        continue
      }
      guard let last = unsafe behind, unsafe last.text.pointee != 0 else { return false }
      unsafe place = last.text
      unsafe Self.skip(&place)
      if let byte = unsafe literal(last.pattern) {
        let found = unsafe Self.find(byte, isGlob: isGlob, from: place)
        unsafe try work.spend(found - place)
        unsafe place = found
      }
      unsafe behind = (last.pattern, place)
      unsafe rest = last.pattern
      try work.spend(1)
    }
  }

  /// Steps both over one character; returns true when the text's matches `character` of the pattern
  /// with the set or escape that belongs to it.
  private func steps(over character: UInt32, _ pattern: inout Text, _ text: inout Text) -> Bool {
    var character = character
    var isEscaped = false
    if isGlob {
      if character == UInt32(UInt8(ascii: "[")) { return unsafe isInSet(&pattern, &text) }
    } else if character == escape {
      character = unsafe Self.read(&pattern)
      if character == 0 { return false }
      isEscaped = true
    }
    let other = unsafe Self.read(&text)
    if character == other { return true }
    if !isGlob, character < 0x80, other < 0x80, Self.lower(character) == Self.lower(other) {
      return true
    }
    return character == one && !isEscaped && other != 0
  }

  /// Returns true when the next character is in a set, whose bracket is read already.
  private func isInSet(_ pattern: inout Text, _ text: inout Text) -> Bool {
    let (caret, end) = (UInt32(UInt8(ascii: "^")), UInt32(UInt8(ascii: "]")))
    let wanted = unsafe Self.read(&text)
    if wanted == 0 { return false }
    var found = false
    var member = unsafe Self.read(&pattern)
    let isInverted = member == caret
    if isInverted { member = unsafe Self.read(&pattern) }
    if member == end {
      found = wanted == end
      member = unsafe Self.read(&pattern)
    }
    var before: UInt32 = 0
    while member != 0, member != end {
      let next = unsafe UInt32(pattern.pointee)
      if member == UInt32(UInt8(ascii: "-")), next != end, next != 0, before > 0 {
        member = unsafe Self.read(&pattern)
        if wanted >= before, wanted <= member { found = true }
        before = 0
      } else {
        if wanted == member { found = true }
        before = member
      }
      member = unsafe Self.read(&pattern)
    }
    return member != 0 && found != isInverted
  }

  /// The byte that the text has to go on with, where the pattern begins with one that stands for
  /// itself.
  private func literal(_ pattern: Text) -> UInt8? {
    let byte = unsafe pattern.pointee
    let character = UInt32(byte)
    guard byte != 0, byte < 0x80, character != many, character != one, character != escape,
      !isGlob || byte != UInt8(ascii: "[")
    else { return nil }
    return byte
  }

  /// The next position of a byte, which may be a letter of the other case; the end when it is
  /// absent.
  private static func find(_ byte: UInt8, isGlob: Bool, from start: Text) -> Text {
    let small = UInt8(lower(UInt32(byte)))
    let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(small)
    let other = isGlob || !isLetter ? byte : small == byte ? byte & ~0x20 : small
    var place = unsafe start
    while unsafe place.pointee != 0, unsafe place.pointee != byte, unsafe place.pointee != other {
      unsafe place += 1
    }
    return unsafe place
  }

  private static func lower(_ character: UInt32) -> UInt32 {
    (0x41...0x5A).contains(character) ? character | 0x20 : character
  }

  /// Reads a character as SQLite does also where the bytes are no UTF-8: a byte that begins a
  /// character takes all bytes behind it that go on one.
  private static func read(_ text: inout Text) -> UInt32 {
    let first = unsafe text.pointee
    unsafe text += 1
    guard first >= 0xC0 else { return UInt32(first) }
    var character: UInt32 =
      switch first {
      case 0xC0..<0xE0: UInt32(first & 0x1F)
      case 0xE0..<0xF0: UInt32(first & 0x0F)
      case 0xF0..<0xF8: UInt32(first & 0x07)
      case 0xF8..<0xFC: UInt32(first & 0x03)
      case 0xFD: 1
      default: 0
      }
    while unsafe text.pointee & 0xC0 == 0x80 {
      character = unsafe (character << 6) &+ UInt32(text.pointee & 0x3F)
      unsafe text += 1
    }
    let isNone =
      character < 0x80 || character & 0xFFFF_F800 == 0xD800
      || character & 0xFFFF_FFFE == 0xFFFE
    return isNone ? 0xFFFD : character
  }

  private static func skip(_ text: inout Text) {
    let first = unsafe text.pointee
    unsafe text += 1
    guard first >= 0xC0 else { return }
    while unsafe text.pointee & 0xC0 == 0x80 { unsafe text += 1 }
  }
}
