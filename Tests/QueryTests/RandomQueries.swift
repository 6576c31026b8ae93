import Model
import Query
import TestSupport

/// Tables and queries over them, made up from a seed.
struct RandomQueries {
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
    "alphabet",
  ]
  /// Eighths, so small that hundreds of them add up exactly, whatever their order and the method.
  private static let reals = [-2.5, -1.0, 0, 0.125, 0.5, 1, 2.25, 5, 1e12]
  private static let integers: [Int64] = [
    -3, 0, 1, 2, 5, 7, 12, 1 << 53, (1 << 53) + 1, .max, .min,
  ]

  /// A table of up to 60 rows with columns of every type; `id` counts.
  mutating func table() -> TestTable {
    let count = Int.random(in: 0...60, using: &generator)
    let types: [(String, ColumnType)] = [
      ("flag", .bool), ("n", .int64), ("score", .float64), ("model", .string), ("at", .timestamp),
      ("extra", .json),
    ]
    var columns: [(name: String, type: ColumnType, values: [QueryValue])] = [
      (name: "id", type: .int64, values: (0..<count).map { .integer(Int64($0)) })
    ]
    for (name, type) in types {
      let nulls = pick([0, 0.2, 1])
      // A run of equal values lets statistics rule whole groups out.
      var values: [QueryValue] = []
      while values.count < count {
        let value = chance(nulls) ? .null : value(type)
        let run = chance(0.3) ? 12 : 1
        values += repeatElement(value, count: min(run, count - values.count))
      }
      columns.append((name: name, type: type, values: values))
    }
    return TestTable(columns: columns)
  }

  private mutating func value(_ type: ColumnType) -> QueryValue {
    switch type {
    case .bool: .integer(pick([0, 1]))
    case .int64: .integer(pick(Self.integers))
    case .float64: .real(pick(Self.reals))
    case .string, .file, .vector: .text(pick(Self.texts))
    case .timestamp:
      .integer(pick([-1, 0, 500_000, 999_999, 1_000_000, 86_400_000_000, 1_790_000_000_250_000]))
    case .json: .text(pick(ReferenceDatabase.mixed.keys.sorted()))
    }
  }

  private mutating func literal() -> String {
    let times = [
      "1970-01-01T00:00:00Z", "1970-01-01", "1970-01-01T00:00:00.5Z", "1970-01-02T00:00:00Z",
      "1970",
      "1969-12-31T23:59:59.999999Z", "2026-09-21T14:13:20.250Z", "1970-01-01T00:00:01",
    ]
    let value: QueryValue =
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: .integer(pick(Self.integers))
      case 1: .real(pick(Self.reals + [0.3, 1e19, -1e19, 9_007_199_254_740_992]))
      case 2, 3: .text(pick(Self.texts))
      case 4: .text(pick(times))
      default: chance(0.2) ? .null : .text(pick(["x", "5", "[1,2]", "1.0", " 1", "0.5"]))
      }
    return ReferenceDatabase.literal(value)
  }

  private static let columns = ["id", "flag", "n", "score", "model", "at", "extra"]

  private mutating func column(_ table: String, _ isMulti: Bool) -> String {
    let more = isMulti ? ["_version", "_created_at", "_message", "_version"] : []
    return table + "." + pick(Self.columns + more)
  }

  private mutating func condition(_ tables: [String], _ isMulti: Bool, depth: Int = 0) -> String {
    let left = column(pick(tables), isMulti)
    switch Int.random(in: 0..<(depth < 2 ? 16 : 12), using: &generator) {
    case 0...5: return "\(left) \(pick(["=", "<", "<=", ">", ">=", "<>", "IS"])) \(literal())"
    case 6: return "\(left) IS \(pick(["", "NOT "]))NULL"
    case 7, 8:
      let list = (0..<Int.random(in: 1...3, using: &generator)).map { _ in literal() }
      return "\(left) \(pick(["", "NOT "]))IN (\(list.joined(separator: ", ")))"
    case 9: return "\(left) BETWEEN \(literal()) AND \(literal())"
    case 10: return "\(left) \(pick(["=", "<", ">"])) \(column(pick(tables), isMulti))"
    case 11: return "\(left) = \(literal()) COLLATE NOCASE"
    case 12, 13:
      let first = condition(tables, isMulti, depth: depth + 1)
      return "(\(first) AND \(condition(tables, isMulti, depth: depth + 1)))"
    case 14:
      let first = condition(tables, isMulti, depth: depth + 1)
      return "(\(first) OR \(condition(tables, isMulti, depth: depth + 1)))"
    default: return "NOT (\(condition(tables, isMulti, depth: depth + 1)))"
    }
  }

  /// A query whose result does not depend on the order of rows, or orders them fully.
  mutating func query() -> (sql: String, isOrdered: Bool) {
    let isMulti = chance(0.5)
    let name = isMulti ? "many" : "one"
    let filter = chance(0.8) ? " WHERE " + condition(["a"], isMulti) : ""
    let identity = isMulti ? "a._version, a.id" : "a.id"
    switch Int.random(in: 0..<10, using: &generator) {
    case 0...2:
      return ("SELECT a.* FROM \(name) a\(filter)", false)
    case 3, 4:
      let first = isMulti && chance(0.6) ? "a._version\(pick([" DESC", ""])), " : ""
      let order = "\(first)\(column("a", isMulti)) \(pick(["ASC", "DESC"])), \(identity)"
      let limit = Int.random(in: 0...20, using: &generator)
      let offset = Int.random(in: 0...3, using: &generator)
      return (
        "SELECT a.* FROM \(name) a\(filter) ORDER BY \(order) LIMIT \(limit) OFFSET \(offset)", true
      )
    case 5, 6:
      let keys = (0..<Int.random(in: 1...2, using: &generator)).map { _ in column("a", isMulti) }
      let key = keys.joined(separator: ", ")
      return (
        "SELECT \(key), count(*), count(a.score), sum(a.score), min(a.model), max(a.at), "
          + "total(a.flag) FROM \(name) a\(filter) GROUP BY \(key)", false
      )
    case 7:
      return ("SELECT DISTINCT \(column("a", isMulti)), a.flag FROM \(name) a\(filter)", false)
    default: return (join(name, isMulti), false)
    }
  }

  private mutating func join(_ name: String, _ isMulti: Bool) -> String {
    let key = pick(["id", "n", "model", "score", "flag", "at", "extra"])
    let other = chance(0.8) ? key : pick(["id", "n", "model", "score", "extra"])
    let kind = pick(["JOIN", "LEFT JOIN", "JOIN"])
    let more = chance(0.3) ? " AND " + condition(["a", "b"], false) : ""
    let filter = chance(0.5) ? " WHERE " + condition(["a", "b"], false) : ""
    if chance(0.2) {
      return "SELECT a.id, a.n FROM \(name) a WHERE a.\(key) IN (SELECT b.\(other) FROM other b)"
    }
    return "SELECT a.id, b.id, a.\(key), b.\(other) FROM \(name) a \(kind) other b "
      + "ON a.\(key) = b.\(other)\(more)\(filter)"
  }
}
