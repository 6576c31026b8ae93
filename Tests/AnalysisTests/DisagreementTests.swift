import Analysis
import Columns
import Model
import Routing
import Testing
import Wire

/// Rows of one item that do not agree, in every analysis: nothing of it is settled in silence.
@Suite struct DisagreementTests {
  private static let count = 60

  /// The bake-off with one more column, told by item and model.
  private static func table(
    _ name: String, _ value: @escaping (Int, String) -> String?
  ) throws -> ColumnTable {
    try table([(name, value)])
  }

  private static func table(
    _ columns: [(String, (Int, String) -> String?)]
  ) throws -> ColumnTable {
    let plain = BakeOff.twoModels(count)
    let models = try plain.texts("model").compactMap(\.self)
    let own = try ["id", "topic", "model", "success", "cost"].map { name in
      let isNumber = ["success", "cost"].contains(name)
      return (
        name,
        isNumber
          ? TestTable.Column.numbers(try plain.numbers(name)) : .texts(try plain.texts(name))
      )
    }
    let more = columns.map { name, value in
      (name, TestTable.Column.texts(models.enumerated().map { value($0 / 2, $1) }))
    }
    return TestTable.make("outputs@1", own + more)
  }

  private static let gates =
    #"{"dataset":"outputs@1","min_coverage_percent":95,"non_inferiority":[{"metric":"success","#
    + #""margin_ppm":200000,"alpha_ppm":25000}],"max_cost_increase_percent":10}"#

  private func draft(
    _ table: ColumnTable, _ edit: (inout BacktestOptions) -> Void = { _ in }
  ) throws -> SuggestionDocument {
    var request = SuggestionRequest(name: "r", objective: "min cost s.t. success >= -5pp")
    request.slice = "topic"
    var options = BacktestOptions()
    options.resamples = 999
    edit(&options)
    request.options = options
    return try SuggestionAnalysis(table, key: ["id"], request: request).document(
      request,
      source: .init(reference: "outputs@1", snapshot: Digest(hashing: []), rows: table.count))
  }

  @Test func `items whose rows differ in a cluster are counted in backtests and drafts`() throws {
    // Items 1 and 3 lie in another session under the small model; only the first is moved to it.
    let table = try Self.table("session") { item, model in
      (item == 1 || item == 2) && model == "small" ? "other" : "s\(item % 30)"
    }
    let report = try BakeOff.report(table, try BakeOff.rules()) { $0.cluster = "session" }
    let found = try #require(report.findings.first { $0.subject == "session" })
    #expect(found.count == 1 && found.examples == [["i1001"]])
    #expect(
      found.what
        == "items whose rows differ in it between attempts or targets; the first row of the target "
        + "chosen today counts")
    let told = try draft(table) { $0.cluster = "session" }
    let drafted = try #require(told.findings.first { $0.subject == "session" })
    #expect(drafted.count == 2 && drafted.examples == [["i1001"], ["i1002"]])
    #expect(drafted.what.hasSuffix("the first row of big counts"))
  }

  @Test func `a report counts items that models put into different clusters`() throws {
    let table = try Self.table("session") { item, model in
      item < 3 && model == "small" ? "other" : "s\(item)"
    }
    var request = ReportRequest("outputs@1", by: "model")
    request.cluster = "session"
    let report = try ReportAnalysis(
      table,
      roles: try MetricRoles(
        stated: MetricRoles(), columns: table.columns, of: "outputs@1"), key: ["id"],
      request: request
    ).document(.init(reference: "outputs@1", snapshot: Digest(hashing: []), rows: table.count))
    #expect(
      report.findings.contains(
        "3 items have rows that differ in session: the first row counts"), "\(report.findings)")
  }

  @Test func `few clusters are told in backtests and drafts`() throws {
    let table = try Self.table("session") { item, _ in "s\(item % 4)" }
    let report = try BakeOff.report(table, try BakeOff.rules()) { $0.cluster = "session" }
    #expect(report.findings.contains { $0.subject == "clusters" && $0.count == 4 })
    let told = try draft(table) { $0.cluster = "session" }
    #expect(told.findings.contains { $0.subject == "clusters" && $0.count == 4 })
  }

  @Test func `a judge that is not the same for both targets decides no gate on scores`() throws {
    let rules = try BakeOff.rules(gates: Self.gates)
    let alike = try BakeOff.report(try Self.table("judge") { _, _ in "j1" }, rules)
    #expect(alike.verdict == .pass, "\(alike.failures)")
    let table = try Self.table("judge") { item, model in
      item < 10 && model == "small" ? "j2" : "j1"
    }
    let other = try BakeOff.report(table, rules)
    #expect(other.verdict == .insufficient)
    let success = try #require(other.gates.first { $0.gate.hasPrefix("success") })
    #expect(success.verdict == .undecided)
    #expect(
      success.reason
        == "'judge' is not the same for both targets on 5 items; have all rows judged alike, or "
        + "choose some with --where")
    // What is measured rests on no judge.
    #expect(other.gates.first { $0.gate.hasPrefix("cost") }?.verdict == .passed)
    #expect(other.findings.contains { $0.subject == "judge" && $0.count == 5 })
    let drafted = try draft(table)
    #expect(drafted.findings.contains { $0.subject == "judge" && $0.count == 10 })
  }

  @Test func `texts among numbers, and in their place, are told in backtests and drafts`() throws {
    let plain = BakeOff.twoModels(Self.count)
    let costs = try plain.numbers("cost").enumerated().map { row, cost in
      row < 6 ? "\"n/a\"" : cost.map { "\($0)" }
    }
    let table = TestTable.make(
      "outputs@1",
      [
        ("id", .texts(try plain.texts("id"))), ("topic", .texts(try plain.texts("topic"))),
        ("model", .texts(try plain.texts("model"))),
        ("success", .numbers(try plain.numbers("success"))), ("cost", .mixed(costs)),
        ("latency_ms", .texts(costs.map { $0 ?? "" })),
      ])
    let report = try BakeOff.report(table, try BakeOff.rules())
    let told = try draft(table)
    for findings in [report.findings, told.findings] {
      #expect(
        findings.contains {
          $0.subject == "cost" && $0.count == 6 && $0.what == ComparisonDocument.Finding.texts
        }, "\(findings)")
      #expect(
        findings.contains { $0.subject == "latency_ms" && $0.what.hasPrefix("holds texts") })
    }
  }
}
