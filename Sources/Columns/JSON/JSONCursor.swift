/// A place in compact JSON text that is known to be valid, as `json` columns keep it.
///
/// Text that is cut off all the same is never read beyond its end.
package struct JSONCursor {
  private let bytes: [UInt8]
  private let end: Int
  /// The position of the next byte.
  package private(set) var position: Int

  /// A cursor before the value at `range`.
  package init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// The next byte; 0 at the end.
  @inline(__always)
  package var next: UInt8 { position < end ? bytes[position] : 0 }

  /// True when no byte is left.
  package var isAtEnd: Bool { position >= end }

  /// Passes over `byte`, if it is next.
  @inline(__always)
  package mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard position < end, bytes[position] == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  /// Skips a string and returns the bytes between its quotes, with their escapes.
  package mutating func string() -> ArraySlice<UInt8> {
    let start = min(position + 1, end)
    var index = start
    while index < end, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    index = min(index, end)
    position = min(index + 1, end)
    return bytes[start..<index]
  }

  /// Passes over a number, `true`, `false` or `null` and gives it.
  package mutating func word() -> ArraySlice<UInt8> {
    let start = position
    while position < end {
      switch bytes[position] {
      case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ":"):
        return bytes[start..<position]
      default: position += 1
      }
    }
    return bytes[start..<end]
  }

  /// Passes over a value of any kind and gives it.
  package mutating func value() -> ArraySlice<UInt8> {
    let start = position
    var depth = 0
    repeat {
      switch next {
      case UInt8(ascii: "\""): _ = string()
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        position += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= 1
        position += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"): position += 1
      default: _ = word()
      }
    } while depth > 0 && position < end
    return bytes[start..<position]
  }
}
