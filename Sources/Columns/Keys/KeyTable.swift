import Foundation
import Model

/// Row numbers by key: a hash table that compares the bytes of identities.
package struct KeyTable: Sendable {
  private var slots: [UInt32]
  private var keys = TextValues()
  private var hashes: [UInt64] = []

  /// A table with room for `capacity` keys before it grows.
  package init(capacity: Int = 1024) {
    var size = 2048
    while size < capacity * 2 { size *= 2 }
    slots = [UInt32](repeating: 0, count: size)
  }

  /// The number of keys added.
  package var count: Int { hashes.count }

  /// Adds every key under the next numbers; returns the first row whose key was there already, and
  /// the number it was added under.
  package mutating func insert(
    _ added: KeyIdentities, hashes addedHashes: [UInt64]
  ) -> (row: Int, earlier: Int)? {
    for row in 0..<added.count {
      if hashes.count * 2 >= slots.count { grow() }
      let slot = slot(of: added, row, addedHashes[row])
      guard slots[slot] == 0 else { return (row, Int(slots[slot]) - 1) }
      keys.append(added.texts.bytes[added.texts.range(row)])
      hashes.append(addedHashes[row])
      slots[slot] = UInt32(hashes.count)
    }
    return nil
  }

  /// The number under which the key of `row` was added.
  package func find(_ wanted: KeyIdentities, _ row: Int, hash: UInt64) -> Int? {
    let entry = slots[slot(of: wanted, row, hash)]
    return entry == 0 ? nil : Int(entry) - 1
  }

  private func slot(of wanted: KeyIdentities, _ row: Int, _ hash: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if hashes[number] == hash, isEqual(number, wanted, row) { return slot }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private func isEqual(_ number: Int, _ wanted: KeyIdentities, _ row: Int) -> Bool {
    let range = keys.range(number)
    let other = wanted.texts.range(row)
    guard range.count == other.count else { return false }
    return unsafe keys.bytes.withUnsafeBytes { left in
      unsafe wanted.texts.bytes.withUnsafeBytes { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return true }
        // Both ranges lie within their bytes: they were made while appending.
        return unsafe memcmp(left + range.lowerBound, right + other.lowerBound, range.count) == 0
      }
    }
  }

  private mutating func grow() {
    slots = HashSlots.table(size: slots.count * 2, of: hashes)
  }
}
