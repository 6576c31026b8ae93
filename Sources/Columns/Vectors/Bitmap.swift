/// A run of bits, least significant bit first within a byte, as Apache Arrow lays them out.
///
/// Bits past `count` in the last byte are zero, so equal bitmaps have equal bytes.
package struct Bitmap: Hashable, Sendable {
  package private(set) var bytes: [UInt8]
  package private(set) var count: Int

  /// `count` bits, each `value`.
  package init(repeating value: Bool = false, count: Int) {
    self.count = count
    bytes = [UInt8](repeating: value ? 0xFF : 0, count: (count + 7) / 8)
    if value, count % 8 != 0 { bytes[bytes.count - 1] = UInt8(1 << (count % 8)) - 1 }
  }

  /// Takes bytes as they are stored; nil when there are too few, too many, or bits past `count`.
  package init?(bytes: [UInt8], count: Int) {
    guard bytes.count == (count + 7) / 8 else { return nil }
    if count % 8 != 0, let last = bytes.last, last >> (count % 8) != 0 { return nil }
    self.bytes = bytes
    self.count = count
  }

  package subscript(index: Int) -> Bool {
    get { bytes[index >> 3] >> (index & 7) & 1 != 0 }
    set {
      if newValue {
        bytes[index >> 3] |= 1 << UInt8(index & 7)
      } else {
        bytes[index >> 3] &= ~(1 << UInt8(index & 7))
      }
    }
  }

  /// Adds one bit at the end.
  package mutating func append(_ value: Bool) {
    if count & 7 == 0 { bytes.append(0) }
    if value { bytes[count >> 3] |= 1 << UInt8(count & 7) }
    count += 1
  }

  /// The number of bits set.
  package var setCount: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// The places of the bits that are set, ascending.
  package var setPlaces: [UInt32] {
    // Written whether it counts or not: which bits are set cannot be foretold.
    var places = [UInt32](repeating: 0, count: count + 1)
    var kept = 0
    var place: UInt32 = 0
    for byte in bytes {
      for bit in UInt8(0)..<8 {
        places[kept] = place
        kept += Int(byte >> bit & 1)
        place += 1
      }
    }
    places.removeSubrange(kept...)
    return places
  }

  /// The places in `indices` of those whose bits are set, ascending.
  package func setPlaces(among indices: [UInt32]) -> [UInt32] {
    var places = [UInt32](repeating: 0, count: indices.count + 1)
    var kept = 0
    for (place, index) in indices.enumerated() {
      places[kept] = UInt32(place)
      kept += self[Int(index)] ? 1 : 0
    }
    places.removeSubrange(kept...)
    return places
  }

  /// Each bit as a number, 0 or 1.
  package var numbers: [Int64] {
    var numbers: [Int64] = []
    numbers.reserveCapacity(bytes.count * 8)
    for byte in bytes {
      numbers.append(Int64(byte & 1))
      numbers.append(Int64(byte >> 1 & 1))
      numbers.append(Int64(byte >> 2 & 1))
      numbers.append(Int64(byte >> 3 & 1))
      numbers.append(Int64(byte >> 4 & 1))
      numbers.append(Int64(byte >> 5 & 1))
      numbers.append(Int64(byte >> 6 & 1))
      numbers.append(Int64(byte >> 7))
    }
    numbers.removeSubrange(count...)
    return numbers
  }
}
