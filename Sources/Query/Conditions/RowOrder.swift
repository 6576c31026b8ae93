import Columns
import Model

/// The rows that passed in several row groups, in the order a plan promised.
struct RowOrder {
  /// Each row within its group, and its group; parallel.
  let rows: [UInt32]
  let groups: [UInt32]

  /// Orders the rows of `open`, decoding the columns it needs there.
  init(
    _ table: VirtualTable, _ open: inout [OpenGroup], _ arrangement: ScanPlan.Arrangement
  ) throws(StoreError) {
    var rows: [UInt32] = []
    var groups: [UInt32] = []
    for index in open.indices {
      rows += open[index].selection
      groups += repeatElement(UInt32(index), count: open[index].selection.count)
    }
    let places: [Int]
    if arrangement.terms.isEmpty {
      places = Array(rows.indices)
    } else if arrangement.isRanked {
      places = try Self.rank(table, &open, arrangement.terms, count: rows.count)
    } else {
      places = try Self.sort(table, &open, arrangement.terms)
    }
    self.rows = places.map { rows[$0] }
    self.groups = places.map { groups[$0] }
  }

  private static func vector(
    _ table: VirtualTable, _ open: inout OpenGroup, _ column: Int
  ) throws(StoreError) -> ColumnVector {
    if table.isVersionColumn(column) { return table.versionVector(column, part: open.part) }
    if let known = open.vectors[column] { return known }
    let vector = try table.vector(column, open.part, open.group, rows: open.rowCount)
    open.vectors[column] = vector
    return vector
  }

  /// Compares row with row.
  private static func sort(
    _ table: VirtualTable, _ open: inout [OpenGroup], _ terms: [ScanPlan.Term]
  ) throws(StoreError) -> [Int] {
    var values: [[SortValue]] = []
    for index in open.indices {
      var vectors: [ColumnVector] = []
      for term in terms { vectors.append(try vector(table, &open[index], term.column)) }
      for row in open[index].selection {
        values.append(vectors.map { SortValue($0, row: $0.count == 1 ? 0 : Int(row)) })
      }
    }
    var untilAsked = askedAfter
    var failure: StoreError?
    let order = values.indices.sorted { left, right in
      untilAsked -= 1
      if untilAsked == 0 {
        untilAsked = askedAfter
        do throws(StoreError) { try table.state.check() } catch { failure = error }
      }
      // Once the query has to end, any order will do.
      if failure != nil { return left < right }
      for (index, term) in terms.enumerated() {
        let order = values[left][index].compare(values[right][index])
        if order != 0 { return term.isDescending ? order > 0 : order < 0 }
      }
      return left < right
    }
    if let failure { throw failure }
    return order
  }

  /// Comparisons between two questions whether the query has to end.
  private static let askedAfter = 100_000

  /// Numbers the distinct values of each column in their order, then distributes rows by number.
  private static func rank(
    _ table: VirtualTable, _ open: inout [OpenGroup], _ terms: [ScanPlan.Term], count: Int
  ) throws(StoreError) -> [Int] {
    var keys = [UInt64](repeating: 0, count: count)
    var keyCount: UInt64 = 1
    for term in terms {
      var numbering = ValueNumbering(rowCapacity: count)
      for index in open.indices {
        let vector = try vector(table, &open[index], term.column)
        numbering.add(vector, rows: open[index].selection)
        try table.state.check()
      }
      let ranks = numbering.ranks(isDescending: term.isDescending)
      // At most 4 million rows and three terms: 2^66 at worst, and then wrapped keys must not meet.
      let (product, overflow) = keyCount.multipliedReportingOverflow(by: UInt64(ranks.count))
      guard !overflow else { return try sort(table, &open, terms) }
      keyCount = product
      for row in keys.indices {
        keys[row] = keys[row] &* UInt64(ranks.count) &+ ranks[Int(numbering.numbers[row])]
      }
    }
    guard keyCount <= UInt64(count) * 4 + 1024 else {
      return keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
    }
    return distribute(keys, keyCount: Int(keyCount))
  }

  /// Sorts by counting, keeping equal keys in place.
  private static func distribute(_ keys: [UInt64], keyCount: Int) -> [Int] {
    var starts = [Int](repeating: 0, count: keyCount + 1)
    for key in keys { starts[Int(key) + 1] += 1 }
    for key in 1..<max(starts.count, 1) { starts[key] += starts[key - 1] }
    var places = [Int](repeating: 0, count: keys.count)
    for row in keys.indices {
      let key = Int(keys[row])
      places[starts[key]] = row
      starts[key] += 1
    }
    return places
  }
}

/// Numbers for the distinct values of a column, in the order of their appearance.
struct ValueNumbering {
  /// The number of each row's value.
  private(set) var numbers: [UInt32] = []
  private var values: [SortValue] = []
  private var integers: [Int64: UInt32] = [:]
  private var texts: [[UInt8]: UInt32] = [:]
  private var null: UInt32?

  init(rowCapacity: Int) { numbers.reserveCapacity(rowCapacity) }

  /// Numbers the rows `rows` of a vector of bools, integers or strings; a vector of one row stands
  /// for all of them.
  mutating func add(_ vector: ColumnVector, rows: [UInt32]) {
    if vector.count == 1 {
      numbers += repeatElement(number(vector, 0), count: rows.count)
      return
    }
    switch vector.values {
    case .dictionary(let codes, let words):
      var known = [UInt32?](repeating: nil, count: words.count)
      for row in rows {
        guard vector.hasValue(Int(row)) else {
          numbers.append(number(vector, Int(row)))
          continue
        }
        let code = Int(codes[Int(row)])
        let number = known[code] ?? number(vector, Int(row))
        known[code] = number
        numbers.append(number)
      }
    default:
      for row in rows { numbers.append(number(vector, Int(row))) }
    }
  }

  private mutating func number(_ vector: ColumnVector, _ row: Int) -> UInt32 {
    let next = UInt32(values.count)
    let value = SortValue(vector, row: row)
    switch value {
    case .integer(let integer):
      if let known = integers[integer] { return known }
      integers[integer] = next
    case .text(let text):
      if let known = texts[text] { return known }
      texts[text] = next
    case .null, .real:
      if let null { return null }
      null = next
    }
    values.append(value)
    return next
  }

  /// The place of each number among all values in order.
  func ranks(isDescending: Bool) -> [UInt64] {
    let order = values.indices.sorted {
      let order = values[$0].compare(values[$1])
      return isDescending ? order > 0 : order < 0
    }
    var ranks = [UInt64](repeating: 0, count: values.count)
    for (rank, number) in order.enumerated() { ranks[number] = UInt64(rank) }
    return ranks
  }
}
