package import Model
import Store
package import Wire

/// Records of versions as they were told, in memory, for those who ask again and see everything:
/// what others know of a version leaves sources out.
///
/// What is told of a dataset follows from its log, which only grows. So a record holds until the
/// log has one more file, and one look for that file tells.
///
/// Any thread may call.
package final class VersionRecords: Sendable {
  /// A record as it is answered.
  package struct Record: Sendable {
    /// A ``VersionDetailDocument``.
    package let json: [UInt8]
    /// Another when the record is another.
    package let tag: String

    package init(_ document: VersionDetailDocument) {
      json = Documents.encode(document)
      tag = String(Digest(hashing: json).hex.prefix(32))
    }
  }

  private let service: LocalStoreService
  /// With the length of the dataset's log that each was told at.
  private let records = GenerationCache<Reference, (record: Record, length: Int)>(cost: 16 << 20)

  /// The records of a store.
  package init(_ service: LocalStoreService) { self.service = service }

  /// The record of a version that is in memory and holds; nil when it has to be read.
  package func known(_ reference: Reference) throws(StoreError) -> Record? {
    guard let known = records.value(reference),
      try service.store.endsLog(of: reference.dataset, after: known.length)
    else { return nil }
    return known.record
  }

  /// Reads the record of a version; from then on it is known.
  /// - Throws: ``StoreError`` of kind `missing` when there is no such version.
  package func read(_ reference: Reference) throws(StoreError) -> Record {
    // Looked up first: what is committed from here on makes the record one to be read again.
    let length = try service.store.logLength(of: reference.dataset)
    let record = Record(try service.version(reference))
    records.insert(reference, (record, length), cost: record.json.count + 256)
    return record
  }
}
