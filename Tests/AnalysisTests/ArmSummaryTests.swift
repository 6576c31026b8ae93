import Analysis
import Statistics
import Model
import Testing
import Wire

@Suite struct ArmSummaryTests {
  private func summary(_ columns: [(String, TestTable.Column)]) throws -> ArmDocument {
    let table = TestTable.make("t@1", columns)
    let roles = try MetricRoles(stated: MetricRoles(), columns: table.columns, of: table.name)
    return ArmSummary(try ArmRows(table, rows: Array(0..<table.count), roles: roles)).document
  }

  @Test func `columns play the part that their names tell`() throws {
    let names = [
      "Passed", "latencyMs", "total_cost", "prompt_tokens", "json_valid", "refused", "other",
    ]
    let table = TestTable.make("t", names.map { ($0, .numbers([1])) })
    var stated = MetricRoles()
    stated[.latency] = ""
    stated[.cost] = "other"
    let roles = try MetricRoles(stated: stated, columns: table.columns, of: "t")
    #expect(roles[.success] == "Passed" && roles[.inputTokens] == "prompt_tokens")
    #expect(roles[.latency] == nil && roles[.cost] == "other")
    #expect(roles[.valid] == "json_valid" && roles[.refusal] == "refused")
    stated[.cost] = "nothing"
    #expect(throws: StoreError.self) { try MetricRoles(stated: stated, columns: [], of: "t") }
  }

  @Test func `compliance is three rates of the same rows`() throws {
    let found = try summary([
      ("success", .numbers([1, 0, 1, nil, 1])), ("json_parsed", .numbers([1, 1, 1, 1, 0])),
      ("schema_valid", .numbers([1, 1, 0, 1, nil])),
    ])
    let schema = try #require(found.schema)
    #expect(schema.parsed?.count == 4 && schema.parsed?.of == 5)
    #expect(schema.valid?.count == 3 && schema.valid?.of == 4)
    #expect(schema.validAndSuccess?.count == 1 && schema.validAndSuccess?.of == 3)
    #expect(found.successCount?.count == 3 && found.successCount?.of == 4)
  }

  @Test func `a finish reason tells truncations and refusals`() throws {
    let found = try summary([
      ("finish_reason", .texts(["stop", "length", "content_filter", nil]))
    ])
    #expect(found.truncations?.count == 1 && found.truncations?.of == 3)
    #expect(found.refusals?.count == 1 && found.refusals?.of == 3)
  }

  @Test func `refusals are split by whether they were expected`() throws {
    let found = try summary([
      ("refused", .numbers([1, 0, 0, 1])), ("refusal", .texts(["I cannot", nil, "", "no"])),
      ("should_refuse", .numbers([1, 1, 0, 0])),
    ])
    #expect(found.refusals?.count == 2 && found.refusals?.of == 4)
    #expect(found.expectedRefusals?.count == 1 && found.expectedRefusals?.of == 2)
    #expect(found.unexpectedRefusals?.count == 1 && found.unexpectedRefusals?.of == 2)
  }

  @Test(arguments: [(71, true), (72, false)])
  func `p95 has no upper bound below 72 rows`(count: Int, isOpen: Bool) throws {
    let found = try summary([("latency_ms", .numbers((0..<count).map { Double($0) }))])
    let latency = try #require(found.latency)
    #expect((latency.p95.upper == nil) == isOpen && latency.rowsForUpperBound == 72)
  }

  @Test func `rows without a cost are counted`() throws {
    let found = try summary([
      ("success", .numbers([1, 1, 0, 1])), ("cost", .numbers([1, 2, 3, nil])),
    ])
    let cost = try #require(found.cost)
    #expect(cost.total == 6 && cost.unpriced == 1)
    #expect(abs((cost.perSuccess?.value ?? 0) - 3) < 1e-12)
    #expect(cost.perRow.value == 2)
  }

  @Test func `an arm without rows tells nothing, and one without columns only its rows`() throws {
    let empty = try summary([("success", .numbers([])), ("latency", .numbers([]))])
    #expect(empty.rows == 0 && empty.success == nil && empty.latency == nil)
    #expect(empty.successCount == .init(count: 0, of: 0, rate: nil))
    #expect(try summary([("x", .numbers([1]))]) == ArmDocument(rows: 1))
  }
}
