/// The name and type of one column.
package struct ColumnDefinition: Sendable {
  package let name: String
  package let type: ColumnType

  /// A column called `name`; any text but the empty one.
  package init(name: String, type: ColumnType) {
    self.name = name
    self.type = type
  }
}

/// Columns are equal when their names have the same bytes, and their types are the same.
extension ColumnDefinition: Hashable {
  package static func == (left: ColumnDefinition, right: ColumnDefinition) -> Bool {
    left.type == right.type && left.name.hasBytes(of: right.name)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(DataText(name))
    hasher.combine(type)
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
    columns.position(of: name)
  }
}

extension [ColumnDefinition] {
  /// The position of the column called `name`, by the bytes of its name.
  package func position(of name: String) -> Int? { firstIndex { $0.name.hasBytes(of: name) } }
}
