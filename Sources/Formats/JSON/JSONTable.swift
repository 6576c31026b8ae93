import Model

/// The columns that a file's rows have had so far.
struct JSONTable {
  /// The types that columns are to have, by name.
  let named: [DataText: ColumnType]
  private(set) var columns: [ColumnDefinition] = []
  private var kinds: [JSONKinds] = []
  private var indices: [DataText: Int] = [:]
  /// The row that each column was first met in.
  private var firstRows: [Int] = []

  /// The columns of the dataset that the rows are for.
  var expected = ExpectedColumns() {
    didSet {
      for index in columns.indices { setType(index) }
    }
  }

  init(named: [DataText: ColumnType]) { self.named = named }

  /// Returns true when any value of the column called `name` is kept as JSON text.
  func isJSON(_ name: String) -> Bool {
    if let type = named[name] { return type == .json }
    return expected[name].map { $0.type == .json || $0.type == .file } ?? false
  }

  /// Takes up what a block's column holds, and returns its index; nil when there are too many.
  /// - Parameter row: The block's first row, counted over the file.
  mutating func add(_ column: JSONBlock.Column, after row: Int) -> Int? {
    let index: Int
    let name = DataText(column.name)
    if let known = indices[name] {
      index = known
      if column.kinds.isSubset(of: kinds[index]) { return index }
      kinds[index].formUnion(column.kinds)
    } else {
      guard columns.count < Schema.columnLimit else { return nil }
      index = columns.count
      indices[name] = index
      columns.append(ColumnDefinition(name: column.name, type: .json))
      kinds.append(column.kinds)
      firstRows.append(row + column.firstRow)
    }
    setType(index)
    return index
  }

  private mutating func setType(_ index: Int) {
    let name = columns[index].name
    columns[index] = ColumnDefinition(
      name: name, type: named[name] ?? (isJSON(name) ? .json : kinds[index].type))
  }

  /// The columns in the order that batches have them, each with its index; the index is nil for a
  /// column of only nulls that the dataset has and the rows do not mention: null and absent are the
  /// same.
  ///
  /// Rows leave nulls out, so their order of columns is incomplete. The order is the dataset's,
  /// with new columns at the end, unless a row shows another.
  var order: [(definition: ColumnDefinition, index: Int?)] {
    let all = columns.indices.map { (definition: columns[$0], index: Int?.some($0)) }
    let places = columns.map { expected.place(of: $0.name) }
    for index in columns.indices.dropFirst() where firstRows[index] == firstRows[index - 1] {
      if (places[index - 1] ?? .max) > (places[index] ?? .max) { return all }
    }
    var known: [Int?] = [Int?](repeating: nil, count: expected.columns.count)
    for (index, place) in places.enumerated() {
      if let place { known[place] = index }
    }
    var order: [(definition: ColumnDefinition, index: Int?)] = []
    for (column, index) in zip(expected.columns, known) {
      if let index { order.append(all[index]) }
      if index == nil, !column.hasValues {
        order.append((ColumnDefinition(name: column.name, type: column.type), nil))
      }
    }
    return order + columns.indices.filter { places[$0] == nil }.map { all[$0] }
  }

  /// A sentence about each new column that is JSON only since its values are of several kinds.
  var doubts: [String] {
    columns.indices.compactMap { index in
      let (name, found) = (DataText(columns[index].name), kinds[index])
      guard named[name] == nil, expected[name.string] == nil, let words = found.mixture else {
        return nil
      }
      return "column '\(name.string)' is json: it has \(words)"
    }
  }

  /// A name that was given a type and that no column has.
  var unknownName: String? { named.keys.filter { indices[$0] == nil }.min()?.string }
}
