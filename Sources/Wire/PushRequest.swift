package import Model

/// What a push saves and under which conditions.
package struct PushRequest: Sendable, Hashable {
  /// How the rows of the file relate to those of the latest version.
  package enum Mode: String, Sendable, CaseIterable {
    /// The file is the whole new content.
    case replace
    /// The file's rows follow the latest version's.
    case append
    /// Rows of the file replace those of the same key; others are added.
    case merge
  }

  /// What the latest version must be for the push to happen.
  package enum Precondition: Sendable, Hashable {
    /// Its number; 0 when there must be none.
    case number(Int)
    /// The digest of its snapshot.
    case snapshot(Digest)
  }

  package var mode = Mode.replace
  /// With `merge`: rows whose keys the file lacks are removed.
  package var deletesMissing = false
  /// The columns that identify a row; nil for those of the latest version.
  package var key: [String]?
  /// Types of columns, in place of those the values suggest.
  package var types: [DataText: ColumnType] = [:]
  /// What ``base64`` is called among the types of columns.
  package static let base64Type = "bytes"

  /// The columns whose bytes are to be Base64 text: the type `bytes`, which is none of a dataset.
  package var base64: [String] = []
  /// How a CSV file is written.
  package var csv = CSVForm()
  package var kind: DatasetKind?
  package var message = ""
  /// Who made the version; empty for whoever the service takes the caller for.
  package var author = ""
  package var precondition: Precondition?
  /// The versions that this one was made from.
  package var lineage: [Reference] = []
  package var attributes: [String: String] = [:]
  /// When the measurement was taken; nil for now.
  package var createdAt: Timestamp?
  /// A push with the key of an earlier one answers with the version that one made.
  package var idempotencyKey: String?
  /// Whether the key was made up for this one request, in case its outcome stays unknown.
  ///
  /// The content of a request that repeats it is then compared with what was saved, which costs
  /// nothing until somebody does.
  package var isKeyMadeUp = false
  /// Whether to count the rows that changed.
  package var countsChanges = true

  /// A plain push.
  package init() {}
}
