/// Unsigned integers in as few bytes as they need: seven bits per byte, the lowest first, the high
/// bit set on all but the last (https://protobuf.dev/programming-guides/encoding/#varints).
package enum Varint {
  /// Appends `value`.
  package static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Reads a value and moves `position` behind it; nil when it is cut off, does not fit or is
  /// longer than necessary, since a value must have only one form.
  package static func read(_ bytes: [UInt8], at position: inout Int) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      let bits = UInt64(byte & 0x7F)
      guard shift < 63 || (shift == 63 && bits <= 1) else { return nil }
      value |= bits << shift
      if byte & 0x80 == 0 { return byte == 0 && shift > 0 ? nil : value }
      shift += 7
    }
    return nil
  }
}
