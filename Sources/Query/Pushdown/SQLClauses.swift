/// The clauses of a SELECT from one table.
struct SQLClauses {
  private(set) var items: [[SQLToken]] = []
  private(set) var table = ""
  private(set) var tableAlias: String?
  private(set) var condition: [SQLToken]?
  private(set) var groups: [[SQLToken]] = []
  private(set) var having: [SQLToken]?
  private(set) var order: [[SQLToken]] = []
  private(set) var limit: [SQLToken]?

  var hasGroupBy: Bool { !groups.isEmpty }

  /// Words that make a statement more than clauses over one table's groups, wherever they stand.
  private static let foreign: Set<String> = [
    "SELECT", "DISTINCT", "ALL", "FILTER", "OVER", "WINDOW", "COLLATE", "UNION", "EXCEPT",
    "INTERSECT", "JOIN", "WITH", "VALUES", "EXISTS", "INDEXED", "RAISE", "MATCH", "REGEXP",
    "ESCAPE", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP",
  ]

  /// Takes a statement apart; nil when it has another shape.
  init?(_ tokens: [SQLToken]) {
    var tokens = tokens
    while tokens.last?.isSign(";") == true { tokens.removeLast() }
    // Names that begin with a bracket are those of the statement over groups.
    guard tokens.first?.keyword == "SELECT",
      !tokens.dropFirst().contains(where: {
        Self.foreign.contains($0.keyword) || $0.isSign(";") || $0.name.hasPrefix("(") && $0.isName
      })
    else { return nil }
    guard let cuts = Self.cuts(tokens) else { return nil }
    for (index, cut) in cuts.enumerated() {
      let end = index + 1 < cuts.count ? cuts[index + 1].start : tokens.count
      guard cut.body < end else { return nil }
      guard set(cut.keyword, Array(tokens[cut.body..<end])) else { return nil }
    }
    guard !items.isEmpty, !table.isEmpty else { return nil }
  }

  private mutating func set(_ keyword: String, _ body: [SQLToken]) -> Bool {
    switch keyword {
    case "SELECT": items = Self.list(body)
    case "FROM": return setTable(body)
    case "WHERE": condition = body
    case "GROUP": groups = Self.list(body)
    case "HAVING": having = body
    case "ORDER": order = Self.list(body)
    default: limit = body
    }
    return true
  }

  /// The start of each clause, and of its content; nil when clauses are out of order.
  private static func cuts(
    _ tokens: [SQLToken]
  ) -> [(keyword: String, start: Int, body: Int)]? {
    let sequence = ["SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT"]
    var cuts: [(keyword: String, start: Int, body: Int)] = []
    var rank = -1
    var depth = 0
    for (index, token) in tokens.enumerated() {
      if token.isSign("(") { depth += 1 }
      if token.isSign(")") { depth -= 1 }
      guard depth == 0, let found = sequence.firstIndex(of: token.keyword) else { continue }
      guard found > rank else { return nil }
      rank = found
      let isPair = token.keyword == "GROUP" || token.keyword == "ORDER"
      if isPair {
        guard index + 1 < tokens.count, tokens[index + 1].keyword == "BY" else { return nil }
      }
      cuts.append((token.keyword, index, index + (isPair ? 2 : 1)))
    }
    guard depth == 0, cuts.count >= 2, cuts[1].keyword == "FROM" else { return nil }
    return cuts
  }

  /// Splits at the commas outside brackets.
  private static func list(_ tokens: [SQLToken]) -> [[SQLToken]] {
    var parts: [[SQLToken]] = [[]]
    var depth = 0
    for token in tokens {
      if token.isSign("(") { depth += 1 }
      if token.isSign(")") { depth -= 1 }
      if depth == 0, token.isSign(",") {
        parts.append([])
      } else {
        parts[parts.count - 1].append(token)
      }
    }
    return parts
  }

  private mutating func setTable(_ body: [SQLToken]) -> Bool {
    guard body.allSatisfy({ $0.isName }), let first = body.first else { return false }
    table = first.name
    switch body.count {
    case 1: return true
    case 2: tableAlias = body[1].name
    case 3 where body[1].keyword == "AS": tableAlias = body[2].name
    default: return false
    }
    return true
  }
}

/// One column of a result: an expression, and the name it is given.
struct SQLItem {
  let expression: [SQLToken]
  let alias: SQLToken?

  /// Words that end an expression, so that a name after them is an alias.
  private static let ends: Set<String> = ["END", "NULL", "TRUE", "FALSE", "ISNULL", "NOTNULL"]

  /// Finds the alias, with or without AS.
  init(_ tokens: [SQLToken]) {
    guard tokens.count >= 2, let last = tokens.last, last.isName || last.kind == .text else {
      (expression, alias) = (tokens, nil)
      return
    }
    let previous = tokens[tokens.count - 2]
    if previous.keyword == "AS" {
      (expression, alias) = (Array(tokens.dropLast(2)), last)
    } else if Self.endsExpression(previous), !SQLWords.all.contains(last.keyword) {
      (expression, alias) = (Array(tokens.dropLast()), last)
    } else {
      (expression, alias) = (tokens, nil)
    }
  }

  private static func endsExpression(_ token: SQLToken) -> Bool {
    switch token.kind {
    case .text, .number, .quotedName: true
    case .sign: token.isSign(")")
    case .word: ends.contains(token.keyword) || !SQLWords.all.contains(token.keyword)
    }
  }
}
