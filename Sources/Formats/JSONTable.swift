import Model

/// The columns that a file's rows have had so far.
struct JSONTable {
  /// The types that columns are to have, by name.
  let named: [String: ColumnType]
  private(set) var columns: [ColumnDefinition] = []
  private var kinds: [JSONKinds] = []
  private var indices: [String: Int] = [:]

  init(named: [String: ColumnType]) { self.named = named }

  /// Takes up what a block's column holds, and returns its index; nil when there are too many.
  mutating func add(_ column: JSONBlock.Column) -> Int? {
    let index: Int
    if let known = indices[column.name] {
      index = known
      if column.kinds.isSubset(of: kinds[index]) { return index }
      kinds[index].formUnion(column.kinds)
    } else {
      guard columns.count < Schema.columnLimit else { return nil }
      index = columns.count
      indices[column.name] = index
      columns.append(ColumnDefinition(name: column.name, type: .json))
      kinds.append(column.kinds)
    }
    columns[index] = ColumnDefinition(
      name: column.name, type: named[column.name] ?? kinds[index].type)
    return index
  }

  /// A name that was given a type but is no column's.
  var unknownName: String? { named.keys.filter { indices[$0] == nil }.min() }
}
