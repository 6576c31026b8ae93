import Columns

/// Numbers 64-bit words in order of first appearance.
struct WordTable: Sendable {
  private(set) var words: [UInt64] = []
  private var slots = [UInt32](repeating: 0, count: 64)

  /// The number of `word`, a new one when it was not there.
  mutating func number(of word: UInt64) -> UInt32 {
    if words.count * 2 >= slots.count { grow() }
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: Self.hash(word)) & mask
    while slots[slot] != 0 {
      if words[Int(slots[slot]) - 1] == word { return slots[slot] - 1 }
      slot = (slot + 1) & mask
    }
    words.append(word)
    slots[slot] = UInt32(words.count)
    return UInt32(words.count - 1)
  }

  private mutating func grow() {
    slots = HashSlots.table(size: slots.count * 2, of: words.lazy.map(Self.hash))
  }

  @inline(__always)
  private static func hash(_ word: UInt64) -> UInt64 {
    var hash = TextHash()
    hash.combine(word)
    return hash.value
  }
}
