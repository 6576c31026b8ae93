package import Model

/// What a push saves and under which conditions.
package struct PushRequest: Sendable, Hashable {
  /// What the latest version must be for the push to happen.
  package enum Precondition: Sendable, Hashable {
    /// Its number; 0 when there must be none.
    case number(Int)
    /// The digest of its snapshot.
    case snapshot(Digest)
  }

  package var mode = PushMode.replace
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

  /// Adds attributes that are written as `name=value`.
  /// - Throws: ``StoreError`` of kind `usage` for another text, and for a name that is given twice:
  ///   two spellings of an accent are one name, since a record keeps one value.
  package mutating func addAttributes(_ pairs: [String]) throws(StoreError) {
    for pair in pairs {
      guard let sign = pair.firstIndex(of: "="), sign != pair.startIndex else {
        throw StoreError(.usage, "'\(pair)' is no attribute; write name=value")
      }
      let name = String(pair[..<sign])
      guard attributes[name] == nil else {
        throw StoreError(
          .usage,
          "the attribute '\(name)' is given twice; give each name, however its accents are "
            + "spelt, one value")
      }
      attributes[name] = String(pair[pair.index(after: sign)...])
    }
  }
}
