/// Row numbers by 64-bit hash, without the keys: a hint of which rows belong together.
///
/// Who uses it compares the values afterwards, so two keys of one hash cost space and never truth.
package struct RowHashTable: Sendable {
  private var rows: [UInt32]
  private var hashes: [UInt64]

  /// A table of rows 0, 1, 2… with these hashes; of equal hashes the last one stays.
  package init(_ rowHashes: [UInt64]) {
    var size = 16
    while size < rowHashes.count * 2 { size *= 2 }
    rows = [UInt32](repeating: 0, count: size)
    hashes = [UInt64](repeating: 0, count: size)
    for (row, hash) in rowHashes.enumerated() {
      let slot = slot(of: hash)
      rows[slot] = UInt32(row) + 1
      hashes[slot] = hash
    }
  }

  /// The row with that hash.
  @inline(__always)
  package func find(_ hash: UInt64) -> Int? {
    let row = rows[slot(of: hash)]
    return row == 0 ? nil : Int(row) - 1
  }

  @inline(__always)
  private func slot(of hash: UInt64) -> Int {
    let mask = rows.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while rows[slot] != 0, hashes[slot] != hash { slot = (slot + 1) & mask }
    return slot
  }
}
