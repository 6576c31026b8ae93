import Columns
import Model

/// All rows of a table by the hash of one column, for joins.
///
/// It gives every row with the key, and a few with another key of the same hash: SQLite compares
/// again. Kept for one query, with the columns it asked for decoded.
final class KeyIndex {
  /// The rows, those of one bucket together.
  let batch: ScanBatch
  /// The first row of each bucket, and the end.
  private let starts: [UInt32]
  private let mask: UInt64

  /// Reads the whole column; of type `bool`, `int64`, `float64`, `string` or `file`.
  init(_ table: VirtualTable, column: Int) throws(StoreError) {
    var reader = GroupReader(table, tests: [], isDescending: false)
    var groups: [OpenGroup] = []
    var hashes: [UInt64] = []
    var rows: [UInt32] = []
    var groupOfRow: [UInt32] = []
    while var group = try reader.next() {
      let vector = try table.vector(column, group.part, group.group, rows: group.rowCount)
      for row in group.selection {
        guard let hash = Self.hash(vector, Int(row)) else { continue }
        hashes.append(hash)
        rows.append(row)
        groupOfRow.append(UInt32(groups.count))
      }
      group.vectors[column] = vector
      groups.append(group)
    }
    var size = 1024
    while size < hashes.count { size *= 2 }
    let mask = UInt64(size - 1)
    var starts = [UInt32](repeating: 0, count: size + 1)
    for hash in hashes { starts[Int(hash & mask) + 1] += 1 }
    for bucket in 1...size { starts[bucket] += starts[bucket - 1] }
    var next = starts
    var order = [Int](repeating: 0, count: hashes.count)
    for (place, hash) in hashes.enumerated() {
      let bucket = Int(hash & mask)
      order[Int(next[bucket])] = place
      next[bucket] += 1
    }
    self.starts = starts
    self.mask = mask
    batch = ScanBatch(
      table, groups, rows: order.map { rows[$0] }, groupOfRow: order.map { groupOfRow[$0] })
  }

  /// Returns true when SQLite compares this key with the column as it is, by number or by bytes.
  static func canFind(_ key: RowTest.Operand) -> Bool {
    if case .other = key { false } else { true }
  }

  /// The range of the rows with a key in ``batch``; empty for null, which equals nothing.
  func range(of key: RowTest.Operand) -> Range<Int> {
    let hash: UInt64
    switch key {
    case .integer(let integer): hash = Self.hash(integer)
    case .real(let real): hash = Self.hash(real)
    case .text(let text): hash = unsafe text.withUnsafeBytes { unsafe Self.hash($0) }
    case .null, .other: return 0..<0
    }
    let bucket = Int(hash & mask)
    return Int(starts[bucket])..<Int(starts[bucket + 1])
  }

  private static func hash(_ vector: ColumnVector, _ row: Int) -> UInt64? {
    guard vector.hasValue(row) else { return nil }
    switch vector.values {
    case .none: return nil
    case .bool(let bits): return hash(Int64(bits[row] ? 1 : 0))
    case .int64(let integers): return hash(integers[row])
    case .float64(let reals, _): return hash(reals[row])
    case .text(let texts): return hash(texts, row)
    case .dictionary(let codes, let words): return hash(words, Int(codes[row]))
    }
  }

  private static func hash(_ texts: TextValues, _ index: Int) -> UInt64 {
    let range = texts.range(index)
    return unsafe texts.bytes.withUnsafeBytes {
      unsafe hash(UnsafeRawBufferPointer(rebasing: $0[range]))
    }
  }

  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = TextHash()
    unsafe hash.combine(bytes)
    return hash.value
  }

  private static func hash(_ integer: Int64) -> UInt64 {
    var hash = TextHash()
    hash.combine(UInt64(bitPattern: integer))
    return hash.value
  }

  /// A double that is an integer hashes as that integer, which it equals.
  private static func hash(_ real: Double) -> UInt64 {
    if let integer = Int64(exactly: real) { return hash(integer) }
    var hash = TextHash()
    hash.combine(real.bitPattern)
    return hash.value
  }
}
