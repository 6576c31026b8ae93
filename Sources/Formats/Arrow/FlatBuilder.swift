import Columns

/// Builds a FlatBuffer from its front: what a table points to is added after it, and the table's
/// place for it filled in then (https://flatbuffers.dev/internals/).
struct FlatBuilder {
  /// A field of a table to be built.
  enum Field {
    /// Left out, so that it has its default.
    case absent
    case byte(UInt8)
    case int16(Int16)
    case int32(Int32)
    case int64(Int64)
    /// Points to something that is added later.
    case reference

    var size: Int {
      switch self {
      case .absent: 0
      case .byte: 1
      case .int16: 2
      case .int32, .reference: 4
      case .int64: 8
      }
    }
  }

  private(set) var bytes: [UInt8] = [0, 0, 0, 0]

  /// Adds a table and fills in the place that points to it (0 for the root); the places of its
  /// own references come back in the order of `fields`.
  mutating func table(_ fields: [Field], for place: Int) -> [Int] {
    var offsets: [Int] = []
    var end = 4
    for field in fields {
      guard field.size > 0 else {
        offsets.append(0)
        continue
      }
      end = (end + field.size - 1) / field.size * field.size
      offsets.append(end)
      end += field.size
    }
    align(2)
    let vtable = bytes.count
    bytes.append(littleEndian: UInt16(4 + 2 * fields.count))
    bytes.append(littleEndian: UInt16(end))
    for offset in offsets { bytes.append(littleEndian: UInt16(offset)) }
    align(8)
    let start = bytes.count
    point(place, to: start)
    bytes.append(littleEndian: Int32(start - vtable))
    var places: [Int] = []
    for (field, offset) in zip(fields, offsets) where field.size > 0 {
      pad(to: start + offset)
      switch field {
      case .absent: break
      case .byte(let value): bytes.append(value)
      case .int16(let value): bytes.append(littleEndian: value)
      case .int32(let value): bytes.append(littleEndian: value)
      case .int64(let value): bytes.append(littleEndian: value)
      case .reference:
        places.append(bytes.count)
        bytes.append(littleEndian: UInt32(0))
      }
    }
    return places
  }

  /// Adds a text for the reference at `place`.
  mutating func text(_ text: String, for place: Int) {
    align(4)
    point(place, to: bytes.count)
    bytes.append(littleEndian: UInt32(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
    bytes.append(0)
  }

  /// Adds a list of `count` references and gives their places.
  mutating func references(_ count: Int, for place: Int) -> [Int] {
    align(4)
    point(place, to: bytes.count)
    bytes.append(littleEndian: UInt32(count))
    return (0..<count).map { _ in
      bytes.append(littleEndian: UInt32(0))
      return bytes.count - 4
    }
  }

  /// Adds a list of structures of `wordsEach` 64-bit words.
  mutating func words(_ words: [Int64], wordsEach: Int, for place: Int) {
    while bytes.count % 8 != 4 { bytes.append(0) }
    point(place, to: bytes.count)
    bytes.append(littleEndian: UInt32(words.count / wordsEach))
    for word in words { bytes.append(littleEndian: word) }
  }

  /// Adds zeros up to a multiple of `size`.
  mutating func align(_ size: Int) { pad(to: (bytes.count + size - 1) / size * size) }

  private mutating func pad(to end: Int) {
    while bytes.count < end { bytes.append(0) }
  }

  private mutating func point(_ place: Int, to target: Int) {
    let distance = UInt32(target - place)
    for index in 0..<4 {
      bytes[place + index] = UInt8(truncatingIfNeeded: distance >> UInt32(index * 8))
    }
  }
}
