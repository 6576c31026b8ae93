import Columns

/// The groups of one row group's rows.
struct LocalGroups {
  /// The group of each row that passed; nil when all are in the only one.
  let ids: [UInt32]?
  /// The number of groups; some may have no row.
  let count: Int
  /// For each grouping column the number of each group's value.
  let codes: [[UInt32]]

  /// Groups the rows `rows`, or all rows when that is nil.
  init(_ keys: [KeyColumn], rows: [UInt32]?) {
    guard let first = keys.first else {
      (ids, count, codes) = (nil, 1, [])
      return
    }
    guard keys.count > 1 else {
      ids = Self.gather(first.codes, rows)
      count = first.cardinality
      codes = [Array(0..<UInt32(first.cardinality))]
      return
    }
    var ids = Self.gather(first.codes, rows)
    var codes = [Array(0..<UInt32(first.cardinality))]
    var count = first.cardinality
    for key in keys.dropFirst() {
      var table = WordTable()
      let width = UInt64(key.cardinality)
      let right = Self.gather(key.codes, rows)
      for row in ids.indices {
        ids[row] = table.number(of: UInt64(ids[row]) * width + UInt64(right[row]))
      }
      codes = codes.map { column in table.words.map { column[Int($0 / width)] } }
      codes.append(table.words.map { UInt32($0 % width) })
      count = table.words.count
    }
    (self.ids, self.count, self.codes) = (ids, count, codes)
  }

  private static func gather(_ codes: [UInt32], _ rows: [UInt32]?) -> [UInt32] {
    rows.map { $0.map { codes[Int($0)] } } ?? codes
  }

  /// The number of each group's rows, of `rowCount` altogether.
  func sizes(rowCount: Int) -> [Int64] {
    guard let ids else { return [Int64(rowCount)] }
    var sizes = [Int64](repeating: 0, count: count)
    for id in ids { sizes[Int(id)] += 1 }
    return sizes
  }
}
