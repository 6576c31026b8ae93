/// A 64-bit hash of bytes for tables in memory and for row group boundaries.
///
/// Boundaries are part of the format (docs/format.md, "Row groups"), so this function is set in
/// stone: eight bytes at a time, little-endian, the last ones padded with zeros, each folded in by
/// the high and low half of a 128-bit product. It is no defence against made-up collisions; a
/// caller who needs equality compares the bytes.
package struct TextHash {
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// A hash of nothing yet.
  package init() {}

  /// Folds one word in.
  @inline(__always)
  package mutating func combine(_ word: UInt64) {
    let product = (state ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    state = product.high ^ product.low ^ 0xE703_7ED1_A0B4_28DB
  }

  /// Folds bytes and then their count in.
  @inline(__always)
  package mutating func combine(_ bytes: UnsafeRawBufferPointer) {
    let count = bytes.count
    var offset = 0
    while offset + 8 <= count {
      // In bounds: offset + 8 <= count.
      unsafe combine(
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      offset += 8
    }
    if offset < count {
      var word: UInt64 = 0
      var shift: UInt64 = 0
      while offset < count {
        unsafe word |= UInt64(bytes[offset]) << shift
        shift += 8
        offset += 1
      }
      combine(word)
    }
    combine(UInt64(count))
  }

  /// The hash of everything folded in.
  package var value: UInt64 { state }
}
