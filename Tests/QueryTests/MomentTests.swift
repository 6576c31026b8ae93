import Model
import Query
import Testing

/// Timestamps in SQL, which are texts of 0, 3 or 6 digits and compare as moments.
@Suite struct MomentTests {
  private static let texts = [
    "2026-10-01T00:00:01.500Z", "2026-10-01T00:00:01Z", "2026-10-01T00:00:01.250Z",
    "2026-10-01T00:00:00.999999Z",
  ]
  private let source = MemorySource([
    "tm": TestTable(columns: [
      ("id", .int64, (1...4).map { .integer($0) }),
      (
        "t", .timestamp,
        texts.map { .integer(Timestamp(parsing: $0)?.microseconds ?? 0) }
      ),
    ])
  ])

  private func ids(_ sql: String, usesVectors: Bool) throws -> [QueryValue] {
    var options = QueryOptions()
    options.usesVectors = usesVectors
    var rows: [QueryValue] = []
    _ = try SQLQuery(sql, on: source, options: options).run(onColumns: { _ in }) {
      rows.append($0[0])
      return true
    }
    return rows
  }

  static let conditions: [(String, [Int64])] = [
    ("t > '2026-10-01T00:00:01Z'", [1, 3]), ("t >= '2026-10-01T00:00:01Z'", [1, 2, 3]),
    ("t < '2026-10-01 00:00:01'", [4]), ("t = '2026-10-01T02:00:01.5+02:00'", [1]),
    ("t <> '2026-10-01T00:00:01.25Z'", [1, 2, 4]), ("'2026-10-01T00:00:01.25' >= t", [2, 3, 4]),
    ("t BETWEEN '2026-10-01' AND '2026-10-01 00:00:01.25'", [2, 3, 4]),
    ("t IN ('2026-10-01T00:00:01.000Z', '2026-10-01T00:00:00.999999Z')", [2, 4]),
    ("t > '2026-10'", [1, 2, 3, 4]), ("t < '2026-10'", []), ("t > '2026-10-01T12:00'", []),
  ]

  @Test(arguments: conditions, [true, false])
  func `a timestamp compares with any text of a moment as a moment`(
    _ condition: (String, [Int64]), _ usesVectors: Bool
  ) throws {
    let ids = try ids(
      "SELECT id FROM tm WHERE \(condition.0) ORDER BY id", usesVectors: usesVectors)
    #expect(ids == condition.1.map { .integer($0) })
    let count = try self.ids(
      "SELECT count(*) FROM tm WHERE \(condition.0)", usesVectors: usesVectors)
    #expect(count == [.integer(Int64(condition.1.count))])
  }

  @Test(arguments: [true, false])
  func `timestamps are sorted and are least and greatest as moments`(usesVectors: Bool) throws {
    let order: [QueryValue] = [.integer(4), .integer(2), .integer(3), .integer(1)]
    #expect(try ids("SELECT id FROM tm ORDER BY t", usesVectors: usesVectors) == order)
    #expect(
      try ids("SELECT id FROM tm ORDER BY t DESC", usesVectors: usesVectors) == order.reversed())
    #expect(
      try ids("SELECT max(t) FROM tm", usesVectors: usesVectors) == [.text(Self.texts[0])])
    #expect(
      try ids("SELECT min(t) FROM tm", usesVectors: usesVectors) == [.text(Self.texts[3])])
    #expect(
      try ids("SELECT t FROM tm GROUP BY t ORDER BY t LIMIT 2", usesVectors: usesVectors)
        == [.text(Self.texts[3]), .text(Self.texts[1])])
  }
}
