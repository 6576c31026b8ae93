import Model
import Service
import Testing
import TestSupport
import Wire

/// Columns that number attempts under names that are not known for it.
@Suite struct SuspectedAttemptsTests {
  private let desk: Desk

  init() throws { desk = try Desk() }

  /// Forty questions to two models, three times each.
  private func push(_ column: String, _ values: [String] = ["1", "2", "3"]) throws {
    var rows = ""
    for id in 0..<40 {
      for model in ["big", "small"] {
        for value in values {
          rows +=
            "{\"id\":\(id),\"model\":\"\(model)\",\"\(column)\":\(value),"
            + "\"output\":\"x\",\"success\":\(id % 3 != 0)}\n"
        }
      }
    }
    try desk.push(rows, key: ["id", "model", column])
  }

  private static let what =
    "the same 3 values at each of 40 items of the other key columns: if these are attempts at one "
    + "item, say --repeat run"

  @Test(arguments: ["run", "rep", "iteration", "sample", "seed", "n"])
  func `a column with the same few integers at each item is told, and stays a part of the item`(
    column: String
  ) throws {
    try push(column)
    let document = try desk.compare("d@1", by: "model")
    #expect(document.items.count == 120)
    let found = document.findings.filter { $0.what.contains("--repeat \(column)") }
    #expect(found.count == 1 && found.first?.subject == "column '\(column)'", "\(found)")
  }

  @Test func `comparisons, reports, gates, scores and ratings tell it`() throws {
    try push("run")
    let comparison = try desk.compare("d@1", by: "model")
    #expect(comparison.findings.map(\.what).contains(Self.what), "\(comparison.findings)")
    let report = try desk.report("d@1", by: "model")
    #expect(report.findings.contains("column 'run' has " + Self.what), "\(report.findings)")
    var options = ComparisonOptions()
    options.gates = ["success >= -2pp"]
    let gate = try desk.service.createGate(
      GateRequest(reference: "d@1", options: options, save: SaveRequest(name: "bar")))
    #expect(
      gate.document.findings?.map(\.what).contains(Self.what.replacing("40", with: "80")) == true)
    let scores = try desk.service.score(ScoreRequest("d@1", scorers: [.string("contains:value=x")]))
    #expect(scores.warnings == ["column 'run' has " + Self.what])
    let task = try desk.service.nextRating(
      in: try DatasetName("d.ratings"),
      RatingTaskRequest(subject: RatingSubject(ref: "d@1", by: "model"), rater: "ann"))
    #expect(task.warnings?.count == 1)
  }

  @Test func `nothing is told of attempts that were named, or of columns that were`() throws {
    try push("run")
    for edit: (inout ComparisonOptions) -> Void in [
      { $0.repeats = "run" }, { $0.key = ["id", "run"] },
    ] {
      var request = ComparisonRequest(of: "d@1", by: "model", base: nil, candidates: [])
      var options = ComparisonOptions()
      options.resamples = 100
      edit(&options)
      request.options = options
      #expect(try desk.service.compare(request) { _ in }.document.findings.isEmpty)
    }
    #expect(try desk.compare("d@1", by: "run").findings.isEmpty)
  }

  @Test func `texts are told where they have numbers, or the column is named so`() throws {
    for (column, values, isTold) in [
      ("run", ["\"a\"", "\"b\""], true), ("which", ["\"r1\"", "\"r2\""], true),
      ("language", ["\"en\"", "\"de\""], false), ("run", ["1", "1.5"], false),
      ("run", (0..<30).map(String.init), false), ("run", ["7"], false),
    ] {
      try push(column, values)
      let findings = try desk.compare("d", by: "model").findings
      #expect(findings.isEmpty == !isTold, "\(column) \(values)")
    }
  }

  @Test func `scores of several scorers are no items of one metric`() throws {
    try push("run")
    _ = try desk.service.score(
      ScoreRequest("d@1", scorers: [.string("contains:value=x"), .string("json_valid")]))
    var request = ComparisonRequest(of: "d.scores@1", by: "model", base: nil, candidates: [])
    var options = ComparisonOptions()
    options.resamples = 100
    options.higher = ["value"]
    request.options = options
    let error = desk.error { _ = try desk.service.compare(request) { _ in } }
    #expect(error?.kind == .usage)
    #expect(
      error?.message.hasSuffix(
        "assay compare d.scores@1 --by model --higher value --where \"scorer = 'contains'\"")
        == true, "\(error?.message ?? "")")
    request.options?.condition = "scorer = 'contains'"
    #expect(try desk.service.compare(request) { _ in }.document.pairs.count == 1)
    let refused = desk.error { _ = try desk.report("d.scores@1", by: "model") }
    #expect(refused?.message.contains("assay report d.scores@1 --by model --where") == true)
  }
}
