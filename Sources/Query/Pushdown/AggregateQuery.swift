import Model

/// A query of the shape that vectorised scans answer.
///
/// It has groups of one table's rows, aggregates over them, and a statement that makes the result
/// of these.
struct AggregateQuery {
  /// The name of the table of groups in ``sql``, which no reference can have.
  static let tableName = "(groups)"

  let table: VirtualTable
  /// The grouping columns, by their position in the table as SQL sees it.
  let groups: [Int]
  let hasGroupBy: Bool
  let aggregates: [Aggregate]
  let filter: RowFilter?
  /// The statement over the table of groups, whose columns are named by ``groupName(_:)`` and
  /// ``aggregateName(_:)``.
  let sql: String
  /// The condition as it was written.
  let condition: String

  /// The text that identifies the computation, different for every other one.
  ///
  /// Spelled out, since printing values by reflection takes longer than an answer from memory.
  var identity: String {
    let read = Set(groups).union(aggregates.compactMap(\.column)).union(filter?.columns ?? [])
    let columns = read.sorted().map { index in
      let name = table.sqlNames[index]
      return "\(index) \(table.columns[index].type.rawValue) \(name.utf8.count) \(name)"
    }
    let keys = groups.map { String($0) }.joined(separator: " ")
    let computed = aggregates.map(\.identity).joined(separator: ", ")
    return "\(columns.joined(separator: ", ")) BY \(hasGroupBy ? "some" : "none") \(keys) "
      + "OF \(computed) WHERE \(condition)"
  }

  /// The name of grouping column `index` in ``sql``; no name of a user's begins with a bracket.
  static func groupName(_ index: Int) -> String { "(g\(index))" }

  /// The name of aggregate `index` in ``sql``.
  static func aggregateName(_ index: Int) -> String { "(a\(index))" }
}

/// One aggregate of a query.
struct Aggregate: Hashable {
  enum Function: Hashable {
    case count, sum, total, average, least, greatest
    case quantile(Double)
    case spread(isSample: Bool, isRoot: Bool)
  }

  let function: Function
  /// The column in the table as SQL sees it; nil for `count(*)`.
  let column: Int?

  /// The text that identifies it, different for every other aggregate.
  var identity: String {
    let name =
      switch function {
      case .count: "count"
      case .sum: "sum"
      case .total: "total"
      case .average: "average"
      case .least: "least"
      case .greatest: "greatest"
      case .quantile(let fraction): "quantile \(fraction)"
      case .spread(let isSample, let isRoot):
        (isSample ? "sample " : "population ") + (isRoot ? "deviation" : "variance")
      }
    return name + " " + (column.map { String($0) } ?? "*")
  }

  /// The function of one argument with that name in SQL; nil for any other.
  static func function(named name: String) -> Function? {
    switch name.lowercased() {
    case "count": .count
    case "sum": .sum
    case "total": .total
    case "avg": .average
    case "min": .least
    case "max": .greatest
    case "median": .quantile(0.5)
    case "stddev", "stddev_samp": .spread(isSample: true, isRoot: true)
    case "stddev_pop": .spread(isSample: false, isRoot: true)
    case "variance", "var_samp": .spread(isSample: true, isRoot: false)
    case "var_pop": .spread(isSample: false, isRoot: false)
    default: nil
    }
  }

  /// Returns true when vectors of `type` give the result that SQLite gives.
  ///
  /// SQLite reads numbers out of texts, timestamps among them, when it adds them.
  func takes(_ type: ColumnType) -> Bool {
    switch (function, type) {
    case (_, .json): false
    case (.count, _): true
    case (_, .bool), (_, .int64), (_, .float64): true
    case (.least, .string), (.greatest, .string), (.least, .file), (.greatest, .file): true
    default: false
    }
  }
}
