package import Columns
package import Model
import Platform

/// The content of one version, ready to be read; immutable, any thread may use it.
///
/// Only manifests are loaded; chunks are read on demand.
package struct Snapshot: Sendable {
  package let digest: Digest
  package let manifest: SnapshotManifest
  /// The version whose content this is.
  package let version: Version
  let chunks: ChunkStore

  /// The columns and the key.
  package var schema: Schema { manifest.schema }
  /// The number of rows.
  package var rows: Int { manifest.rows }

  /// The manifest of row group `index`.
  /// - Throws: ``StoreError`` of kind `corrupt` when it is damaged.
  package func group(
    _ index: Int, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> RowGroupManifest {
    let entry = manifest.groups[index]
    let group = try chunks.group(entry.digest, decoder)
    guard group.rows == entry.rows, group.chunks.count == schema.columns.count else {
      throw StoreError(.corrupt, "row group \(entry.digest) is damaged; run 'assay verify'")
    }
    return group
  }

  /// The values of one column of one row group.
  /// - Throws: ``StoreError`` of kind `corrupt` when stored bytes are damaged or missing.
  package func vector(
    column: Int, of group: RowGroupManifest, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> ColumnVector {
    let type = schema.columns[column].type
    guard let digest = group.chunks[column] else { return .nulls(type, count: group.rows) }
    return try chunks.vector(digest, type: type, rows: group.rows, decoder)
  }

  /// The values of one column in some rows of one row group.
  /// - Throws: ``StoreError`` of kind `corrupt` when stored bytes are damaged or missing.
  func values(
    column: Int, at rows: [Int32], of group: RowGroupManifest, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> ColumnVector {
    let type = schema.columns[column].type
    guard let digest = group.chunks[column] else { return .nulls(type, count: rows.count) }
    return try chunks.values(digest, at: rows, of: group.rows, type: type, decoder)
  }

  /// The rows of one row group with the columns at `columns`.
  /// - Throws: ``StoreError`` of kind `corrupt` when stored bytes are damaged or missing.
  package func batch(
    group index: Int, columns: [Int], _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> RowBatch {
    let group = try group(index, decoder)
    var vectors: [ColumnVector] = []
    for column in columns { vectors.append(try vector(column: column, of: group, decoder)) }
    return RowBatch(
      columns: columns.map { schema.columns[$0] }, vectors: vectors, count: group.rows)
  }

  /// All row groups with the columns at `columns`, decoded on all cores.
  /// - Throws: ``StoreError`` of kind `corrupt` when stored bytes are damaged or missing.
  package func batches(
    groups: Range<Int>, columns: [Int]
  ) throws(StoreError) -> [RowBatch] {
    let manifests = try parallelMap(count: groups.count, state: ChunkDecoder.init) {
      (decoder: inout ChunkDecoder, index) throws(StoreError) in
      try group(groups.lowerBound + index, decoder)
    }
    let vectors = try parallelMap(
      count: groups.count * columns.count, state: ChunkDecoder.init
    ) { (decoder: inout ChunkDecoder, item) throws(StoreError) in
      try vector(
        column: columns[item / groups.count], of: manifests[item % groups.count], decoder)
    }
    return manifests.enumerated().map { position, group in
      RowBatch(
        columns: columns.map { schema.columns[$0] },
        vectors: columns.indices.map { vectors[$0 * groups.count + position] }, count: group.rows)
    }
  }
}
