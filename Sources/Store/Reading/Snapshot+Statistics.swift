import Catalog
import Columns
package import Model

extension Snapshot {
  /// What the values of one column of one row group lie between, as the index has it, without
  /// reading the chunk; nil when nothing is known.
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
