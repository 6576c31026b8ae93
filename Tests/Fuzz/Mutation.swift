import TestSupport

/// Makes a damaged file of good ones, as a seed says.
struct Mutation {
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// One of `samples` with a few changes, some of which take bytes from another.
  mutating func damaged(_ samples: [[UInt8]]) -> [UInt8] {
    var bytes = pick(samples)
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      change(&bytes, pick(samples))
    }
    return bytes
  }

  private mutating func pick<Element>(_ items: [Element]) -> Element {
    items[Int.random(in: 0..<items.count, using: &random)]
  }

  private mutating func range(in bytes: [UInt8], most: Int = 64) -> Range<Int> {
    let start = Int.random(in: 0...bytes.count, using: &random)
    return start..<min(bytes.count, start + Int.random(in: 0...most, using: &random))
  }

  private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = other
      return
    }
    let place = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<10, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 2: bytes[place] = pick([0x00, 0x01, 0x7F, 0x80, 0xFF, 0x22, 0x7B, 0x5B, 0x2C, 0x0A, 0x5C])
    case 3:
      // Lengths and offsets are mostly little-endian words.
      let word: UInt64 = pick([0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 40, 1 << 63, .max])
      for index in 0..<min(pick([2, 4, 8]), bytes.count - place) {
        bytes[place + index] = UInt8(truncatingIfNeeded: word >> UInt64(8 * index))
      }
    case 4: bytes.removeSubrange(range(in: bytes))
    case 5: bytes.insert(contentsOf: bytes[range(in: bytes)], at: place)
    case 6: bytes.insert(contentsOf: other[range(in: other)], at: place)
    case 7: bytes.removeLast(bytes.count - place)
    case 8:
      let source = range(in: other)
      for (index, byte) in other[source].enumerated() where place + index < bytes.count {
        bytes[place + index] = byte
      }
    default:
      let run = range(in: bytes)
      for index in run { bytes[index] = UInt8.random(in: 0...255, using: &random) }
    }
  }
}
