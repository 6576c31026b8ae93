import Analysis
import Model
import Testing
import Wire

/// What a model lost counts for as little in trials and drafts of rules as in comparisons.
@Suite struct LostTrialTests {
  /// The way in which the small model loses what it fails at.
  enum Loss: String, CaseIterable {
    /// All attempts are there, some without a value.
    case values
    /// Rows of attempts are not there.
    case attempts
    /// Items have no value.
    case items
    /// Rows of items are not there.
    case rows
    /// Another question was asked.
    case inputs

    /// Whether an attempt has a row, and its value.
    func small(_ item: Int, _ attempt: Int) -> (has: Bool, value: Double?) {
      let isLost = self == .items || self == .rows ? item % 3 == 0 : attempt > 0
      switch self {
      case .values, .items: return (true, isLost ? nil : 1)
      case .attempts, .rows: return (!isLost, 1)
      case .inputs: return (true, 1)
      }
    }
  }

  /// A hundred items with three attempts of each model, of which the big one has two successes.
  private static func table(_ loss: Loss?, whole: Int = 0) -> ColumnTable {
    var rows: [(id: String, model: String, attempt: Double, success: Double?, input: String)] = []
    for item in 0..<100 {
      for attempt in 0..<3 {
        let id = "i\(1000 + item)"
        rows.append((id, "big", Double(attempt), attempt < 2 ? 1 : 0, "q"))
        let small = item < whole ? (true, 1) : loss?.small(item, attempt) ?? (true, 1)
        guard small.0 else { continue }
        let input = loss == .inputs && item >= whole ? "p" : "q"
        rows.append((id, "small", Double(attempt), small.1, input))
      }
    }
    return TestTable.make(
      "outputs@1",
      [
        ("id", .texts(rows.map(\.id))), ("topic", .texts(rows.map { _ in "chat" })),
        ("model", .texts(rows.map(\.model))), ("attempt", .numbers(rows.map(\.attempt))),
        ("success", .numbers(rows.map(\.success))), ("input", .texts(rows.map(\.input))),
        ("cost", .numbers(rows.map { ($0.model == "big" ? 5 : 1) + $0.attempt / 10 })),
      ])
  }

  private static let gates = """
    {"dataset":"outputs@1","min_coverage_percent":95,\
    "non_inferiority":[{"metric":"success","margin_ppm":10000,"alpha_ppm":25000}]}
    """

  private func trial(_ table: ColumnTable) throws -> BacktestDocument {
    try BakeOff.report(table, try BakeOff.rules(gates: Self.gates)) { $0.repeats = "attempt" }
  }

  private func draft(
    _ table: ColumnTable, bound: String = "-5pp"
  ) throws -> SuggestionDocument {
    var request = SuggestionRequest(name: "r", objective: "min cost s.t. success >= \(bound)")
    request.slice = "topic"
    var options = BacktestOptions()
    (options.resamples, options.repeats) = (999, "attempt")
    request.options = options
    return try SuggestionAnalysis(table, key: ["id"], request: request).document(
      request,
      source: .init(reference: "outputs@1", snapshot: Digest(hashing: []), rows: table.count))
  }

  @Test func `a model that lost nothing passes, and is drafted`() throws {
    let report = try trial(Self.table(nil))
    #expect(report.verdict == .pass && report.coverage.candidate == 100)
    let draft = try draft(Self.table(nil))
    #expect(draft.fallback == "small")
    #expect(!draft.findings.contains { $0.arm == "small" })
  }

  @Test(arguments: Loss.allCases)
  func `a trial of rules on what a model did not lose is insufficient, and says so`(
    loss: Loss
  ) throws {
    let report = try trial(Self.table(loss))
    #expect(report.verdict == .insufficient, "\(report.gates)")
    #expect(report.gates.allSatisfy { $0.verdict == .undecided })
    #expect(report.coverage.candidate < 95)
    #expect(report.findings.contains { $0.count != nil } || loss == .rows)
    if loss == .values || loss == .attempts {
      let success = try #require(report.gates.first { $0.gate.hasPrefix("success") })
      #expect(
        success.reason
          == "100 of 100 items have a value on both sides, 100 of them without some of their attempts"
      )
      let coverage = try #require(report.gates.first { $0.gate.hasPrefix("coverage") })
      #expect(
        coverage.reason == "the result of 100 of 100 items lacks some of its attempts or values")
    }
  }

  @Test(arguments: Loss.allCases)
  func `a few losses leave a trial and a draft as they are, and are named`(loss: Loss) throws {
    let table = Self.table(loss, whole: 97)
    let report = try trial(table)
    #expect(report.verdict == .pass, "\(report.gates)")
    let draft = try draft(table)
    #expect(draft.fallback == "small")
    #expect(draft.findings.contains { $0.count ?? 0 > 0 })
    if loss != .rows { #expect(report.findings.contains { $0.count ?? 0 > 0 }) }
  }

  @Test(arguments: Loss.allCases)
  func `rows do not speak for a model that lost results, nor make it the base`(
    loss: Loss
  ) throws {
    // Where all questions differ no item is left, and both models lack those that do.
    let draft = try draft(Self.table(loss, whole: loss == .inputs ? 50 : 0))
    let arm = loss == .inputs ? "big" : "small"
    #expect(draft.base == (loss == .inputs ? "small" : "big") && draft.fallback == draft.base)
    #expect(draft.slices.allSatisfy { !$0.isRule })
    #expect(draft.findings.contains { $0.subject == "items" && $0.arm == arm })
  }

  @Test(arguments: [
    (Loss.values, "small: 200 rows without a result are left out"),
    (.attempts, "small: 100 items have fewer attempts than of another model, 200 in all"),
    (.items, "small: 102 rows without a result are left out"),
    (.rows, "of 100 items 66 were given to every model: rates of different items are compared"),
    (.inputs, "input is not the same for all models on 100 items: they are other items"),
  ])
  func `a report says what a model lost`(loss: Loss, line: String) throws {
    let table = Self.table(loss)
    var request = ReportRequest("outputs@1", by: "model")
    request.repeats = "attempt"
    let roles = try MetricRoles(stated: MetricRoles(), columns: table.columns, of: "outputs@1")
    let report = try ReportAnalysis(table, roles: roles, key: ["id"], request: request)
      .document(.init(reference: "outputs@1", snapshot: Digest(hashing: []), rows: table.count))
    #expect(report.findings.contains(line), "\(report.findings)")
  }

  @Test(arguments: [false, true])
  func `losses in one slice keep the rows from speaking there`(isLost: Bool) throws {
    // At chat the small model is worse; of ten items of code it lost three.
    var rows: [(item: Int, topic: String, model: String, success: Double, cost: Double)] = []
    for item in 0..<400 {
      let isCode = item % 10 == 0
      let step = Double(item % 7) / 10
      rows.append((item, isCode ? "code" : "chat", "big", 1, 5 + step))
      if isLost, isCode, item % 100 <= 20 { continue }
      rows.append(
        (item, isCode ? "code" : "chat", "small", !isCode && item % 3 == 0 ? 0 : 1, 1 + step))
    }
    let table = TestTable.make(
      "outputs@1",
      [
        ("id", .texts(rows.map { "i\(1000 + $0.item)" })), ("topic", .texts(rows.map(\.topic))),
        ("model", .texts(rows.map(\.model))), ("attempt", .numbers(rows.map { _ in 1 })),
        ("success", .numbers(rows.map(\.success))), ("cost", .numbers(rows.map(\.cost))),
      ])
    let draft = try draft(table, bound: "-20pp")
    #expect(draft.fallback == "big")
    let code = try #require(draft.slices.first { $0.value == "code" })
    #expect(code.isRule != isLost && code.trials.allSatisfy { ($0.pValue == nil) == isLost })
  }
}
