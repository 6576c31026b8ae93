import Columns
import Model
import Platform
import Store

/// Versions of a dataset as one table.
enum StoreTable {
  /// The table of `versions`, which ascend.
  ///
  /// Their manifests are read, their row groups are not.
  static func table(
    of versions: [Version], in store: Store, isMultiVersion: Bool
  ) throws(StoreError) -> QueryTable {
    let snapshots = try parallelMap(count: versions.count) { index throws(StoreError) in
      try store.snapshot(versions[index])
    }
    return table(of: snapshots, isMultiVersion: isMultiVersion)
  }

  /// The table of snapshots, whose versions ascend.
  static func table(of snapshots: [Snapshot], isMultiVersion: Bool) -> QueryTable {
    let columns = union(snapshots)
    // Neighbours mostly share their schema.
    var schema: Schema?
    var positions: [Int?] = []
    var parts: [any QueryPart] = []
    parts.reserveCapacity(snapshots.count)
    for snapshot in snapshots {
      if snapshot.schema != schema {
        let indices = Dictionary(
          uniqueKeysWithValues: snapshot.schema.columns.enumerated().map {
            (DataText($1.name), $0)
          })
        positions = columns.map { indices[$0.name] }
        schema = snapshot.schema
      }
      parts.append(VersionPart(snapshot, columns: columns, positions: positions))
    }
    return QueryTable(columns: columns, isMultiVersion: isMultiVersion, parts: parts)
  }

  /// The columns of all snapshots; those that differ in type are `json`, and so are vectors: to SQL
  /// they are lists.
  private static func union(_ snapshots: [Snapshot]) -> [ColumnDefinition] {
    var columns: [ColumnDefinition] = []
    var indices: [DataText: Int] = [:]
    var schema: Schema?
    for snapshot in snapshots where snapshot.schema != schema {
      schema = snapshot.schema
      for column in snapshot.schema.columns {
        guard let index = indices[column.name] else {
          indices[column.name] = columns.count
          columns.append(
            column.type.vectorForm == nil
              ? column : ColumnDefinition(name: column.name, type: .json))
          continue
        }
        if columns[index].type != column.type {
          columns[index] = ColumnDefinition(name: column.name, type: .json)
        }
      }
    }
    return columns
  }
}

/// One version within a table.
private struct VersionPart: QueryPart {
  private let snapshot: Snapshot
  private let columns: [ColumnDefinition]
  /// The position of each of the table's columns in this version; nil for one that it lacks.
  private let positions: [Int?]

  init(_ snapshot: Snapshot, columns: [ColumnDefinition], positions: [Int?]) {
    self.snapshot = snapshot
    self.columns = columns
    self.positions = positions
  }

  var version: Int { snapshot.version.number }
  var createdAt: Timestamp { snapshot.version.record.createdAt }
  var message: String { snapshot.version.record.message }
  var rowCount: Int { snapshot.rows }
  var content: Digest? { snapshot.digest }

  func groupRowCounts() -> [Int] { snapshot.manifest.groups.map(\.rows) }

  func vector(column: Int, group: Int) throws(StoreError) -> ColumnVector {
    guard let position = positions[column] else {
      return .nulls(columns[column].type, count: snapshot.manifest.groups[group].rows)
    }
    let decoder = try ChunkDecoder()
    let vector = try snapshot.vector(
      column: position, of: try snapshot.group(group, decoder), decoder)
    return vector.spelledVectors
  }

  func statistics(column: Int, group: Int) throws(StoreError) -> GroupStatistics? {
    guard let position = positions[column] else { return nil }
    let manifest = try snapshot.group(group, try ChunkDecoder())
    guard let known = try snapshot.statistics(column: position, of: manifest) else { return nil }
    return GroupStatistics(known, type: snapshot.schema.columns[position].type)
  }

  func chunkDigests(columns: [Int], group: Int) throws(StoreError) -> [Digest]? {
    let manifest = try snapshot.group(group, try ChunkDecoder())
    return columns.map { column in
      positions[column].flatMap { manifest.chunks[$0] } ?? Digest(zero: ())
    }
  }
}
