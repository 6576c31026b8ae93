import Model

/// Recognises statements that vectorised scans can answer.
///
/// SQLite has prepared the statement before, so its syntax and names are right; a statement that is
/// not understood to the last token is left to SQLite.
struct AggregateRecognizer {
  let connection: Connection
  let table: VirtualTable
  private let clauses: SQLClauses
  private let columnNumbers: [DataText: Int]
  /// The names that may qualify columns.
  private let qualifier: String
  /// The aliases of the result's columns, in lower case; nil for a column without one.
  private(set) var aliases: [String?] = []
  private(set) var groups: [Int] = []
  private(set) var aggregates: [Aggregate] = []

  /// Fewer than SQLite lets a table have columns.
  private static let aggregateLimit = 1000

  /// The query of `sql`; nil when it has another shape.
  static func query(_ sql: String, on connection: Connection) -> AggregateQuery? {
    guard connection.state.tables.count == 1, let table = connection.state.tables.first,
      let tokens = SQLToken.tokens(of: sql), let clauses = SQLClauses(tokens),
      clauses.table.lowercasedASCII.hasBytes(of: table.name.lowercasedASCII)
    else { return nil }
    var recognizer = AggregateRecognizer(
      connection, VirtualTable(table.table, state: connection.state), clauses)
    return recognizer.query()
  }

  private init(_ connection: Connection, _ table: VirtualTable, _ clauses: SQLClauses) {
    self.connection = connection
    self.table = table
    self.clauses = clauses
    // SQLite takes letters for equal in both cases when they are ASCII.
    columnNumbers = Dictionary(
      table.sqlNames.enumerated().map { (DataText($1.lowercasedASCII), $0) },
      uniquingKeysWith: { first, _ in first })
    qualifier = (clauses.tableAlias ?? clauses.table).lowercasedASCII
  }

  private mutating func query() -> AggregateQuery? {
    let items = clauses.items.map(SQLItem.init)
    aliases = items.map { $0.alias.map { $0.name.lowercasedASCII } }
    guard !aliases.contains(where: { $0?.hasPrefix("(") == true }), setGroups(items)
    else { return nil }
    var sql = "SELECT "
    for (index, item) in items.enumerated() {
      guard let expression = rewrite(item.expression) else { return nil }
      sql += (index > 0 ? ", " : "") + expression
      if let alias = item.alias { sql += " AS " + alias.source }
    }
    sql += " FROM " + VirtualTable.quoted(AggregateQuery.tableName)
    if let having = clauses.having {
      guard let condition = rewrite(having) else { return nil }
      sql += " WHERE " + condition
    }
    if !clauses.order.isEmpty {
      var terms: [String] = []
      for term in clauses.order {
        guard let term = rewrite(orderTerm: term) else { return nil }
        terms.append(term)
      }
      sql += " ORDER BY " + terms.joined(separator: ", ")
    }
    if let limit = clauses.limit {
      guard limit.allSatisfy(Self.isPlainLimit) else { return nil }
      sql += " LIMIT " + limit.map(\.source).joined(separator: " ")
    }
    guard clauses.hasGroupBy || !aggregates.isEmpty, aggregates.count <= Self.aggregateLimit
    else { return nil }
    var filter: RowFilter?
    if let condition = clauses.condition {
      var parser = RowFilterParser(condition, self)
      guard let parsed = parser.parse() else { return nil }
      filter = parsed
    }
    return AggregateQuery(
      table: table, groups: groups, hasGroupBy: clauses.hasGroupBy, aggregates: aggregates,
      filter: filter, sql: sql,
      condition: clauses.condition?.map(\.source).joined(separator: " ") ?? "")
  }

  private static func isPlainLimit(_ token: SQLToken) -> Bool {
    token.kind == .number || token.keyword == "OFFSET" || token.isSign(",") || token.isSign("-")
  }

  /// Reads GROUP BY, whose terms are columns, positions of columns in the result, or their aliases.
  private mutating func setGroups(_ items: [SQLItem]) -> Bool {
    for term in clauses.groups {
      var name = term
      if term.count == 1, term[0].kind == .number {
        guard let position = Int(term[0].source), items.indices.contains(position - 1)
        else { return false }
        name = items[position - 1].expression
      } else if term.count == 1, column(term[...]) == nil,
        let position = aliases.firstIndex(where: {
          $0?.hasBytes(of: term[0].name.lowercasedASCII) == true
        }), term[0].isName
      {
        name = items[position].expression
      }
      guard let column = column(name[...]), table.columns[column].type != .json else {
        return false
      }
      if !groups.contains(column) { groups.append(column) }
    }
    return groups.count <= 16
  }

  /// The column that is named by exactly these tokens.
  func column(_ tokens: ArraySlice<SQLToken>) -> Int? {
    guard let last = tokens.last, last.isName else { return nil }
    if tokens.count == 3 {
      let (first, dot) = (tokens[tokens.startIndex], tokens[tokens.startIndex + 1])
      guard first.isName, dot.isSign("."), first.name.lowercasedASCII.hasBytes(of: qualifier) else {
        return nil
      }
    } else if tokens.count != 1 {
      return nil
    }
    return column(named: last.name)
  }

  private func column(named name: String) -> Int? {
    columnNumbers[name.lowercasedASCII]
  }

  /// The name that replaces a grouping column in the statement over groups; nil for another column.
  func groupName(_ column: Int) -> String? {
    groups.firstIndex(of: column).map { VirtualTable.quoted(AggregateQuery.groupName($0)) }
  }

  /// The name that replaces an aggregate in the statement over groups.
  ///
  /// The sign makes it an expression, which has no affinity, as the aggregate has none.
  mutating func aggregateName(_ aggregate: Aggregate) -> String {
    if !aggregates.contains(aggregate) { aggregates.append(aggregate) }
    let index = aggregates.firstIndex(of: aggregate) ?? 0
    return "+" + VirtualTable.quoted(AggregateQuery.aggregateName(index))
  }
}

extension String {
  /// With the ASCII letters in lower case and all others as they are.
  var lowercasedASCII: String {
    String(
      decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }
}
