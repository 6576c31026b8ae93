import Model
import Testing
import Wire

extension StoreServiceContract {
  static let conditionCases = [
    Case(description: "a condition reads only its own row, wherever it is given") { contract in
      try contract.pushArms()
      try contract.push("{\"id\":1}\n", to: "gold")
      for condition in [
        "id IN (SELECT id FROM gold)", "id IN (SELECT id FROM \"arms@1\")", "random() > 0",
        "date('now') > '2000'", "current_date > ''", "1) OR (1", "count(*) > 0", "rowid = 1",
      ] {
        for (door, ask) in contract.doors {
          let error = #expect(throws: StoreError.self) { try ask(condition) }
          #expect(error?.kind == .usage, "\(door): \(condition)")
          #expect(error?.message.contains("where: ") == true, "\(error?.message ?? "")")
        }
      }
      for (_, ask) in contract.doors { try ask("id < 30 AND task LIKE 't%'") }
    },
    Case(description: "a condition of a backtest and of a draft reads its own row alone") {
      contract in
      try contract.pushBakeOff()
      try contract.pushRules("outputs@1")
      try contract.push("{\"id\":1}\n", to: "gold")
      func trial(_ condition: String) throws {
        var request = BacktestRequest(rules: "r@1")
        request.options = BacktestOptions()
        request.options?.condition = condition
        _ = try contract.service.backtest(request)
      }
      func draft(_ condition: String) throws {
        var request = SuggestionRequest(name: "s", objective: "min cost s.t. success >= -20pp")
        (request.on, request.slice) = ("outputs", "topic")
        request.options = BacktestOptions()
        request.options?.condition = condition
        _ = try contract.service.suggest(request)
      }
      for condition in [
        "id IN (SELECT id FROM gold)", "random() > 0", "date('now') > '2000'", "1) OR (1",
        "count(*) > 0",
      ] {
        for ask in [trial, draft] {
          let error = #expect(throws: StoreError.self) { try ask(condition) }
          #expect(error?.kind == .usage, "\(condition)")
          #expect(error?.message.contains("where: ") == true, "\(error?.message ?? "")")
        }
      }
      try trial("id < 50 AND topic LIKE 'c%'")
      try draft("id < 50 AND topic LIKE 'c%'")
    },
    Case(description: "a condition that takes texts for numbers is told with its rows") {
      contract in
      let rows = ["0.2", "\"n/a\"", "0.9"].enumerated().map {
        "{\"id\":\($0),\"s\":\($1),\"success\":true,\"model\":\"m\"}\n"
      }.joined()
      try contract.push(rows, to: "mixed") { $0.key = ["id"] }
      try contract.push(rows.replacing("true", with: "false"), to: "mixed") { $0.key = ["id"] }
      func notes(_ condition: String) throws -> [String] {
        var request = DataRequest(format: .jsonl)
        request.condition = condition
        return try contract.service.data(
          Reference(parsing: "mixed"), request, progress: { _ in }, write: { _ in }
        ).notes ?? []
      }
      #expect(try notes("number(s) > 0.5").isEmpty && notes("id > 0").isEmpty)
      #expect(try notes("s > 0.5").map { $0.contains("1 text ('n/a'), which is above") } == [true])
      var compared = ComparisonRequest(base: "mixed@1", candidates: ["mixed@2"])
      compared.options = ComparisonOptions()
      compared.options?.condition = "s > 0.5"
      let findings = try contract.service.compare(compared).document.findings.filter {
        $0.subject == "s"
      }
      #expect(findings.map(\.count) == [1, 1] && findings.map(\.arm) == ["mixed@1", "mixed@2"])
      var trend = TrendRequest(metric: "success")
      trend.condition = "s > 0.5"
      let told = try contract.service.trend(of: DatasetName("mixed"), trend).findings ?? []
      #expect(told.contains { $0.subject == "s" && $0.count == 2 })
      var report = ReportRequest("mixed", by: "model")
      report.condition = "s > 0.5"
      let reported = try contract.service.report(report).document.findings
      #expect(reported.contains { $0.hasPrefix("s: 1 texts ('n/a' first) compared") })
    },
    Case(description: "what a condition picks stays the same whatever else is saved") { contract in
      try contract.pushArms()
      let condition = "id % 2 = 0 AND date('2026-01-01', '+' || id || ' days') > '2026-01-20'"
      let before = try contract.data("arms@1") { $0.condition = condition }
      #expect(before.split(separator: "\n").count == 42)
      try contract.push("{\"id\":2}\n", to: "gold")
      try contract.pushArms(40)
      #expect(try contract.data("arms@1") { $0.condition = condition } == before)
    },
    Case(description: "a kept document with a condition that is refused says so, and is read") {
      contract in
      try contract.pushArms()
      let refused = "id IN (SELECT id FROM arms)"
      var options = ComparisonOptions()
      options.condition = "id < 31"
      options.gates = ["success >= -90pp"]
      // As an older version of the program kept them.
      var comparison = ComparisonRequest(of: "arms", by: "arm", base: "a", candidates: ["b"])
      comparison.options = options
      try contract.pushDocument(
        Documents.encode(try contract.service.compare(comparison).document),
        condition: ("id < 31", refused), format: Edition.current.format(ComparisonDocument.form),
        to: "old.comparison")
      let gate = try contract.service.createGate(
        GateRequest(reference: "runs", options: options, save: SaveRequest(name: "bar")))
      try contract.pushDocument(
        Documents.encode(gate.document), condition: ("id < 31", refused),
        format: GateDocument.format, to: "old.gate")
      var report = ReportRequest("arms", by: "arm")
      report.condition = "id < 31"
      try contract.pushDocument(
        Documents.encode(try contract.service.report(report).document),
        condition: ("id < 31", refused), format: Edition.current.format(ReportDocument.form),
        to: "old.report")

      let comparisons = try Reference(parsing: "old.comparison")
      let kept = try contract.service.comparison(comparisons).document
      #expect(kept.request.options?.condition == refused)
      let reports = try Reference(parsing: "old.report")
      #expect(try contract.service.report(reports).document.request.condition == refused)
      let gates = try Reference(parsing: "old.gate")
      #expect(try contract.service.gate(gates).document.options.condition == refused)
      func message(_ body: () throws -> Void) -> String {
        let error = #expect(throws: StoreError.self) { try body() }
        #expect(error?.kind == .usage)
        return error?.message ?? ""
      }
      let compared = message { _ = try contract.service.verifyComparison(comparisons) }
      #expect(compared.contains("old.comparison@1") && compared.contains("subqueries"))
      let reported = message { _ = try contract.service.verifyReport(reports) }
      #expect(reported.contains("old.report@1") && reported.contains("subqueries"))
      let registered = message {
        var request = ComparisonRequest(base: "runs", candidates: ["runs"])
        request.registered = "old.gate"
        _ = try contract.service.compare(request)
      }
      #expect(registered.contains("old.gate@1") && registered.contains("subqueries"))
    },
  ]

  /// What takes a condition on the rows of `runs` or `arms`.
  private var doors: [(name: String, ask: (String) throws -> Void)] {
    [
      ("data", { text in _ = try data("arms") { $0.condition = text } }),
      (
        "ordered data", { text in _ = try data("arms") { ($0.condition, $0.order) = (text, "id") } }
      ),
      (
        "trend",
        { text in
          var request = TrendRequest(metric: "success")
          request.condition = text
          _ = try service.trend(of: DatasetName("runs"), request)
        }
      ),
      (
        "trend of a quantile",
        { text in
          var request = TrendRequest(metric: "success")
          request.condition = text
          request.statistic = .p95
          _ = try service.trend(of: DatasetName("runs"), request)
        }
      ),
      (
        "bisect",
        { text in
          var request = TrendRequest(metric: "success")
          request.condition = text
          _ = try service.bisect(DatasetName("runs"), BisectRequest(request))
        }
      ),
      (
        "compare",
        { text in
          var request = ComparisonRequest(of: "arms", by: "arm", base: "a", candidates: ["b"])
          request.options = ComparisonOptions()
          request.options?.condition = text
          _ = try service.compare(request)
        }
      ),
      (
        "report",
        { text in
          var request = ReportRequest("arms", by: "arm")
          request.condition = text
          _ = try service.report(request)
        }
      ),
      (
        "gate",
        { text in
          var options = ComparisonOptions()
          options.gates = ["success >= -2pp"]
          options.condition = text
          _ = try service.createGate(
            GateRequest(reference: "runs", options: options, save: SaveRequest(name: "bar")))
        }
      ),
    ]
  }

  /// Saves results of two arms as `arms`, and those of one as `runs`, twice.
  private func pushArms(_ count: Int = 60) throws {
    func line(_ id: Int, _ arm: String) -> String {
      #"{"id":\#(id),"arm":"\#(arm)","task":"t\#(id % 3)","success":\#(id % 4 == 0 ? 0 : 1)}"#
        + "\n"
    }
    let lines = (1...count).map { line($0, "a") + line($0, "b") }
    try push(lines.joined(), to: "arms") { $0.key = ["id", "arm"] }
    try push((1...count).map { line($0, "a") }.joined(), to: "runs") { $0.key = ["id"] }
    try push((2...count).map { line($0, "a") }.joined(), to: "runs") { $0.key = ["id"] }
  }

  /// Saves a document as an older program kept it, with another condition.
  private func pushDocument(
    _ json: [UInt8], condition: (old: String, new: String), format: String, to name: String
  ) throws {
    let text = String(decoding: json, as: UTF8.self)
    let changed = text.replacing("\"\(condition.old)\"", with: "\"\(condition.new)\"")
    let isChanged = changed != text
    try #require(isChanged)
    try push("{\"document\":\(changed)}\n", to: name) {
      $0.types = ["document": .json]
      $0.kind = .reports
      $0.attributes = ["format": format]
    }
  }
}
