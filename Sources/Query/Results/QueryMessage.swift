import GRDBSQLite
import Model

/// Errors of SQLite in the terms of this store.
enum QueryMessage {
  /// The error for a failed call; the limits and the store's own errors come before SQLite's text.
  static func failure(_ status: Int32, _ sql: String, _ connection: Connection) -> StoreError {
    if let failure = connection.state.failure { return failure }
    if let refusal = connection.refusal {
      if connection.state.rule == .rows { return StoreError(.usage, refusal) }
      return StoreError(.denied, "queries are read-only: \(refusal)")
    }
    let message = connection.message
    if message.hasSuffix("may not be modified") {
      return StoreError(.denied, "queries are read-only: \(message); save data with push")
    }
    switch status & 0xFF {
    // Sorters' files in memory report as files do.
    case SQLITE_NOMEM, SQLITE_FULL, SQLITE_IOERR:
      if connection.state.limits.isFull { return connection.state.limits.memoryError }
      return .requestLimit(
        "SQLite ran out of memory; select fewer columns or narrow the query with WHERE")
    case SQLITE_TOOBIG:
      return .requestLimit(
        "a value of the query is larger than \(size(connection.valueBytes)); one may be as large as "
          + "the memory limit, and \(QueryLimits.largestValueBytes >> 20) MiB at most, less in a "
          + "statement of many operations")
    default:
      return StoreError(
        .usage, "SQL: " + message + hint(message, sql, connection.state),
        at: location(sql, connection))
    }
  }

  private static func size(_ bytes: Int) -> String {
    bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
  }

  /// The error for a table name that nothing stands behind.
  static func noSuchTable(_ name: String, _ source: any QuerySource) -> StoreError {
    let near = source.nearNames(to: name)
    let hint =
      near.isEmpty
      ? "list what there is with SELECT name FROM assay_datasets"
      : "near: " + near.prefix(5).joined(separator: ", ")
    return StoreError(.missing, "there is no table '\(name)'; \(hint)")
  }

  private static func location(_ sql: String, _ connection: Connection) -> StoreError.Location? {
    let offset = Int(unsafe sqlite3_error_offset(connection.handle))
    guard offset >= 0, offset <= sql.utf8.count else { return nil }
    let before = sql.utf8.prefix(offset)
    let newline = UInt8(ascii: "\n")
    let line = before.reduce(1) { $1 == newline ? $0 + 1 : $0 }
    let column = before.reversed().prefix { $0 != newline }.count + 1
    return StoreError.Location(line: line, column: column)
  }

  private static func hint(_ message: String, _ sql: String, _ state: QueryState) -> String {
    if let name = tail(of: message, after: "no such column: ") {
      let column = name.split(separator: ".").last.map(String.init) ?? name
      for table in state.tables {
        let same = VirtualTable.columns(called: column, in: table.table)
        if !same.isEmpty { return "; " + oneName(same) }
      }
      let columns = state.tables.flatMap { table in
        table.table.columns.map(\.name)
          + (table.table.isMultiVersion ? VirtualTable.versionColumns.map(\.name) : [])
      }
      let near = Spelling.near(column, columns)
      if !near.isEmpty { return "; near: " + near.joined(separator: ", ") }
      if sql.contains("\"\(column)\"") { return "; text is written in single quotes: '\(column)'" }
      return ""
    }
    if let name = tail(of: message, after: "no such function: ") {
      let near = Spelling.near(name, Aggregates.names)
      return near.isEmpty ? "" : "; near: " + near.joined(separator: ", ")
    }
    if message == "no tables specified", state.tables.contains(where: { $0.table.columns.isEmpty })
    {
      return "; the rows have no columns, and can only be counted: count(*)"
    }
    if message.contains("unrecognized token: \"@") || message.contains("near \"-\"")
      || message.contains("near \"@")
    {
      return "; a reference with '-', '.' or '@' stands in double quotes: FROM \"runs@3\""
    }
    return ""
  }

  /// The message about columns whose names SQL does not distinguish.
  private static func oneName(_ columns: [(name: String, sqlName: String)]) -> String {
    columns.map { "'\($0.name)'" }.joined(separator: " and ")
      + " differ only in case, which SQL does not distinguish: write "
      + columns.map { "\(VirtualTable.quoted($0.sqlName)) for '\($0.name)'" }
      .joined(separator: ", ")
  }

  private static func tail(of message: String, after prefix: String) -> String? {
    message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : nil
  }
}
