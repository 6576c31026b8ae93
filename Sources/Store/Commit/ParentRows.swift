import Columns
import Model
import Platform
import Synchronization

/// The rows of the version before, found by identity: the hints by which deltas are made.
///
/// A row is identified by its key or, without one, by all its values. Hints may be wrong (hashes
/// are not compared further): every copied value is compared.
final class ParentRows: Sendable {
  let snapshot: Snapshot
  let groups: [RowGroupManifest]
  private let table: RowHashTable
  /// The first row of each group.
  private let starts: [Int]

  /// Nil when the parent has none of the identifying columns.
  init?(_ snapshot: Snapshot, key: [String]) throws(StoreError) {
    let names = key.isEmpty ? snapshot.schema.columns.map(\.name) : key
    var positions: [Int] = []
    for name in names {
      guard let position = snapshot.schema.index(of: name) else { return nil }
      positions.append(position)
    }
    let columns = positions
    let parts = try parallelMap(
      count: snapshot.manifest.groups.count, state: ChunkDecoder.init
    ) { (decoder: inout ChunkDecoder, index) throws(StoreError) in
      let group = try snapshot.group(index, decoder)
      var vectors: [ColumnVector] = []
      for column in columns {
        vectors.append(try snapshot.vector(column: column, of: group, decoder))
      }
      let hashes =
        key.isEmpty
        ? RowKeys(contentOf: vectors, count: group.rows).hashes
        : KeyIdentities(columns: vectors, count: group.rows).hashes
      return (group: group, hashes: hashes)
    }
    self.snapshot = snapshot
    groups = parts.map(\.group)
    table = RowHashTable(parts.flatMap(\.hashes))
    var starts: [Int] = []
    var row = 0
    for group in groups {
      starts.append(row)
      row += group.rows
    }
    self.starts = starts
  }

  /// The parent group that most rows of a new group continue, and for each row its row in it, or
  /// -1.
  ///
  /// Nil when fewer than half of the rows are known: then a delta is not worth storing.
  func align(hashes: [UInt64]) -> (group: Int, baseRows: [Int32])? {
    let found = hashes.map { table.find($0) ?? -1 }
    var counts = [Int](repeating: 0, count: groups.count)
    let groupOfRow = found.map { row -> Int in
      guard row >= 0 else { return -1 }
      let group = starts.pieceIndex(at: row)
      counts[group] += 1
      return group
    }
    guard let best = counts.indices.max(by: { counts[$0] < counts[$1] }),
      counts[best] * 2 >= hashes.count
    else { return nil }
    let baseRows = zip(found, groupOfRow).map { row, group in
      group == best ? Int32(row - starts[best]) : -1
    }
    return (best, baseRows)
  }
}
