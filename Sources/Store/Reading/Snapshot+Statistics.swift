import Catalog
import Columns
package import Model

extension Snapshot {
  /// The bounds of the values of one column of one row group, as the index has them, without
  /// reading the chunk; nil when nothing is known.
  /// - Throws: ``StoreError`` of kind `unavailable` when the index cannot be read.
  package func statistics(
    column: Int, of group: RowGroupManifest
  ) throws(StoreError) -> ChunkStatistics? {
    guard let digest = group.chunks[column] else { return nil }
    return try chunks.object(digest)?.object.statistics
  }
}
