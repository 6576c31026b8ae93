import Columns

/// Writes small integers as one bit-packed run of the RLE and bit-packing hybrid
/// (https://github.com/apache/parquet-format/blob/master/Encodings.md, RLE).
///
/// Runs of equal values are left to the page's compression, which finds them as well.
enum ParquetBitPacker {
  /// The number of bits that hold every value up to `most`; at least 1, for readers that reject 0.
  static func width(most: Int) -> Int { max(1, Int.bitWidth - most.leadingZeroBitCount) }

  /// Appends `values`, each less than 2 to the power of `width` (at most 32).
  static func append(_ values: ArraySlice<UInt32>, width: Int, to bytes: inout [UInt8]) {
    let groups = (values.count + 7) / 8
    bytes.append(varint: UInt64(groups) << 1 | 1)
    bytes.reserveCapacity(bytes.count + groups * width)
    var pending: UInt64 = 0
    var bits = 0
    for value in values {
      pending |= UInt64(value) << UInt64(bits)
      bits += width
      while bits >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        bits -= 8
      }
    }
    for _ in values.count..<groups * 8 {
      bits += width
      while bits >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        bits -= 8
      }
    }
  }

  /// Appends `levels` of at most `most`, with their length before them.
  static func appendLevels(_ levels: ArraySlice<UInt32>, most: Int, to bytes: inout [UInt8]) {
    var packed: [UInt8] = []
    append(levels, width: width(most: most), to: &packed)
    bytes.append(littleEndian: UInt32(packed.count))
    bytes.append(contentsOf: packed)
  }

  /// Appends `present` as levels of one bit, with their length before them: 1 for a value, 0 for
  /// null.
  static func appendLevels(_ present: ArraySlice<Bool>, to bytes: inout [UInt8]) {
    var levels: [UInt8] = []
    if present.allSatisfy({ $0 }) {
      levels.append(varint: UInt64(present.count) << 1)
      levels.append(1)
    } else {
      levels.append(varint: UInt64((present.count + 7) / 8) << 1 | 1)
      var byte: UInt8 = 0
      var index: UInt8 = 0
      for value in present {
        if value { byte |= 1 << index }
        index += 1
        if index == 8 {
          levels.append(byte)
          (byte, index) = (0, 0)
        }
      }
      if index != 0 { levels.append(byte) }
    }
    bytes.append(littleEndian: UInt32(levels.count))
    bytes.append(contentsOf: levels)
  }
}
