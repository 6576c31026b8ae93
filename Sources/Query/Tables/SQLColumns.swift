package import Model

/// The names of columns in SQL.
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

  /// The name in SQL of the row number in a table with columns of these names, one of which may
  /// hide the usual `rowid` (https://www.sqlite.org/lang_createtable.html#rowid).
  /// - Throws: ``StoreError`` of kind `usage` when columns have all the names that it could have.
  package static func rowNumber(besides names: [String]) throws(StoreError) -> String {
    let taken = Set(names.map { $0.lowercased() })
    guard let name = ["rowid", "oid", "_rowid_"].first(where: { !taken.contains($0) }) else {
      throw StoreError(
        .usage,
        "columns called rowid, oid and _rowid_ leave no name for the number of a row, which a "
          + "condition or an order needs; pull all rows")
    }
    return name
  }
}
