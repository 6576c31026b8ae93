package import Columns
package import Model
import Platform

/// The changes between two snapshots: columns, and rows by key (or as multisets of whole rows when
/// the snapshots have no key in common).
package struct VersionDiff: Sendable {
  /// The place of a row: its row group and its number in it.
  package struct Place: Hashable, Sendable {
    package let group: Int32
    package let row: Int32
  }

  /// A row of the same key in both, with other values.
  package struct Change: Sendable {
    package let old: Place
    package let new: Place
    /// Positions in ``VersionDiff/columns`` of the cells that differ, ascending; of the key those
    /// that are spelled otherwise, such as 1 and 1.0.
    package var columns: [Int]
  }

  package let old: Snapshot
  package let new: Snapshot
  /// The new snapshot's columns, then those that only the old one has.
  package let columns: [ColumnDefinition]
  /// The key rows were matched by; empty for multisets.
  package let key: [String]
  package let addedColumns: [ColumnDefinition]
  package let removedColumns: [ColumnDefinition]
  /// Columns of both whose type differs: name, old type, new type.
  package let retypedColumns: [(name: String, old: ColumnType, new: ColumnType)]
  /// In the new snapshot's row order.
  package let added: [Place]
  /// In the old snapshot's row order.
  package let removed: [Place]
  /// In the new snapshot's row order.
  package let changed: [Change]

  /// The rows at `places` of a snapshot with all of ``columns``, null where it lacks one.
  /// - Throws: ``StoreError`` of kind `corrupt` when stored bytes are damaged or missing.
  package func rows(_ places: [Place], of snapshot: Snapshot) throws(StoreError) -> RowBatch {
    let all = Array(places.indices)
    return try cells(places, of: snapshot, at: columns.map { _ in all })
  }

  /// The rows that `changes` are about as they were, or as they are: the cells of the key and those
  /// that differ; the others are null.
  /// - Throws: ``StoreError`` of kind `corrupt` when stored bytes are damaged or missing.
  package func cells(_ changes: [Change], isNew: Bool) throws(StoreError) -> RowBatch {
    var rows: [[Int]] = columns.map { key.hasText($0.name) ? Array(changes.indices) : [] }
    for (row, change) in changes.enumerated() {
      for column in change.columns where !key.hasText(columns[column].name) {
        rows[column].append(row)
      }
    }
    return try cells(changes.map { isNew ? $0.new : $0.old }, of: isNew ? new : old, at: rows)
  }

  /// For each column the cells of the rows at some of `places`; the others are null.
  private func cells(
    _ places: [Place], of snapshot: Snapshot, at rows: [[Int]]
  ) throws(StoreError) -> RowBatch {
    let definitions = columns.map { column in
      snapshot.schema.index(of: column.name).map { snapshot.schema.columns[$0] } ?? column
    }
    let vectors = try parallelMap(count: columns.count, state: ChunkDecoder.init) {
      (decoder: inout ChunkDecoder, index) throws(StoreError) in
      let (name, type) = (definitions[index].name, definitions[index].type)
      let wanted = rows[index]
      guard snapshot.schema.index(of: name) != nil, !wanted.isEmpty else {
        return ColumnVector.nulls(type, count: places.count)
      }
      let values = try snapshot.values(name, at: wanted.map { places[$0] }, decoder)
      guard wanted.count < places.count else { return values }
      var runs = places.map { _ in RowRun(source: 1, start: 0, count: 1) }
      for (position, row) in wanted.enumerated() {
        runs[row] = RowRun(source: 0, start: Int32(position), count: 1)
      }
      return ColumnVector.gather(runs, from: [values, .nulls(type, count: 1)], type: type)
    }
    return RowBatch(columns: definitions, vectors: vectors, count: places.count)
  }
}
