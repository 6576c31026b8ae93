import Model

/// What columns are called in SQL.
package enum SQLColumns {
  /// The identifiers, in double quotes, of columns with these names, in their order.
  package static func identifiers(_ names: [String]) -> [String] {
    VirtualTable.sqlNames(names, reserved: 0).map(VirtualTable.quoted)
  }

  /// The identifiers, in double quotes, of a table's columns, in their order.
  package static func identifiers(of table: QueryTable) -> [String] {
    let own = table.columns.map(\.name)
    guard table.isMultiVersion else { return identifiers(own) }
    let names = own + VirtualTable.versionColumns.map(\.name)
    return VirtualTable.sqlNames(names, reserved: VirtualTable.versionColumns.count)
      .prefix(own.count).map(VirtualTable.quoted)
  }
}
