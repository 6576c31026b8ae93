import Foundation
import Model
import Query
import Testing

/// Aggregates by vectorised scans must be those of SQLite, over ordinary tables and over ours.
@Suite struct VectorAgreementTests {
  /// The rows of a query, or the kind of error; whether scans computed them.
  private func answer(
    _ sql: String, _ source: MemorySource, usesVectors: Bool
  ) -> (rows: [[QueryValue]]?, isVectorised: Bool) {
    var options = QueryOptions()
    options.usesVectors = usesVectors
    var rows: [[QueryValue]] = []
    do {
      let summary = try SQLQuery(sql, on: source, options: options).run(onColumns: { _ in }) {
        rows.append($0)
        return true
      }
      return (rows, summary.isVectorised)
    } catch {
      return (nil, false)
    }
  }

  /// Doubles may differ in their last bits, since they are added in another order.
  private func agree(_ left: [[QueryValue]]?, _ right: [[QueryValue]]?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    guard left.count == right.count else { return false }
    return zip(left, right).allSatisfy { one, other in
      one.count == other.count
        && zip(one, other).allSatisfy { first, second in
          guard case .real(let first) = first, case .real(let second) = second
          else { return first == second }
          return first == second
            || abs(first - second) <= 1e-9 * max(first.magnitude, second.magnitude, 1)
        }
    }
  }

  private func sorted(_ rows: [[QueryValue]]?) -> [[QueryValue]]? {
    func text(_ row: [QueryValue]) -> String {
      row.map { value in
        if case .real(let real) = value { return String(format: "%.6g", real + 0) }
        return "\(value)"
      }.joined(separator: "|")
    }
    return rows?.sorted { text($0) < text($1) }
  }

  @Test(arguments: 1...105)
  func `generated queries give what SQLite gives`(seed: Int) throws {
    var random = RandomAggregates(seed: UInt64(seed))
    let one = random.table()
    let many = (0..<4).map { _ in random.table() }
    let reference = try ReferenceDatabase()
    try reference.create("one", [one], isMultiVersion: false)
    try reference.create("many", many, isMultiVersion: true)
    // The aggregates that SQLite lacks are compared with our own path alone.
    let ours = ["quantile", "median", "stddev", "variance", "var_pop"]
    let source = MemorySource(
      ["one": one], versioned: ["many": many], groupRows: 1 + seed * 7 % 40,
      hasStatistics: seed % 3 != 0, memory: seed % 2 == 0 ? AggregateMemory() : nil)
    var taken = 0
    for _ in 0..<50 {
      let query = random.query()
      let vectors = answer(query.sql, source, usesVectors: true)
      let rows = answer(query.sql, source, usesVectors: false)
      if vectors.isVectorised { taken += 1 }
      #expect(agree(vectors.rows, rows.rows), "\(query.sql) \(vectors.rows) \(rows.rows)")
      guard !ours.contains(where: { query.sql.contains($0) }) else { continue }
      let expected = try? reference.rows(query.sql)
      let isEqual =
        query.isOrdered
        ? agree(vectors.rows, expected) : agree(sorted(vectors.rows), sorted(expected))
      #expect(isEqual, "\(query.sql) \(vectors.rows) \(expected)")
    }
    #expect(taken >= 20, "vectorised scans took over \(taken) of 50 queries")
  }
}
