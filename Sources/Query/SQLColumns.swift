/// What the columns of one version are called in SQL.
package enum SQLColumns {
  /// The identifiers, in double quotes, of columns with these names, in their order.
  package static func identifiers(_ names: [String]) -> [String] {
    VirtualTable.sqlNames(names, reserved: 0).map(VirtualTable.quoted)
  }
}
