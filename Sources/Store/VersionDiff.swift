package import Columns
package import Model

/// What changed between two snapshots: columns, and rows by key (or as multisets of whole rows when
/// the snapshots have no key in common).
package struct VersionDiff: Sendable {
  /// Where a row is: its row group and its place in it.
  package struct Place: Hashable, Sendable {
    package let group: Int32
    package let row: Int32
  }

  /// A row of the same key in both, with other values.
  package struct Change: Sendable {
    package let old: Place
    package let new: Place
    /// Positions in ``VersionDiff/columns`` of the cells that differ, ascending.
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

  /// Whether nothing changed at all.
  package var isEmpty: Bool {
    added.isEmpty && removed.isEmpty && changed.isEmpty && addedColumns.isEmpty
      && removedColumns.isEmpty && retypedColumns.isEmpty
  }

  /// The rows at `places` of a snapshot with all of ``columns``, null where it lacks one.
  /// - Throws: ``StoreError`` of kind `corrupt` when stored bytes are damaged or missing.
  package func rows(_ places: [Place], of snapshot: Snapshot) throws(StoreError) -> RowBatch {
    let groups = Array(Set(places.map(\.group))).sorted()
    var sourceOfGroup: [Int32: Int32] = [:]
    for (source, group) in groups.enumerated() { sourceOfGroup[group] = Int32(source) }
    let runs = places.compactMap { place in
      sourceOfGroup[place.group].map { RowRun(source: $0, start: place.row, count: 1) }
    }.joined()
    let decoder = try ChunkDecoder()
    var manifests: [RowGroupManifest] = []
    for group in groups { manifests.append(try snapshot.group(Int(group), decoder)) }
    let loaded = manifests
    let definitions = columns.map { column in
      snapshot.schema.index(of: column.name).map { snapshot.schema.columns[$0] } ?? column
    }
    let vectors = try parallelMap(count: columns.count, state: ChunkDecoder.init) {
      (decoder: inout ChunkDecoder, index) throws(StoreError) in
      let definition = definitions[index]
      guard let position = snapshot.schema.index(of: definition.name) else {
        return ColumnVector.nulls(definition.type, count: places.count)
      }
      var sources: [ColumnVector] = []
      for group in loaded {
        sources.append(try snapshot.vector(column: position, of: group, decoder))
      }
      return ColumnVector.gather(runs, from: sources, type: definition.type)
    }
    return RowBatch(columns: definitions, vectors: vectors, count: places.count)
  }
}
