import Analysis
import Model
import Store
import Wire

/// A version whose rows are items of an analysis, each with a key of its own.
///
/// Every analysis that pairs or counts items reads its rows through this, so that none takes two
/// rows of one key for two items.
struct AnalysedVersion {
  let version: Version
  let snapshot: Snapshot

  var schema: Schema { snapshot.schema }
  var reference: String { version.reference }

  /// The version in the list of sources of a document.
  var source: ComparisonDocument.Source {
    .init(reference: version.reference, snapshot: version.snapshot, rows: version.record.rows)
  }

  /// The version, whose keys are checked from the third edition of documents on.
  /// - Throws: ``StoreError``: `invalid` that names two rows with one key and the way out,
  ///   `corrupt` when stored bytes are damaged.
  init(_ version: Version, of store: Store, edition: Edition = .current) throws(StoreError) {
    self.version = version
    snapshot = try store.snapshot(version)
    if edition > .second { try snapshot.requireDistinct(snapshot.schema.key) }
  }
}

extension LocalStoreService {
  /// Columns of an analysed version in memory, with the judges and reference answers in its nested
  /// columns as columns of their own, from the third edition of documents on.
  /// - Throws: As ``table(_:columns:where:)``.
  func table(
    _ analysed: AnalysedVersion, columns: [String], where condition: String?,
    edition: Edition = .current
  ) throws(StoreError) -> ColumnTable {
    edition > .second
      ? try judgedTable(analysed.version, columns: columns, where: condition)
      : try table(analysed.version.pinned, columns: columns, where: condition).table
  }
}
