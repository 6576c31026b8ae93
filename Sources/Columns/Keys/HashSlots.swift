/// The slots of a hash table with open addressing: each has the number of an entry plus one, or 0.
package enum HashSlots {
  /// The slots of entries that are numbered from 0 on, each in the first free slot from the one
  /// that its hash names.
  /// - Parameters:
  ///   - size: A power of two, more than the number of hashes.
  ///   - hashes: The hash of each entry, by number.
  package static func table(size: Int, of hashes: some Sequence<UInt64>) -> [UInt32] {
    var slots = [UInt32](repeating: 0, count: size)
    for (number, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (size - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = UInt32(number) + 1
    }
    return slots
  }
}
