import GRDBSQLite
import Model

extension Connection {
  /// Checks that a text is one expression of the columns of a table, and of functions of these.
  ///
  /// SQLite says so when the text defines a generated column of a table that is never made
  /// (https://www.sqlite.org/gencol.html#limitations): that takes no subqueries, no parameters, no
  /// aggregates, no row numbers and nothing that may change.
  /// - Throws: ``StoreError`` of kind `usage`, and `exhausted` at a limit.
  func check(_ condition: String, of table: QueryTable) throws(StoreError) {
    guard ExpressionText(condition).isClosed else {
      throw StoreError(
        .usage, "a condition is one SQL expression with brackets that match, and no ';'")
    }
    // SQL takes names in any case for one.
    let names = Set(table.columns.map { DataText($0.name.lowercasedASCII) })
    var own = "(condition)"
    while names.contains(own) { own = "(\(own))" }
    let sql =
      "CREATE TABLE \"(row)\"(\(columns(of: table, in: condition)), \(VirtualTable.quoted(own)) AS ("
    var statement: OpaquePointer?
    isChecking = true
    // Prepared only: the table is never made.
    let status = withLongStatements {
      unsafe sqlite3_prepare_v3(handle, sql + condition + "\n))", -1, 0, &statement, nil)
    }
    let offset = Int(unsafe sqlite3_error_offset(handle))
    unsafe sqlite3_finalize(statement)
    isChecking = false
    guard status != SQLITE_OK else { return }
    if let refused = Self.refused(message) {
      try requireTables(of: condition)
      throw StoreError(.usage, "a condition reads only its own row, so it takes no \(refused)")
    }
    // The bracket that SQLite names then is not the user's.
    if offset >= sql.utf8.count + condition.utf8.count, message.hasSuffix(": syntax error") {
      throw StoreError(
        .usage, "the condition ends too early: something is missing behind its last word")
    }
    let error = QueryMessage.failure(status, condition, self)
    throw error.restated(error.message)
  }

  /// Goes on where the tables that a refused condition names are there for its caller, so that it
  /// shows no more of others than a query does.
  /// - Throws: ``StoreError`` of kind `missing` for one that is not.
  private func requireTables(of condition: String) throws(StoreError) {
    guard let source = state.options.tables, let tokens = SQLToken.tokens(of: condition)
    else { return }
    for (word, name) in zip(tokens, tokens.dropFirst())
    where ["FROM", "JOIN"].contains(word.keyword) && name.isName {
      guard try source.table(named: name.name) == nil else { continue }
      throw QueryMessage.noSuchTable(name.name, source)
    }
  }

  /// The expression that SQLite's message refuses in a generated column; nil for another
  /// message.
  private static func refused(_ message: String) -> String? {
    let end = " prohibited in generated columns"
    if message.hasSuffix(end) { return String(message.dropLast(end.count)) }
    let starts = ["misuse of ", "unsafe use of "]
    return starts.first { message.hasPrefix($0) }.map { String(message.dropFirst($0.count)) }
  }

  /// Columns for the declaration of a table with one more, of which those may be left out, where
  /// there are as many as SQL takes, that the condition does not name.
  private func columns(of table: QueryTable, in condition: String) -> String {
    let table = VirtualTable(table, state: state)
    var columns = Array(zip(table.sqlNames, table.declarations))
    if columns.count >= Self.columnLimit {
      let text = condition.lowercasedASCII.utf8
      columns.removeAll { name, _ in
        let quoted = VirtualTable.quoted(name).lowercasedASCII
        return !text.contains(quoted.utf8.dropFirst().dropLast())
      }
    }
    return columns.isEmpty ? "\"(nothing)\"" : columns.map(\.1).joined(separator: ", ")
  }
}

/// A text that is to stand within brackets of a statement.
struct ExpressionText {
  private var rest: Substring.UTF8View

  init(_ text: String) { rest = text[...].utf8 }

  /// True when its brackets match, and it has no end of a statement and no zero byte outside of
  /// texts
  /// and comments.
  ///
  /// Otherwise it could close the brackets around it, and begin something else.
  var isClosed: Bool {
    var text = self
    return text.scan()
  }

  private mutating func scan() -> Bool {
    var depth = 0
    while let byte = rest.popFirst() {
      switch byte {
      case 0, UInt8(ascii: ";"): return false
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"):
        depth -= 1
        if depth < 0 { return false }
      case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
        // A doubled quote ends one text and begins the next.
        guard skip(behind: byte) else { return false }
      case UInt8(ascii: "["):
        guard skip(behind: UInt8(ascii: "]")) else { return false }
      case UInt8(ascii: "-") where rest.first == UInt8(ascii: "-"):
        // A line may end with the text.
        _ = skip(behind: UInt8(ascii: "\n"))
      case UInt8(ascii: "/") where rest.first == UInt8(ascii: "*"):
        rest.removeFirst()
        guard skipComment() else { return false }
      default: continue
      }
    }
    return depth == 0
  }

  private mutating func skip(behind byte: UInt8) -> Bool {
    guard let end = rest.firstIndex(of: byte) else { return false }
    rest = rest[rest.index(after: end)...]
    return true
  }

  private mutating func skipComment() -> Bool {
    while skip(behind: UInt8(ascii: "*")) {
      if rest.first == UInt8(ascii: "/") {
        rest.removeFirst()
        return true
      }
    }
    return false
  }
}
