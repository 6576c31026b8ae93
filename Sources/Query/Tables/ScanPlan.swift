/// The scan that was promised to SQLite.
///
/// It defines which conditions come as arguments, and in which order rows go.
struct ScanPlan {
  /// A condition whose operand arrives when the scan starts.
  struct Operand {
    let column: Int
    /// SQLite's number of the operator: `SQLITE_INDEX_CONSTRAINT_EQ` and the others.
    let operation: Int32
    /// True when the argument is the whole right side of an `IN`.
    let isList: Bool
  }

  /// A term of ORDER BY or GROUP BY.
  struct Term: Equatable {
    let column: Int
    let isDescending: Bool
  }

  /// An order that the scan gives, so that SQLite need not sort.
  struct Arrangement: Equatable {
    /// Rows go version by version, so that versions are arranged one at a time and LIMIT leaves the
    /// others unread; otherwise all rows are arranged at once.
    let isByVersion: Bool
    let isVersionDescending: Bool
    /// The order within a version, or of all rows.
    let terms: [Term]
    /// True when rows are ranked by the distinct values of the columns, not compared.
    let isRanked: Bool
  }

  var operands: [Operand] = []
  /// Nil for the order of storage.
  var arrangement: Arrangement?

  /// The operand by which rows can be looked up in an index, its column and its argument.
  var keyArgument: Int?
}
