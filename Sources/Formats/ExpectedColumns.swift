package import Model

/// The types that a dataset has for its columns, for files that do not say theirs.
package struct ExpectedColumns: Sendable {
  /// What is known of a column.
  package struct Column: Sendable, Hashable {
    package let name: String
    package let type: ColumnType
    /// Whether a row of the dataset has a value; a column of nulls does not widen with others.
    package let hasValues: Bool
    /// Whether the file's values are not to be of the type: another was named for the column, or
    /// it has no values that could have given it one.
    package let isOpen: Bool
  }

  /// In the order of the dataset.
  private(set) var columns: [Column] = []
  private var places: [DataText: Int] = [:]
  /// Whether the file's rows join those of the dataset, so that its columns must hold both.
  package let isJoined: Bool

  /// No columns yet.
  package init(isJoined: Bool = false) { self.isJoined = isJoined }

  /// Adds the next column.
  package mutating func add(
    _ name: String, _ type: ColumnType, hasValues: Bool = true, isOpen: Bool = false
  ) {
    places[name] = columns.count
    columns.append(Column(name: name, type: type, hasValues: hasValues, isOpen: isOpen))
  }

  /// The column called `name`; nil when the dataset has none whose type is to be kept.
  package subscript(name: String) -> Column? {
    place(of: name).flatMap { columns[$0].isOpen ? nil : columns[$0] }
  }

  /// Which column is called `name`.
  func place(of name: String) -> Int? { places[name] }
}
