package import Model

/// The options of a push and the conditions under which it saves.
package struct PushRequest: Sendable, Hashable {
  /// The state of the latest version that a push requires.
  package enum Precondition: Sendable, Hashable {
    /// The number of the latest version; 0 when the dataset must not exist.
    case number(Int)
    /// The digest of the latest version's snapshot.
    case snapshot(Digest)
  }

  package var mode = PushMode.replace
  /// With `merge`: rows whose keys the file lacks are removed.
  package var deletesMissing = false
  /// The columns that identify a row; nil for those of the latest version.
  package var key: [String]?
  /// Types of columns, which override those that the values suggest.
  package var types: [DataText: ColumnType] = [:]
  /// The name of ``base64`` among the types of columns.
  package static let base64Type = "bytes"

  /// The columns whose bytes are to be Base64 text: the type `bytes`, which no dataset has.
  package var base64: [String] = []
  /// The form of a CSV file: its separator, decimal mark and nulls.
  package var csv = CSVForm()
  package var kind: DatasetKind?
  package var message = ""
  /// The author of the version; empty for the caller that the service authenticated.
  package var author = ""
  package var precondition: Precondition?
  /// The versions that this one was made from.
  package var lineage: [Reference] = []
  package var attributes: [String: String] = [:]
  /// The time of the measurement; nil for now.
  package var createdAt: Timestamp?
  /// A push with the key of an earlier one returns the version which that one made.
  package var idempotencyKey: String?
  /// True when the key was generated for this one request, in case its outcome stays unknown.
  ///
  /// The content of a request with the same key is then compared with the saved one, which costs
  /// nothing until a request is repeated.
  package var isKeyMadeUp = false
  /// True to count the rows that changed.
  package var countsChanges = true

  /// A push with the default options.
  package init() {}

  /// Adds attributes that are written as `name=value`.
  /// - Throws: ``StoreError`` of kind `usage` for another text, and for a name that is given twice:
  ///   two spellings of an accent are one name, since a record keeps one value.
  package mutating func addAttributes(_ pairs: [String]) throws(StoreError) {
    for pair in pairs {
      guard let sign = pair.firstIndex(of: "="), sign != pair.startIndex else {
        throw StoreError(.usage, "'\(pair)' is not an attribute; write name=value")
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
