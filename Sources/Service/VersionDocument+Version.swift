import Model
import Store
import Wire

extension VersionDocument {
  /// A version as the store tells it; `tags` name it now.
  init(_ version: Version, tags: [String]? = nil) {
    let record = version.record
    self.init(
      dataset: version.dataset, number: version.number, snapshot: version.snapshot,
      rows: record.rows, parent: record.parent, kind: record.kind, message: record.message,
      author: version.author, createdAt: record.createdAt, savedAt: version.time,
      lineage: record.lineage.map {
        Source(reference: "\($0.dataset)@\($0.number)", snapshot: $0.snapshot)
      },
      attributes: record.attributes, sequence: version.sequence, record: version.recordDigest,
      tags: tags)
  }
}
