import Catalog
import Columns
package import Model

extension Snapshot {
  /// The least and greatest value of a column in a row group, as the index has them, without
  /// reading the chunk; nil when they are unknown.
  /// - Throws: ``StoreError`` of kind `unavailable` when the index cannot be read.
  package func statistics(
    column: Int, of group: RowGroupManifest
  ) throws(StoreError) -> (nullCount: Int, minimum: UInt64, maximum: UInt64)? {
    guard let digest = group.chunks[column],
      let statistics = try chunks.object(digest)?.object.statistics
    else { return nil }
    return (Int(statistics.nullCount), statistics.minimum, statistics.maximum)
  }
}
