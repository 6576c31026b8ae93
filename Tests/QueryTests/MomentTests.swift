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

  /// Moments as they are written here, the earliest first.
  private static let plain = [
    "0000-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "2026-02-28T23:59:59.100Z",
    "2026-02-28T23:59:59.100001Z", "2026-02-28T23:59:59.101Z", "2026-03-01T00:00:00Z",
    "2026-03-01T00:00:00.000001Z", "2026-03-01T00:00:00.500Z", "2026-03-01T00:00:00.500001Z",
    "2026-10-01T12:00:00Z", "9999-12-31T23:59:59.999999Z",
  ]
  /// Texts that write no moment, or one in another form.
  private static let odd = [
    "", "x", "2026-10", "2026-10-01", "2026-13-01T12:00:00Z", "2026-13-01T12:00:00.500Z",
    "2026-02-30T00:00:00Z", "2026-10-01T12:00:60Z", "2026-10-01T12:00:00.12xZ",
    "2026-10-01T12:00:00.1234567Z", "2026-10-01T12:00:00.1234560Z", "2026-10-01T12:00:00.123456Z",
    "2026-10-01T14:00:00+02:00", "2026-03-01T00:00:00.5Z", "2026-10-01t12:00:00z",
    "2026-10-01T12:00:00.Z", "2026-10-01T12:00:00.5+02Z",
  ]

  private static func compare(_ left: String, _ right: String) -> Int32 {
    unsafe Array(left.utf8).withUnsafeBytes { left in
      unsafe Array(right.utf8).withUnsafeBytes { right in
        unsafe MomentOrder.compare(left, right).signum()
      }
    }
  }

  @Test func `moments in the form that is written here order as in every other form`() {
    for (first, left) in Self.plain.enumerated() {
      for (second, right) in Self.plain.enumerated() {
        let order = Int32((first - second).signum())
        #expect(Self.compare(left, right) == order, "\(left), \(right)")
        let zoned = right.replacing("Z", with: "+00:00")
        #expect(Self.compare(left, zoned) == order, "\(left), \(zoned)")
      }
    }
  }

  @Test func `texts of any form have one order`() {
    let all = (Self.plain + Self.odd).sorted { Self.compare($0, $1) < 0 }
    for (first, left) in all.enumerated() {
      for (second, right) in all.enumerated() {
        let order = Self.compare(left, right)
        #expect(order == -Self.compare(right, left), "\(left), \(right)")
        #expect(first >= second || order <= 0, "\(left), \(right)")
      }
    }
    // No moment, and one whose text in six digits is shorter.
    #expect(Self.compare("2026-10-01T12:00:00.1234567Z", "2026-10-01T12:00:00.1234560Z") < 0)
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
