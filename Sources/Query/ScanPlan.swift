/// How a scan was promised to SQLite: which conditions come as arguments, and in which order rows go.
struct ScanPlan {
  /// A condition whose operand arrives when the scan starts.
  struct Operand {
    let column: Int
    /// One of SQLITE_INDEX_CONSTRAINT_…
    let operation: Int32
    /// Whether the argument is the whole right side of an `IN`.
    let isList: Bool
  }

  /// A term of ORDER BY.
  struct Term: Equatable {
    let column: Int
    let isDescending: Bool
  }

  var operands: [Operand] = []
  /// The order of the versions and, after it, of the rows within each; nil for the order of storage.
  var order: VersionOrder?

  /// Rows by version, then by columns: sorting one version at a time keeps the others unread.
  struct VersionOrder: Equatable {
    let isDescending: Bool
    let terms: [Term]
  }
}
