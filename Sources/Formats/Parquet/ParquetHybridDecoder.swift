import Model

/// Reads small integers as runs of equal ones and runs of packed bits
/// (https://github.com/apache/parquet-format/blob/master/Encodings.md, RLE),
/// as many as are asked for: a run may claim more than there is memory for.
struct ParquetHybridDecoder: Sendable {
  private let bytes: [UInt8]
  private var position: Int
  private let end: Int
  private let width: Int
  /// The rest of a run of equal values.
  private var repeats = 0
  private var value: UInt32 = 0
  /// The rest of a run of packed values, and the bit at which it goes on.
  private var packed = 0
  private var bit = 0

  /// A decoder of `bytes[range]`, `width` bits a value.
  init(_ bytes: [UInt8], _ range: Range<Int>, width: Int) throws(StoreError) {
    guard (0...32).contains(width) else { throw Self.damage }
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
    self.width = width
  }

  /// Appends the next `count` values.
  mutating func read(_ count: Int, appendingTo values: inout [UInt32]) throws(StoreError) {
    if width == 0 {
      values.append(contentsOf: repeatElement(0, count: count))
      return
    }
    var left = count
    while left > 0 {
      if repeats > 0 {
        let taken = min(left, repeats)
        values.append(contentsOf: repeatElement(value, count: taken))
        repeats -= taken
        left -= taken
      } else if packed > 0 {
        let taken = min(left, packed)
        unpack(taken, appendingTo: &values)
        packed -= taken
        left -= taken
        if packed == 0 { position = (bit + 7) / 8 }
      } else {
        try readHead()
      }
    }
  }

  private mutating func readHead() throws(StoreError) {
    var head: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard position < end, shift < 35 else { throw Self.damage }
      let byte = bytes[position]
      position += 1
      head |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { break }
      shift += 7
    }
    let count = Int(head >> 1)
    guard count > 0 else { throw Self.damage }
    if head & 1 == 0 {
      let size = (width + 7) / 8
      guard end - position >= size else { throw Self.damage }
      value = (0..<size).reduce(0) { $0 | UInt32(bytes[position + $1]) << UInt32($1 * 8) }
      guard width == 32 || value >> UInt32(width) == 0 else { throw Self.damage }
      position += size
      repeats = count
    } else {
      // The last group may be cut short where its values are not needed.
      packed = min(count * 8, (end - position) * 8 / width)
      guard packed > 0 else { throw Self.damage }
      bit = position * 8
    }
  }

  private mutating func unpack(_ count: Int, appendingTo values: inout [UInt32]) {
    let mask = UInt64(1) << UInt64(width) &- 1
    let (width, start, last) = (width, bit, bytes.count)
    unsafe bytes.withUnsafeBytes { source in
      var bit = start
      for _ in 0..<count {
        let byte = bit >> 3
        var word: UInt64 = 0
        if byte + 8 <= last {
          unsafe word = source.loadUnaligned(fromByteOffset: byte, as: UInt64.self)
        } else {
          for index in byte..<last {
            unsafe word |= UInt64(source[index]) << UInt64((index - byte) * 8)
          }
        }
        values.append(UInt32(truncatingIfNeeded: word >> UInt64(bit & 7) & mask))
        bit += width
      }
    }
    bit += count * width
  }

  private static var damage: StoreError { ParquetFault.damaged("a run of a page") }
}
