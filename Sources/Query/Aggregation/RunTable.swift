import Columns

/// Numbers texts, or tuples of numbers, in order of first appearance.
///
/// Entries are runs of one array, so that an entry costs no allocation of its own.
struct RunTable<Element: BitwiseCopyable & Equatable & Sendable>: Sendable {
  private(set) var elements: [Element] = []
  private var ends: [Int] = []
  private var hashes: [UInt64] = []
  private var slots = [UInt32](repeating: 0, count: 64)

  /// The number of entries.
  var count: Int { ends.count }

  /// The range of entry `number` in ``elements``.
  func range(_ number: Int) -> Range<Int> {
    (number == 0 ? 0 : ends[number - 1])..<ends[number]
  }

  /// The number of an entry, a new one when it was not there.
  mutating func number(of entry: ArraySlice<Element>) -> UInt32 {
    if ends.count * 2 >= slots.count { grow() }
    let hash = unsafe entry.withUnsafeBytes { bytes in
      var hash = TextHash()
      unsafe hash.combine(bytes)
      return hash.value
    }
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if hashes[number] == hash, elements[range(number)] == entry { return UInt32(number) }
      slot = (slot + 1) & mask
    }
    elements += entry
    ends.append(elements.count)
    hashes.append(hash)
    slots[slot] = UInt32(ends.count)
    return UInt32(ends.count - 1)
  }

  private mutating func grow() {
    slots = HashSlots.table(size: slots.count * 2, of: hashes)
  }

  /// About how many bytes the table takes.
  var memoryBytes: Int {
    elements.count * MemoryLayout<Element>.stride + ends.count * 16 + slots.count * 4
  }
}
