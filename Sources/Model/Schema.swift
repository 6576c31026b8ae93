/// The name and type of one column.
package struct ColumnDefinition: Hashable, Sendable {
  package let name: String
  package let type: ColumnType

  /// A column called `name`; any text but the empty one.
  package init(name: String, type: ColumnType) {
    self.name = name
    self.type = type
  }
}

/// The ordered columns of a snapshot and the columns that identify a row.
package struct Schema: Hashable, Sendable {
  package let columns: [ColumnDefinition]
  /// Names of the key columns, in the order they were named; empty when rows have no identity.
  package let key: [String]

  /// The most columns a snapshot may have.
  package static let columnLimit = 4096

  /// A schema; every key column must be one of `columns`.
  package init(columns: [ColumnDefinition], key: [String]) {
    self.columns = columns
    self.key = key
  }

  /// The position of the column called `name`.
  package func index(of name: String) -> Int? {
    columns.firstIndex { $0.name == name }
  }
}
