package import Model
import Store
package import Wire

/// A cache of rendered version documents, for callers who see the whole store: documents for others
/// leave sources out.
///
/// A version's document follows from the dataset's log, which only grows. So an entry is valid
/// until the log has one more file, which one `stat` shows.
///
/// Any thread may call.
package final class VersionCache: Sendable {
  /// The rendered document of a version.
  package struct Record: Sendable {
    /// A ``VersionDetailDocument``.
    package let json: [UInt8]
    /// The digest of the snapshot with a suffix that changes whenever the document does, as it does
    /// with the tags that name the version.
    package let tag: String

    package init(_ document: VersionDetailDocument) {
      json = Documents.encode(document)
      tag = "\(document.version.snapshot)-\(Digest(hashing: json).hex.prefix(16))"
    }
  }

  private let service: LocalStoreService
  /// Each with the length of the dataset's log at which it was rendered.
  private let records = GenerationCache<Reference, (record: Record, length: Int)>(cost: 16 << 20)

  /// An empty cache over a store.
  package init(_ service: LocalStoreService) { self.service = service }

  /// Returns the cached document of a version while it is valid; nil when it must be read.
  package func known(_ reference: Reference) throws(StoreError) -> Record? {
    guard let known = records.value(reference),
      try service.store.endsLog(of: reference.dataset, after: known.length)
    else { return nil }
    return known.record
  }

  /// Reads the document of a version and caches it.
  /// - Throws: ``StoreError`` of kind `missing` when there is no such version.
  package func read(_ reference: Reference) throws(StoreError) -> Record {
    // Looked up first: a later commit then invalidates the entry.
    let length = try service.store.logLength(of: reference.dataset)
    let record = Record(try service.version(reference))
    records.insert(reference, (record, length), cost: record.json.count + 256)
    return record
  }
}
