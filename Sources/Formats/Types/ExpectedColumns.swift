package import Model

/// The types that a dataset has for its columns, for files that do not say theirs.
package struct ExpectedColumns: Sendable {
  /// A column that the dataset has.
  package struct Column: Sendable, Hashable {
    package let name: String
    package let type: ColumnType
    /// True when a row of the dataset has a value; a column of nulls does not widen with others.
    package let hasValues: Bool
    let use: Use
    /// True when its values identify rows, so that their type has to stay.
    let isKey: Bool

    /// True when a cell of another type is refused: as a text among texts, every existing value
    /// would change.
    var refusesOthers: Bool {
      isKey && hasValues && use == .always && (type == .timestamp || type == .bool)
    }
  }

  /// When a column of a file gets the type of the dataset's.
  package enum Use: Sendable {
    /// When all of its values fit.
    case always
    /// When it has no values: nor has the dataset's, whose type says nothing of any.
    case withoutValues
    /// Never: another type was named for it. Its place is known all the same.
    case never
  }

  /// In the order of the dataset.
  private(set) var columns: [Column] = []
  private var places: [DataText: Int] = [:]
  /// True when the file's rows join those of the dataset, so that its columns must hold both.
  package let isJoined: Bool

  /// No columns yet.
  package init(isJoined: Bool = false) { self.isJoined = isJoined }

  /// Adds the next column.
  package mutating func add(
    _ name: String, _ type: ColumnType, hasValues: Bool = true, use: Use = .always,
    isKey: Bool = false
  ) {
    places[name] = columns.count
    columns.append(
      Column(name: name, type: type, hasValues: hasValues, use: use, isKey: isKey))
  }

  /// The column called `name`; nil when the dataset has none whose type is to be kept.
  package subscript(name: String) -> Column? {
    place(of: name).flatMap { columns[$0].use == .always ? columns[$0] : nil }
  }

  /// The type that the column called `name` gets without values; nil for one of its own.
  func typeWithoutValues(_ name: String) -> ColumnType? {
    place(of: name).flatMap { columns[$0].use == .never ? nil : columns[$0].type }
  }

  /// Returns true when a row of the dataset has a value in the column called `name`.
  package func hasValues(_ name: String) -> Bool {
    place(of: name).map { columns[$0].hasValues } ?? false
  }

  /// The position of the column called `name`.
  func place(of name: String) -> Int? { places[name] }
}
