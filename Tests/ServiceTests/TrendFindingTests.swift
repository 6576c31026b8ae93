import Model
import Objects
import Service
import Store
import TestSupport
import Testing
import Wire

/// What trends and bisections say of rows that are no part of their numbers, and of scores that
/// rest on something else than before.
@Suite struct TrendFindingTests {
  private let desk: Desk

  init() throws { desk = try Desk() }

  private func trend(_ metric: String? = "score", by group: String? = nil) throws -> TrendDocument {
    var request = TrendRequest(metric: metric)
    request.group = group
    return try desk.service.trend(of: try DatasetName("d"), request)
  }

  private func bisect(_ metric: String = "score") throws -> BisectDocument {
    var request = BisectRequest(TrendRequest(metric: metric))
    request.good = "1"
    return try desk.service.bisect(try DatasetName("d"), request)
  }

  private static func lines(_ findings: [ComparisonDocument.Finding]?) -> [String] {
    (findings ?? []).map { finding in
      "\(finding.subject): " + (finding.count.map { "\($0) " } ?? "") + finding.what
        + (finding.isLeftOut ? "; left out" : "")
    }
  }

  /// Rows of items 0 to 9 with what `value` gives as JSON members.
  private static func rows(_ items: Range<Int> = 0..<10, _ members: (Int) -> String) -> String {
    items.map { "{\"id\":\($0),\(members($0))}\n" }.joined()
  }

  @Test func `texts among numbers and rows without a value are told, version by version`() throws {
    try desk.push(Self.rows { "\"score\":0.\($0)" }, key: ["id"])
    try desk.push(Self.rows { "\"score\":\($0 < 3 ? "\"n/a\"" : $0 == 3 ? "null" : "1.5")" })
    try desk.push(Self.rows { $0 == 0 ? "\"score\":\"?\"" : "\"score\":0.5" })
    let trend = try trend()
    #expect(
      Self.lines(trend.findings) == [
        "score: 4 rows hold a text, which is no number: 3 in @2, 1 in @3; left out",
        "score: 1 rows without a value: 1 in @2; left out",
      ])
    #expect(trend.series[0].points.map(\.n) == [10, 6, 9])
    #expect(trend.series[0].points.map(\.missing) == [nil, 4, 1])
    // Both read the first and the last version here.
    let found = try bisect()
    #expect(Self.lines(found.findings).first?.hasPrefix("score: 4 rows hold a text") == true)
    // A comparison says the same of the same rows.
    let compared = try desk.compare("d@1", "d@2")
    #expect(
      compared.findings.contains {
        $0.subject == "score" && $0.count == 3 && $0.what == "rows hold a text, which is no number"
      })
  }

  @Test(arguments: [true, false])
  func `rows without a value are counted by aggregates and by values alike`(isWhole: Bool) throws {
    try desk.push(
      Self.rows { "\"score\":\($0 % 2 == 0 ? "1" : "null"),\"g\":\"\($0 < 4 ? "a" : "b")\"" },
      key: ["id"])
    var request = TrendRequest(metric: "score")
    request.group = "g"
    request.condition = isWhole ? nil : "id >= 0"
    let trend = try desk.service.trend(of: try DatasetName("d"), request)
    #expect(trend.series.map { $0.points.map(\.missing) } == [[2], [3]])
    #expect(Self.lines(trend.findings) == ["score: 5 rows without a value: 5 in @1; left out"])
    // Rows are counted whatever they hold.
    request.metric = nil
    #expect(try desk.service.trend(of: try DatasetName("d"), request).findings == nil)
  }

  private static func attempts(_ counts: [Int], _ lost: Set<Int> = []) -> String {
    counts.enumerated().flatMap { id, count in
      (0..<count).map { attempt in
        let score = attempt == 0 && lost.contains(id) ? "null" : "0.\(attempt + 1)"
        return "{\"id\":\(id),\"attempt\":\(attempt),\"score\":\(score)}\n"
      }
    }.joined()
  }

  @Test func `attempts that items lost are told`() throws {
    try desk.push(Self.attempts([2, 2, 2, 2]), key: ["id", "attempt"])
    try desk.push(Self.attempts([2, 1, 2, 2], [0]))
    try desk.push(Self.attempts([3, 1, 2, 2]))
    let trend = try trend()
    #expect(trend.repeat == "attempt" && trend.series[0].points.map(\.n) == [4, 4, 4])
    let expected = [
      "score: 1 attempts without a value, at items that have others: 1 in @2; left out",
      "attempts: 1 items with fewer than the version before has: 1 in @2",
      "attempts: 1 items with more than the version before has: 1 in @3",
    ]
    #expect(Self.lines(trend.findings) == expected)
    let found = try bisect()
    #expect(Self.lines(found.findings).contains { $0.hasPrefix("attempts: 1 items with fewer") })
    let compared = try desk.compare("d@1", "d@2")
    #expect(
      compared.findings.contains {
        $0.what == "attempts without a value, at items that have others" && $0.count == 1
      })
  }

  @Test func `items with attempts in several groups are told`() throws {
    let rows = (0..<12).map { row in
      "{\"id\":\(row / 2),\"attempt\":\(row % 2),\"score\":1,\"g\":\"\(row < 3 ? "a" : "b")\"}\n"
    }
    try desk.push(rows.joined(), key: ["id", "attempt"])
    let trend = try trend(by: "g")
    #expect(trend.series.map { $0.points.map(\.n) } == [[2], [5]])
    #expect(
      Self.lines(trend.findings) == [
        "g: 1 items with attempts in several of its values count in each: 1 in @1"
      ])
  }

  @Test(arguments: [
    ("judge", "\"j1\"", "\"j2\""), ("rubric_text", "\"a\"", "\"b\""),
    ("expected", "\"x\"", "\"y\""),
    ("meta", "{\"judge\":\"j1\",\"run\":1}", "{\"judge\":\"j2\",\"run\":1}"),
  ])
  func `a changed judge, rubric or reference answer is told where scores rest on it`(
    column: String, old: String, new: String
  ) throws {
    func rows(_ value: String, _ tail: String = "") -> String {
      Self.rows { "\"score\":0.\($0),\"latency_ms\":\($0),\"\(column)\":\(value)" }
    }
    try desk.push(rows(old), key: ["id"])
    try desk.push(Self.rows { "\"score\":0.5,\"latency_ms\":\($0),\"\(column)\":\(old)" })
    try desk.push(Self.rows { _ in "\"score\":0.9,\"latency_ms\":9,\"\(column)\":\(new)" })
    let name = column == "meta" ? "meta.judge" : column
    let line =
      "\(name): not that of the version before, so score rests on something else from there on: "
      + "10 items in @3"
    #expect(Self.lines(try trend().findings) == [line])
    // Halving three versions reads them all.
    #expect(Self.lines(try bisect().findings) == [line])
    // No judge says how long an answer took.
    #expect(try trend("latency_ms").findings == nil)
    // It is what makes gates undecided in a comparison of the two.
    #expect(try desk.compare("d@2", "d@3").findings.contains { $0.subject == name })
    #expect(try !desk.compare("d@1", "d@2").findings.contains { $0.subject == name })
  }

  @Test func `a judge that is recorded of versions is told, and one of rows without a key`() throws
  {
    for judge in ["a", "a", "b"] {
      try desk.push(
        "{\"score\":0.5,\"scorer\":\"\(judge)\",\"expected\":\"\(WriteID.make())\"}\n"
      ) {
        $0.attributes = ["judge": judge]
      }
    }
    let told = Self.lines(try trend().findings)
    #expect(told.count == 2 && told.allSatisfy { $0.hasSuffix("from there on: @3") }, "\(told)")
    #expect(Set(told.map { $0.prefix { $0 != ":" } }) == ["judge", "scorer"])
  }

  @Test func `many versions are one line`() throws {
    for version in 0..<12 {
      try desk.push(Self.rows { "\"score\":\($0 == version ? "null" : "1")" }, key: ["id"])
    }
    let told = Self.lines(try trend().findings)
    #expect(told.count == 1 && told[0].contains("1 in @8 and 2 more versions"), "\(told)")
  }

  @Test func `a bisection says between which versions attempts and judges changed`() throws {
    for version in 1...8 {
      let rows = (0..<4).flatMap { id in
        (0..<(version > 2 && id == 0 ? 1 : 2)).map { attempt in
          "{\"id\":\(id),\"attempt\":\(attempt),\"score\":\(version > 5 ? 1 : 0),"
            + "\"judge\":\"\(version > 2 ? "b" : "a")\",\"n\":\(version)}\n"
        }
      }
      try desk.push(rows.joined(), key: ["id", "attempt"])
    }
    let bisection = try bisect()
    #expect(bisection.moves.map(\.version.number) == [6])
    #expect(
      Self.lines(bisection.findings) == [
        "attempts: 1 items with fewer than the version read before has: 1 between @1 and @4",
        "judge: not that of the version read before, so score rests on something else from there "
          + "on: 4 items between @1 and @4",
      ])
    // A trend reads all of them.
    #expect(
      Self.lines(try trend().findings) == [
        "attempts: 1 items with fewer than the version before has: 1 in @3",
        "judge: not that of the version before, so score rests on something else from there on: "
          + "4 items in @3",
      ])
  }
}
