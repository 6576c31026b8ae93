package import Model

/// A SELECT over one table whose condition reads only its own row.
///
/// Everything in the statement but the condition is this program's. The condition is one expression
/// of the table's columns and of functions of these: the rows it picks depend only on the table, so
/// results derived from them may be cached for every caller who may read the table. There is no
/// other table.
package struct RowQuery: Sendable {
  private let table: QueryTable
  private let condition: String?
  private let memory: AggregateMemory?
  private let options: QueryOptions

  /// The name of the table in SQL.
  private static let name = "rows"

  /// A query of the rows of `table` for which `condition` is true; of all rows when that is nil.
  package init(
    _ table: QueryTable, where condition: String?, options: QueryOptions,
    memory: AggregateMemory? = nil
  ) {
    self.table = table
    self.condition = condition
    self.options = options
    self.memory = memory
  }

  /// A column whose texts a condition takes for numbers.
  package struct TextReading: Sendable, Hashable {
    package let column: String
    /// A phrase that goes after the column's name.
    package let note: String
    /// A phrase that goes after the count.
    package let finding: String
    package let count: Int
  }

  /// The columns whose texts the condition compares with numbers, or reads as numbers, where that
  /// bears on which rows it picks.
  ///
  /// Counted are texts above all numbers, and those read as 0, among the rows that it picks; texts
  /// that are numbers and are compared as none; and texts compared by letters.
  ///
  /// Rows are read only where the condition does such a thing (``TextUses``).
  /// - Throws: As ``run(select:rest:onRow:)``.
  package func textReadings() throws(StoreError) -> [TextReading] {
    guard let condition else { return [] }
    return try located { () throws(StoreError) in
      let found = try query("SELECT 1 FROM \(Self.table)", " WHERE (\(condition)\n)").textUses()
      let names = SQLColumns.identifiers(of: table)
      var readings: [TextReading] = []
      for (place, uses) in found.uses.sorted(by: { $0.key.column < $1.key.column }) {
        var tally = TextTally(uses, isExamined: found.examined.contains(place))
        let name = names[place.column]
        try query(
          "SELECT \(name), (\(condition)\n) IS TRUE FROM \(Self.table)",
          " WHERE typeof(\(name)) = 'text'"
        ).run(onColumns: { _ in }) { row in
          if case .text(let text) = row[0] { tally.add(text, isPicked: row[1] == .integer(1)) }
          return true
        }
        readings += tally.readings(of: table.columns[place.column].name)
      }
      return readings
    }
  }

  private var source: OneTable {
    OneTable(name: Self.name, table: table, aggregateMemory: memory)
  }

  /// Runs `SELECT select FROM table WHERE condition rest`, handing out rows as they are found.
  /// - Throws: ``StoreError`` of kind `usage` for an invalid condition, `exhausted` at a limit, and
  ///   whatever reading the table throws.
  package func run(
    select: String, rest: String = "", onRow: ([QueryValue]) -> Void
  ) throws(StoreError) {
    _ = try located { () throws(StoreError) in
      // On a line of its own, so that a comment at its end takes nothing else with it.
      try query(
        "SELECT \(select) FROM \(Self.table)",
        (condition.map { " WHERE (\($0)\n) " } ?? " ") + rest
      ).run(onColumns: { _ in }) { row in
        onRow(row)
        return true
      }
    }
  }

  private static var table: String { VirtualTable.quoted(name) }

  private func query(_ start: String, _ rest: String) -> SQLQuery {
    guard let condition else { return SQLQuery(start + rest, on: source, options: options) }
    return SQLQuery(
      start + rest, condition: condition, of: table, named: Self.name, on: source,
      options: options)
  }

  private func located<Value>(
    _ body: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    do throws(StoreError) {
      return try body()
    } catch  where error.kind == .usage && condition != nil {
      // SQLite's position is in the whole statement, which the user did not write.
      throw StoreError(.usage, "where: \(error.message)")
    }
  }
}

/// Counts of the texts of a column by what a condition does with them.
private struct TextTally {
  private var counts: [TextUses.Use: (count: Int, first: String)] = [:]
  private let uses: Set<TextUses.Use>
  /// True when the condition asks what the values are, and so leaves texts out by intent.
  private let isExamined: Bool

  init(_ uses: Set<TextUses.Use>, isExamined: Bool) {
    (self.uses, self.isExamined) = (uses, isExamined)
  }

  mutating func add(_ text: String, isPicked: Bool) {
    let isNumber = NumberText.isNumber(Array(text.utf8))
    for use in uses {
      let matters =
        switch use {
        case .letters: true
        case .order: isPicked || isNumber && !isExamined
        case .orderAsNumbers, .reading: isPicked && !isNumber
        case .equality: isNumber && !isExamined
        }
      guard matters else { continue }
      counts[use, default: (0, AggregateCall.shown(text.utf8))].count += 1
    }
  }

  func readings(of column: String) -> [RowQuery.TextReading] {
    TextUses.Use.allCases.compactMap { use in
      counts[use].map { found in
        RowQuery.TextReading(
          column: column, note: use.phrase(found.count, first: found.first),
          finding: use.finding(first: found.first), count: found.count)
      }
    }
  }
}

/// A source of a single table.
private struct OneTable: QuerySource {
  let name: String
  let table: QueryTable
  let aggregateMemory: AggregateMemory?

  func table(named name: String) -> QueryTable? { name == self.name ? table : nil }

  func nearNames(to name: String) -> [String] { [] }
}
