import Columns
import Model

/// Reads the encodings that keep differences
/// (https://github.com/apache/parquet-format/blob/master/Encodings.md, DELTA_BINARY_PACKED,
/// DELTA_LENGTH_BYTE_ARRAY and DELTA_BYTE_ARRAY), a whole page at a time.
struct ParquetDelta {
  /// The most values of a page: differences of no bits take no bytes.
  private static let valueLimit = 1 << 24
  /// The most values of a block.
  private static let blockLimit = 1 << 16
  /// The most bytes of the texts of a page, whose prefixes are written once.
  private static let textLimit = 256 << 20

  private let bytes: [UInt8]
  private var position: Int
  private let end: Int

  /// A reader of `bytes[range]`.
  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// The next run of integers, at most `most`; sums wrap, as the format says.
  mutating func integers(most: Int) throws(StoreError) -> [Int64] {
    let block = try varint()
    let minis = try varint()
    let total = try varint()
    guard block > 0, minis > 0, minis <= block, block % minis == 0, (block / minis) % 8 == 0,
      total <= UInt64(max(0, most))
    else { throw Self.damage }
    guard block <= UInt64(Self.blockLimit) else {
      throw ParquetFault.unsupported("differences in blocks of more than \(Self.blockLimit)")
    }
    guard total <= UInt64(Self.valueLimit) else {
      throw ParquetFault.beyond(
        "a page of more than \(Self.valueLimit) differences", ParquetFault.smallerPages)
    }
    let count = Int(total)
    let perMini = Int(block / minis)
    var value = try zigzag()
    var values: [Int64] = []
    guard count > 0 else { return [] }
    values.reserveCapacity(count)
    values.append(value)
    while values.count < count {
      let least = try zigzag()
      guard UInt64(end - position) >= minis else { throw Self.damage }
      let widths = Array(bytes[position..<position + Int(minis)])
      position += Int(minis)
      for width in widths {
        guard values.count < count else { break }
        try readMini(
          Int(width), of: perMini, least: least, from: &value, until: count, to: &values)
      }
    }
    return values
  }

  private mutating func readMini(
    _ width: Int, of size: Int, least: Int64, from value: inout Int64, until count: Int,
    to values: inout [Int64]
  ) throws(StoreError) {
    let byteCount = size / 8 * width
    guard width <= 64 else { throw Self.damage }
    let needed = min(size, count - values.count)
    // The last block may be cut short where its values are not needed.
    guard (needed * width + 7) / 8 <= end - position else { throw Self.damage }
    if width == 0 {
      for _ in 0..<needed {
        value &+= least
        values.append(value)
      }
      return
    }
    var bit = position * 8
    for _ in 0..<needed {
      value = value &+ least &+ Int64(bitPattern: word(at: bit, width: width))
      values.append(value)
      bit += width
    }
    position = min(end, position + byteCount)
  }

  /// The `width` bits at `bit`; what lies after the bytes is zero.
  private func word(at bit: Int, width: Int) -> UInt64 {
    let first = bit >> 3
    let shift = UInt64(bit & 7)
    var low: UInt64 = 0
    if first + 8 <= bytes.count {
      unsafe bytes.withUnsafeBytes {
        unsafe low = $0.loadUnaligned(fromByteOffset: first, as: UInt64.self)
      }
    } else {
      for index in first..<bytes.count {
        low |= UInt64(bytes[index]) << UInt64((index - first) * 8)
      }
    }
    var word = low >> shift
    if width + Int(shift) > 64, first + 8 < bytes.count {
      word |= UInt64(bytes[first + 8]) << (64 - shift)
    }
    return width == 64 ? word : word & (1 << UInt64(width) - 1)
  }

  /// Texts after their lengths.
  mutating func texts(most: Int) throws(StoreError) -> TextValues {
    let lengths = try integers(most: most)
    var offsets: [UInt32] = [0]
    offsets.reserveCapacity(lengths.count + 1)
    var total = 0
    for length in lengths {
      guard length >= 0, length <= Int64(end - position - total) else { throw Self.damage }
      total += Int(length)
      offsets.append(UInt32(truncatingIfNeeded: total))
    }
    defer { position += total }
    return TextValues(offsets: offsets, bytes: Array(bytes[position..<position + total]))
  }

  /// Texts that begin as the one before does.
  mutating func prefixedTexts(most: Int) throws(StoreError) -> TextValues {
    let prefixes = try integers(most: most)
    let suffixes = try texts(most: most)
    guard prefixes.count == suffixes.count else { throw Self.damage }
    var texts = TextValues()
    texts.offsets.reserveCapacity(prefixes.count + 1)
    var last = 0
    for (index, prefix) in prefixes.enumerated() {
      guard prefix >= 0, prefix <= Int64(texts.bytes.count - last) else { throw Self.damage }
      let start = texts.bytes.count
      guard start + Int(prefix) <= Self.textLimit else {
        throw ParquetFault.beyond(
          "a page of more than \(Self.textLimit >> 20) MiB of text", ParquetFault.smallerPages)
      }
      // A copy first: to append a part of an array to itself copies all of it.
      let head = Array(texts.bytes[last..<last + Int(prefix)])
      texts.bytes.append(contentsOf: head)
      texts.append(suffixes.bytes[suffixes.range(index)])
      last = start
    }
    return texts
  }

  private mutating func varint() throws(StoreError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard position < end else { throw Self.damage }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw Self.damage
  }

  private mutating func zigzag() throws(StoreError) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  private static var damage: StoreError { ParquetFault.damaged("the differences of a page") }
}
