import Model
import Store
import Wire

extension LocalStoreService {
  /// The document for a version, without the sources that the caller does not see; `tags` are those
  /// that name it now.
  func document(for version: Version, tags: [String]? = nil) -> VersionDocument {
    VersionDocument(version, tags: tags, sees: sees)
  }
}

extension VersionDocument {
  /// The document for a version, with only the sources whose datasets `sees` returns true for.
  init(_ version: Version, tags: [String]? = nil, sees: (DatasetName) -> Bool) {
    let record = version.record
    self.init(
      dataset: version.dataset, number: version.number, snapshot: version.snapshot,
      rows: record.rows, parent: record.parent, kind: record.kind, message: record.message,
      author: version.author, createdAt: record.createdAt, savedAt: version.time,
      lineage: record.lineage.filter { sees($0.dataset) }.map {
        Source(reference: "\($0.dataset)@\($0.number)", snapshot: $0.snapshot)
      },
      attributes: record.attributes, sequence: version.sequence, record: version.recordDigest,
      tags: tags)
  }
}
