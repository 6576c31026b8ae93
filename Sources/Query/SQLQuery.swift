package import Model

/// One SELECT over the tables of a source.
package struct SQLQuery: Sendable {
  /// The outcome of a query.
  package struct Summary: Sendable, Hashable {
    /// The number of rows handed out.
    package let rowCount: Int
    /// True when the row limit, or the receiver, ended the query while there were more rows.
    package let isCutShort: Bool
    /// True when vectorised scans computed the groups.
    package let isVectorised: Bool
    /// A sentence about each aggregate or column whose texts were taken for numbers, or compared
    /// with them, and about integers beyond SQL's.
    package let notes: [String]
  }

  private let sql: String
  private let source: any QuerySource
  private let options: QueryOptions
  /// The condition that a user wrote within this statement, and its table; nil for a whole
  /// statement.
  private let condition: (text: String, table: QueryTable, name: String)?

  /// A query that was not looked at yet.
  package init(_ sql: String, on source: any QuerySource, options: QueryOptions = QueryOptions()) {
    self.sql = sql
    self.source = source
    self.options = options
    condition = nil
  }

  /// A statement over `table`, in SQL `name`, in which `condition` is pasted.
  init(
    _ sql: String, condition: String, of table: QueryTable, named name: String,
    on source: any QuerySource, options: QueryOptions
  ) {
    self.sql = sql
    self.source = source
    self.options = options
    self.condition = (condition, table, name)
  }

  /// Runs the query on the calling thread, handing out rows as they are found.
  ///
  /// `onColumns` is called once, before the first row; `onRow` returns false to end the query.
  /// - Throws: ``StoreError`` of kind `usage` for what SQLite refuses, `missing` for a table that
  ///   is not there, `denied` for anything but reading, `exhausted` at a limit, whatever the source
  ///   throws; and what the closures throw.
  @discardableResult
  package func run(
    onColumns: ([String]) throws(StoreError) -> Void,
    onRow: ([QueryValue]) throws(StoreError) -> Bool
  ) throws(StoreError) -> Summary {
    let state = QueryState(
      source: source, options: options, rule: condition == nil ? .query : .rows)
    return try state.limits.counting(state) { () throws(StoreError) in
      try run(state, onColumns: onColumns, onRow: onRow)
    }
  }

  /// Runs the query on the calling thread and prints all of it; also a large value is given up when
  /// a limit is reached while it is printed.
  /// - Throws: As ``run(onColumns:onRow:)``.
  package func run(printingTo printer: inout ResultPrinter) throws(StoreError) -> Summary {
    let state = QueryState(
      source: source, options: options, rule: condition == nil ? .query : .rows)
    printer.check = { () throws(StoreError) in try state.check() }
    var printed = printer
    let summary = try state.limits.counting(state) { () throws(StoreError) in
      try run(state) { names throws(StoreError) in
        try printed.begin(names)
      } onRow: { values throws(StoreError) in
        try printed.row(values)
        return true
      }
    }
    try printed.finish()
    printer = printed
    return summary
  }

  private func run(
    _ state: QueryState, onColumns: ([String]) throws(StoreError) -> Void,
    onRow: ([QueryValue]) throws(StoreError) -> Bool
  ) throws(StoreError) -> Summary {
    let connection = try connection(state)
    let prepared = try Statement(sql, on: connection)
    let names = prepared.columnNames
    let overGroups = options.usesVectors ? try statementOverGroups(connection) : nil
    let counted = overGroups == nil ? CallCounter.statement(sql, on: connection) : nil
    let statement = overGroups ?? counted ?? prepared
    if overGroups == nil {
      connection.limitValues(for: sql)
      if condition == nil { watchTexts(connection) }
    }
    func summary(_ rowCount: Int, isCutShort: Bool) -> Summary {
      Summary(
        rowCount: rowCount, isCutShort: isCutShort, isVectorised: overGroups != nil,
        notes: state.calls.notes + state.textNotes)
    }
    try onColumns(names)
    var values = [QueryValue](repeating: .null, count: names.count)
    var rowCount = 0
    while try statement.step() {
      if rowCount == options.rowLimit { return summary(rowCount, isCutShort: true) }
      try statement.read(into: &values)
      rowCount += 1
      if try !onRow(values) { return summary(rowCount, isCutShort: true) }
    }
    return summary(rowCount, isCutShort: false)
  }

  /// Has the texts counted that SQLite takes for numbers in this statement, but of columns of which
  /// it asks what their values are: those texts may have been left out already.
  private func watchTexts(_ connection: Connection) {
    let found = TextUses(sql, on: connection)
    for (place, uses) in found.uses {
      let kept = found.examined.contains(place) ? uses.intersection([.letters]) : uses
      connection.state.views[place.table]?.watches[place.column]?.uses = kept
    }
  }

  /// The statement over the groups that vectorised scans computed; nil when the query has another
  /// shape.
  private func statementOverGroups(_ connection: Connection) throws(StoreError) -> Statement? {
    guard let query = AggregateRecognizer.query(sql, on: connection) else { return nil }
    let result = try QueryLimits.uncounted { () throws(StoreError) in
      try AggregateScan(query, connection.state).result()
    }
    guard let groups = result else { return nil }
    try connection.define(AggregateQuery.tableName, QueryTable(groups))
    do throws(StoreError) {
      let statement = try Statement(query.sql, on: connection)
      connection.state.calls.add(query, groups)
      return statement
    } catch  where error.kind == .usage {
      // What SQLite does not take was not understood; it has taken the query itself.
      return nil
    }
  }

  /// The columns of texts that the statement takes for numbers; no row is read.
  func textUses() throws(StoreError) -> TextUses {
    let state = QueryState(
      source: source, options: options, rule: condition == nil ? .query : .rows)
    return try state.limits.counting(state) { () throws(StoreError) in
      let connection = try connection(state)
      _ = try Statement(sql, on: connection)
      return TextUses(sql, on: connection)
    }
  }

  /// A connection that knows the table of a condition, which it has checked.
  private func connection(_ state: QueryState) throws(StoreError) -> Connection {
    let connection = try Connection(state)
    if let condition {
      try connection.define(condition.name, condition.table)
      try connection.check(condition.text, of: condition.table)
    }
    return connection
  }

  /// All columns and rows at once; for results that are known to be small.
  package func rows() throws(StoreError) -> (columns: [String], rows: [[QueryValue]]) {
    var columns: [String] = []
    var rows: [[QueryValue]] = []
    try run(onColumns: { columns = $0 }) {
      rows.append($0)
      return true
    }
    return (columns, rows)
  }
}
