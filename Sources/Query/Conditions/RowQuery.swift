package import Model

/// A SELECT over one table whose condition reads nothing but its own row.
///
/// Everything in the statement but the condition is this program's. The condition is one expression
/// of the table's columns and of functions of these: the rows it picks depend on the table alone,
/// so what is made of them may be kept and given to all who may see the table. There is no other
/// table.
package struct RowQuery: Sendable {
  private let table: QueryTable
  private let condition: String?
  private let memory: AggregateMemory?
  private let options: QueryOptions

  /// What the table is called in SQL.
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
  /// - Throws: ``StoreError`` of kind `usage` for a condition that is none, `exhausted` at a limit,
  ///   and whatever reading the table throws.
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
      // Its place is one in the whole statement, which nobody wrote.
      throw StoreError(.usage, "where: \(error.message)")
    }
  }
}

/// A source of nothing but one table.
private struct OneTable: QuerySource {
  let name: String
  let table: QueryTable
  let aggregateMemory: AggregateMemory?

  func table(named name: String) -> QueryTable? { name == self.name ? table : nil }

  func nearNames(to name: String) -> [String] { [] }
}
