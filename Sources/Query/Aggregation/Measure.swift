import Model

/// The aggregates computed of one column for each group.
struct Measure: Hashable, Sendable {
  /// The representation of values while they are aggregated.
  enum Kind: Hashable, Sendable {
    /// Bools count as integers, as in SQL.
    case integer
    case real
    case text
    /// Values are counted and not looked at.
    case any
  }

  /// The column in the table as SQL sees it.
  let column: Int
  let kind: Kind
  var hasSum = false
  var hasLeast = false
  var hasGreatest = false
  var hasSpread = false
  /// The quantiles requested.
  var fractions: [Double] = []

  /// The measures that the aggregates of a query need, one for each column.
  static func all(for query: AggregateQuery) -> [Measure] {
    var measures: [Measure] = []
    for aggregate in query.aggregates {
      guard let column = aggregate.column else { continue }
      let index: Int
      if let known = measures.firstIndex(where: { $0.column == column }) {
        index = known
      } else {
        index = measures.count
        measures.append(
          Measure(column: column, kind: kind(query.table.columns[column].type)))
      }
      measures[index].include(aggregate.function)
    }
    return measures
  }

  private static func kind(_ type: ColumnType) -> Kind {
    switch type {
    case .bool, .int64: .integer
    case .float64: .real
    case .string, .file: .text
    case .timestamp, .json, .vector: .any
    }
  }

  private mutating func include(_ function: Aggregate.Function) {
    switch function {
    case .count: break
    case .sum, .total, .average: hasSum = true
    case .least: hasLeast = true
    case .greatest: hasGreatest = true
    case .spread: hasSpread = true
    case .quantile(let fraction): if !fractions.contains(fraction) { fractions.append(fraction) }
    }
  }
}
