import Model
import Query
import TestSupport

/// Tables, and aggregating queries over one of them, made up from a seed.
struct RandomAggregates {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private mutating func pick<Element>(_ items: [Element]) -> Element {
    items[Int.random(in: 0..<items.count, using: &generator)]
  }

  private mutating func chance(_ share: Double) -> Bool {
    Double.random(in: 0..<1, using: &generator) < share
  }

  private static let texts = [
    "alpha", "beta", "Beta", "", "gamma ray", "naïve", "日本", "🙂", "12", "5", "a'b", "zz",
    "alphabet", "alphabets", "nul\u{1}",
  ]
  private static let reals = [-2.5, -1.0, 0, -0.0, 0.125, 0.5, 1, 2.25, 5, 1e6]
  private static let integers: [Int64] = [-3, 0, 1, 2, 5, 7, 12, 1 << 40]
  private static let large: [Int64] = [1 << 53, (1 << 53) + 1, .max, .min, -1]

  /// A table of up to 70 rows; `n` may overflow, `score` may have infinities and NaN.
  mutating func table() -> TestTable {
    let count = chance(0.05) ? 0 : Int.random(in: 0...70, using: &generator)
    let integers = chance(0.2) ? Self.integers + Self.large : Self.integers
    let reals = chance(0.2) ? Self.reals + [.nan, .infinity, -.infinity] : Self.reals
    let types: [(String, ColumnType)] = [
      ("flag", .bool), ("n", .int64), ("m", .int64), ("score", .float64), ("cost", .float64),
      ("model", .string), ("Task name", .string), ("at", .timestamp), ("extra", .json),
    ]
    var columns: [(name: String, type: ColumnType, values: [QueryValue])] = []
    for (name, type) in types {
      let nulls = pick([0, 0, 0.2, 1])
      var values: [QueryValue] = []
      while values.count < count {
        let value: QueryValue =
          if chance(nulls) { .null } else {
            switch type {
            case .bool: .integer(pick([0, 1]))
            case .int64: .integer(pick(name == "m" ? Self.integers : integers))
            case .float64: .real(pick(name == "cost" ? Self.reals : reals))
            case .string, .file, .vector: .text(pick(Self.texts))
            case .timestamp: .integer(pick([0, 500_000, 999_999, 1_000_000, 86_400_000_000]))
            case .json: .text(pick(["1", "\"x\"", "[1,2]"]))
            }
          }
        let run = chance(0.3) ? 12 : 1
        values += repeatElement(value, count: min(run, count - values.count))
      }
      columns.append((name: name, type: type, values: values))
    }
    return TestTable(columns: columns)
  }

  private mutating func numeric() -> String { pick(["flag", "n", "m", "score", "cost", "m"]) }

  private mutating func text() -> String { pick(["model", "\"Task name\"", "a.model"]) }

  private mutating func column(_ isMulti: Bool) -> String {
    if isMulti, chance(0.3) { return pick(["_version", "_version", "_message", "_created_at"]) }
    return pick(["flag", "n", "m", "score", "model", "\"Task name\"", "a.model", "at", "MODEL"])
  }

  mutating func aggregate(_ isMulti: Bool) -> String {
    switch Int.random(in: 0..<14, using: &generator) {
    case 0, 1: return pick(["count(*)", "count()", "COUNT( * )"])
    case 2: return "count(\(column(isMulti)))"
    case 3, 4: return "sum(\(numeric()))"
    case 5, 6: return "avg(\(numeric()))"
    case 7: return "total(\(numeric()))"
    case 8: return "\(pick(["min", "max"]))(\(chance(0.5) ? numeric() : text()))"
    case 9: return "\(pick(["min", "max"]))(\(isMulti ? "_version" : "model"))"
    case 10: return "median(\(numeric()))"
    case 11, 12: return "quantile(\(numeric()), \(pick(["0.95", "0", "1", "0.5", ".25", "0.999"])))"
    default:
      return "\(pick(["stddev", "variance", "stddev_pop", "var_pop"]))(\(numeric()))"
    }
  }

  private mutating func number() -> String {
    let integer = ReferenceDatabase.literal(.integer(pick(Self.integers)))
    let more = ["0.3", "1e19", "-1e19", "9007199254740992", "9223372036854775807", "2.0", "-0.0"]
    return chance(0.5) ? integer : chance(0.7) ? pick(["0.5", "1.0", "-2.5", "0.125"]) : pick(more)
  }

  private mutating func comparison(_ isMulti: Bool) -> String {
    let sign = pick(["=", "<", "<=", ">", ">=", "<>", "==", "!="])
    let name = isMulti && chance(0.3) ? "_version" : numeric()
    let value = isMulti && name == "_version" ? pick(["1", "2", "3"]) : number()
    let text = ReferenceDatabase.literal(.text(pick(Self.texts)))
    switch Int.random(in: 0..<14, using: &generator) {
    case 0...3: return "\(name) \(sign) \(value)"
    case 4, 5: return "\(self.text()) \(sign) \(text)"
    case 6: return "\(value) \(sign) \(name)"
    case 7: return "\(column(isMulti)) IS \(pick(["", "NOT "]))NULL"
    case 8: return "\(column(isMulti)) \(pick(["ISNULL", "NOTNULL", "NOT NULL"]))"
    case 9: return "\(name) \(pick(["", "NOT "]))BETWEEN \(value) AND \(number())"
    case 10: return "\(name) \(pick(["", "NOT "]))IN (\(value), \(number()))"
    case 11: return "\(self.text()) \(pick(["", "NOT "]))IN (\(text), 'beta')"
    case 12: return name
    default: return pick(["n < m", "model LIKE 'a%'", "at > '1970-01-01'", "n = '5'", "model > 5"])
    }
  }

  private mutating func condition(_ isMulti: Bool, depth: Int = 0) -> String {
    switch Int.random(in: 0..<(depth < 3 ? 12 : 6), using: &generator) {
    case 6, 7, 8:
      let first = condition(isMulti, depth: depth + 1)
      return "\(first) AND \(condition(isMulti, depth: depth + 1))"
    case 9:
      let first = condition(isMulti, depth: depth + 1)
      return "(\(first) OR \(condition(isMulti, depth: depth + 1)))"
    case 10: return "NOT (\(condition(isMulti, depth: depth + 1)))"
    case 11: return "NOT \(condition(isMulti, depth: depth + 1))"
    default: return comparison(isMulti)
    }
  }

  private mutating func item(_ groups: [String], _ isMulti: Bool) -> String {
    let one = aggregate(isMulti)
    switch Int.random(in: 0..<12, using: &generator) {
    case 0: return "round(\(one), 2)"
    case 1: return "\(one) * 1.0 / count(*)"
    case 2: return "coalesce(\(one), 'none')"
    case 3: return "CASE WHEN \(one) > 1 THEN 'many' ELSE typeof(\(one)) END"
    case 4 where !groups.isEmpty: return "\(pick(groups)) || ':' || count(*)"
    // Of numbers whose last bits are the same in every order of rows.
    case 5:
      return "CAST(\(pick(["count(m)", "max(m)", "min(model)"])) AS \(pick(["TEXT", "REAL"])))"
    case 6: return "\(one) = '5'"
    case 7: return "max(\(one), 3)"
    default: return one
    }
  }

  /// A query, and whether its rows have an order.
  mutating func query() -> (sql: String, isOrdered: Bool) {
    let isMulti = chance(0.5)
    let groups = (0..<pick([0, 1, 1, 1, 2, 2, 3])).map { _ in column(isMulti) }
    var items = groups.filter { _ in chance(0.9) }
    var group = groups
    if let first = items.first, first == groups.first {
      if chance(0.2) { group[0] = "1" }
      if chance(0.2) {
        items[0] += chance(0.5) ? " AS kind" : " \"kind\""
        if chance(0.5) { group[0] = "kind" }
      }
    }
    for index in 0..<Int.random(in: 1...4, using: &generator) {
      items.append(item(groups, isMulti) + pick(["", "", " AS v\(index)", " v\(index)"]))
    }
    var sql = "SELECT \(items.joined(separator: ", ")) FROM \(isMulti ? "many" : "one") a"
    if chance(0.7) { sql += " WHERE " + condition(isMulti) }
    if !groups.isEmpty { sql += " GROUP BY " + group.joined(separator: ", ") }
    if !groups.isEmpty, chance(0.3) {
      sql += " HAVING \(item(groups, isMulti)) \(pick([">", "<", "IS NOT"])) \(pick(["1", "NULL"]))"
    }
    guard chance(0.5) else { return (sql, false) }
    let direction = pick(["", " DESC", " ASC", " DESC NULLS LAST"])
    var order = groups.map { $0 + direction }
    if chance(0.3) { order.insert(aggregate(isMulti) + " DESC", at: 0) }
    if order.isEmpty { order = ["1"] }
    sql += " ORDER BY " + order.joined(separator: ", ")
    if chance(0.4) { sql += " LIMIT \(pick(["3", "0", "2 OFFSET 1", "1, 2", "-1"]))" }
    return (sql, true)
  }
}
