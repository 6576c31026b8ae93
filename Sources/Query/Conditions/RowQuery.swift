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

  /// Runs `SELECT select FROM table WHERE condition rest`, handing out rows as they are found.
  /// - Throws: ``StoreError`` of kind `usage` for an invalid condition, `exhausted` at a limit, and
  ///   whatever reading the table throws.
  package func run(
    select: String, rest: String = "", onRow: ([QueryValue]) -> Void
  ) throws(StoreError) {
    let start = "SELECT \(select) FROM \(VirtualTable.quoted(Self.name))"
    let source = OneTable(name: Self.name, table: table, aggregateMemory: memory)
    let query: SQLQuery
    if let condition {
      // On a line of its own, so that a comment at its end takes nothing else with it.
      query = SQLQuery(
        start + " WHERE (\(condition)\n) " + rest, condition: condition, of: table,
        named: Self.name, on: source, options: options)
    } else {
      query = SQLQuery(start + " " + rest, on: source, options: options)
    }
    do throws(StoreError) {
      try query.run(onColumns: { _ in }) { row in
        onRow(row)
        return true
      }
    } catch  where error.kind == .usage && condition != nil {
      // SQLite's position is in the whole statement, which the user did not write.
      throw StoreError(.usage, "where: \(error.message)")
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
