import Model

/// Little-endian integers and varints (LEB128) appended to bytes.
extension [UInt8] {
  /// Appends the bytes of `value`, lowest first.
  package mutating func append(littleEndian value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  /// Appends seven bits a byte, lowest first, the top bit set on all but the last.
  package mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }
}

/// A reader of appended values that checks every bound: stored bytes are never trusted.
struct ByteReader {
  let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func byte() throws(StoreError) -> UInt8 {
    guard position < bytes.count else { throw Self.truncated }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func word() throws(StoreError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 8) { value |= UInt64(try byte()) << shift }
    return value
  }

  mutating func varint() throws(StoreError) -> Int {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      let next = try byte()
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 {
        guard value <= UInt64(Int32.max) else { break }
        return Int(value)
      }
    }
    throw StoreError(.corrupt, "stored data is damaged (a number out of range)")
  }

  /// Moves past `count` bytes and says where they are.
  mutating func skip(_ count: Int) throws(StoreError) -> Range<Int> {
    guard count >= 0, count <= bytes.count - position else { throw Self.truncated }
    defer { position += count }
    return position..<position + count
  }

  mutating func bitmap(_ count: Int) throws(StoreError) -> Bitmap {
    guard let bitmap = Bitmap(bytes: Array(bytes[try skip((count + 7) / 8)]), count: count) else {
      throw StoreError(.corrupt, "stored data is damaged (stray bits in a bitmap)")
    }
    return bitmap
  }

  private static var truncated: StoreError {
    StoreError(.corrupt, "stored data is damaged (it ends too early)")
  }
}
