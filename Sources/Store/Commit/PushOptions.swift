package import Model

/// A test of whether the caller may read an attachment, and so name it in a row.
///
/// Where one is optional, nil is for a caller who may name every attachment.
package typealias FileAccess = @Sendable (Digest) throws(StoreError) -> Bool

/// The options of a push, and the conditions on which it saves.
package struct PushOptions: Sendable {
  /// The columns that identify a row; nil for those of the latest version.
  package var key: [String]?
  package var mode = PushMode.replace
  /// The types that were named for columns of the file, which its reader gives them; with `append`
  /// and `merge` the version before must bear them.
  package var types: [DataText: ColumnType] = [:]
  /// With `merge`: rows whose keys the file lacks are removed.
  package var deletesMissing = false
  package var kind: DatasetKind?
  /// The kind for which the caller has checked the rows.
  ///
  /// A version of a kind that does not take any rows is made only by a push that names it so.
  package var checkedKind: DatasetKind?
  package var message = ""
  package var author = ""
  /// The number the latest version must have (0: there must be none), or the push is refused.
  package var expected: Int?
  /// The snapshot the latest version must have, or the push is refused.
  package var expectedSnapshot: Digest?
  package var lineage: [Reference] = []
  package var attributes: [String: String] = [:]
  /// When the measurement was taken; nil for now.
  package var createdAt: Timestamp?
  /// A push with the key of an earlier one answers with the version that one made.
  package var idempotencyKey: String?
  /// The digest of the request that the key stands for; without one, a push with the key of an
  /// earlier one is compared with what that one saved.
  package var request: Digest?
  /// Attachments that this is false for may not be named, as if the store did not have them.
  package var fileAccess: FileAccess?
  /// True when the rows were acknowledged one by one: an attachment lost since then is no reason to
  /// refuse them, and each takes the whole place of the one with its key, whatever columns the rows
  /// that are sealed with it have.
  var isSealing = false
  /// Attachments that no cell of such rows is to be taken for: the sender had no right to read
  /// them.
  var hiddenFiles: Set<Digest> = []

  /// The options of a plain push.
  package init() {}
}

/// The result of a push.
package struct PushResult: Sendable {
  package let version: Version
  /// False when the store had the content (or the idempotency key) already.
  package let isNew: Bool
  /// Bytes written to the store: chunks, manifests and log record.
  package let storedBytes: Int
  /// The readings of the file where it could have meant something else: a sentence each.
  package let notes: [String]
  /// The problems after the version was saved, and its oddities, each in a sentence.
  package var warnings: [String] = []
}

/// A version of a dataset as its log records it.
package struct Version: Sendable, Hashable {
  package let dataset: DatasetName
  package let record: VersionRecord
  package let author: String
  /// The time at which it was saved, by the clock of the machine that saved it.
  package let time: Timestamp
  package let sequence: Int
  /// The digest of the log record.
  package let recordDigest: Digest

  package var number: Int { record.number }
  package var snapshot: Digest { record.snapshot }
  /// The canonical reference, `name@3`.
  package var reference: String { "\(dataset)@\(record.number)" }

  /// The version that a log record published; nil for records of other changes.
  package init?(_ record: LogRecord) {
    guard case .version(let version) = record.change else { return nil }
    dataset = record.dataset
    self.record = version
    author = record.author
    time = record.time
    sequence = record.sequence
    recordDigest = record.digest
  }
}
