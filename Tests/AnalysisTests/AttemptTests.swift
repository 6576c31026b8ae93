import Analysis
import Columns
import Model
import Routing
import Testing
import Wire

/// Attempts are no items: where a number is made of rows, an item has one value.
@Suite struct AttemptTests {
  /// The bake-off with so many attempts at each item of each model, all with the item's result.
  private func repeated(_ count: Int, _ times: (Int) -> Int) throws -> ColumnTable {
    let table = BakeOff.twoModels(count)
    let rows = (0..<table.count).flatMap { row in
      [Int](repeating: row, count: times(row))
    }
    return table.selecting(rows)
  }

  @Test func `a backtest over attempts is that over items`() throws {
    let rules = try BakeOff.rules()
    let single = try BakeOff.report(BakeOff.twoModels(60), rules)
    let many = try BakeOff.report(try repeated(60) { $0 / 2 % 2 + 1 }, rules) {
      $0.repeats = "attempt"
    }
    #expect(many.pair == single.pair && many.coverage == single.coverage)
    #expect(many.summary?.success == single.summary?.success)
    #expect(many.summary?.cost?.perSuccess == single.summary?.cost?.perSuccess)
    let error = #expect(throws: StoreError.self) {
      try BakeOff.report(try repeated(60) { $0 / 2 % 2 + 1 }, rules)
    }
    #expect(error?.message.contains("--repeat") == true)
  }

  @Test func `a draft over attempts is that over items`() throws {
    func draft(_ table: ColumnTable, _ repeats: String?) throws -> SuggestionDocument {
      var request = SuggestionRequest(name: "r", objective: "min cost s.t. success >= -5pp")
      request.slice = "topic"
      var options = BacktestOptions()
      (options.resamples, options.repeats) = (999, repeats)
      request.options = options
      return try SuggestionAnalysis(table, key: ["id"], request: request).document(
        request,
        source: .init(reference: "outputs@1", snapshot: Digest(hashing: []), rows: table.count))
    }
    let single = try draft(BakeOff.twoModels(100), nil)
    let many = try draft(try repeated(100) { $0 / 2 % 2 + 1 }, "attempt")
    #expect(many.slices == single.slices && many.overall == single.overall)
    #expect(many.models.map(\.summary.success) == single.models.map(\.summary.success))
  }

  @Test func `an experiment's arms are of units, as its differences are`() throws {
    // A unit of the control comes once and succeeds, or three times and fails; of the canary it is
    // the other way round.
    var columns: [(id: String, variant: String, unit: String, success: Double)] = []
    for unit in 0..<80 {
      let isControl = unit % 2 == 0
      let isGood = unit / 2 % 2 == 0
      for decision in 0..<(isControl == isGood ? 1 : 3) {
        columns.append(
          ("\(unit)-\(decision)", isControl ? "control" : "canary", "u\(unit)", isGood ? 1 : 0))
      }
    }
    let decisions = TestTable.make(
      "r.decisions@1",
      [
        ("decision_id", .texts(columns.map(\.id))), ("variant", .texts(columns.map(\.variant))),
        ("unit_hash", .texts(columns.map(\.unit))),
      ])
    let outcomes = TestTable.make(
      "r.outcomes@1",
      [
        ("decision_id", .texts(columns.map(\.id))), ("success", .numbers(columns.map(\.success))),
      ])
    let units = try ExperimentUnits(
      decisions, rows: Array(0..<decisions.count), by: "variant",
      plan: [
        .init(variant: "control", target: "a", share: 0.5),
        .init(variant: "canary", target: "b", share: 0.5),
      ], outcomes: outcomes)
    var request = ExperimentRequest(name: "r")
    request.planned = 40
    request.guardrails = ["success >= +0", "success >= 10%", "success >= 99%"]
    let document = try ExperimentAnalysis(units, outcomes: outcomes, request: request)
      .document(request, by: "variant", sources: [])
    let contrast = try #require(document.contrasts.first)
    #expect(contrast.control == 0.5 && contrast.value == 0.5)
    #expect(document.arms.map(\.summary?.success?.value) == [0.5, 0.5])
    let limits = document.guardrails.filter { $0.kind == .limit }
    #expect(limits.map(\.gate) == ["success >= 10%", "success >= 99%"])
    #expect(limits.map(\.value?.value) == [0.5, 0.5] && limits[1].verdict == .failed)
    request.guardrails = ["success >= 3"]
    #expect(throws: StoreError.self) {
      try ExperimentAnalysis(units, outcomes: outcomes, request: request)
    }
  }

  @Test func `rates of attempts and clusters never leave zero and one`() throws {
    let ids = (0..<40).flatMap { id in ["\(id)", "\(id)"] }
    func side(_ name: String, _ failures: Int) -> ComparisonSide {
      let values = (0..<80).map { Double?($0 < failures ? 0 : 1) }
      return TestTable.side(
        name,
        [
          ("id", .texts(ids)), ("attempt", .numbers((0..<80).map { Double?(Double($0 % 2)) })),
          ("success", .numbers(values)), ("refused", .numbers(values.map { $0.map { 1 - $0 } })),
          ("group", .texts(ids.map { "g\((Int($0) ?? 0) / 4)" })),
        ])
    }
    for failures in [0, 1, 3, 77, 80] {
      for cluster in [nil, "group"] as [String?] {
        let document = try TestTable.compare([side("a", failures), side("b", 1)]) {
          ($0.repeats, $0.cluster) = ("attempt", cluster)
        }
        var estimates: [EstimateDocument?] = []
        for summary in document.arms.map(\.summary) {
          estimates += [
            summary.success, summary.successCount?.rate, summary.refusals?.rate,
            summary.repeats?.flipRate, summary.repeats?.consistency,
          ]
          estimates += summary.repeats?.passEveryTime.map(\.estimate) ?? []
        }
        for metric in document.pairs[0].metrics { estimates += [metric.base, metric.candidate] }
        for estimate in estimates.compactMap({ $0 }) {
          #expect(estimate.lower.map { (0...1).contains($0) } ?? true, "\(estimate)")
          #expect(estimate.upper.map { (0...1).contains($0) } ?? true, "\(estimate)")
        }
        for metric in document.pairs[0].metrics {
          for one in [metric.difference, metric.bootstrap].compactMap({ $0 }) {
            #expect(abs(one.lower ?? 0) <= 1 && abs(one.upper ?? 0) <= 1, "\(one)")
          }
        }
      }
    }
    let sure = try TestTable.compare([side("a", 0), side("b", 1)]) {
      ($0.repeats, $0.cluster) = ("attempt", "group")
    }
    let success = try #require(sure.arms[0].summary.success)
    #expect(success.method == "Wilson over clusters" && success.lower ?? 1 < 0.8)
    #expect(sure.arms[1].summary.success?.method == "clustered t, clipped")
  }

  @Test func `rates that are the same everywhere are not certain`() throws {
    let ids = (0..<12).map { "\($0 / 2)" }
    func side(_ name: String, _ values: [Double]) -> ComparisonSide {
      TestTable.side(
        name,
        [
          ("id", .texts(ids)), ("success", .numbers(values.map { $0 })),
          ("attempt", .numbers((0..<12).map { Double($0 % 2) })),
        ])
    }
    let gates = ["success >= -0.1pp", "success >= -2%", "success >= 49%"]
    for values in [[Double](repeating: 1, count: 12), (0..<12).map { Double($0 % 2) }] {
      let document = try TestTable.compare([side("a", values), side("b", values)]) {
        ($0.repeats, $0.gates) = ("attempt", Array(gates.prefix(values[0] == 1 ? 2 : 3)))
      }
      #expect(document.gates.allSatisfy { $0.verdict == .undecided }, "\(document.gates)")
      let metric = document.pairs[0].metrics[0]
      let reach = 3.841_458_820_694_124 / (6 + 3.841_458_820_694_124)
      #expect(abs((metric.difference?.lower ?? 0) + reach) < 1e-9)
      #expect(metric.difference?.method == (values[0] == 1 ? "Tango" : "Tango over items"))
      #expect(metric.bootstrap == nil)
      #expect(abs((metric.relative?.lower ?? 0) * (metric.base?.value ?? 0) + reach) < 1e-9)
    }
    let all = [Double](repeating: 1, count: 12)
    func plain(_ name: String) -> ComparisonSide {
      TestTable.side(name, [("doc", .texts(ids)), ("success", .numbers(all.map { $0 }))])
    }
    let clustered = try TestTable.compare([plain("a"), plain("b")]) {
      ($0.cluster, $0.gates) = ("doc", Array(gates.prefix(2)))
    }
    #expect(clustered.gates.allSatisfy { $0.verdict == .undecided })
    #expect(clustered.pairs[0].metrics[0].difference?.method == "Tango over clusters")
  }

  @Test
  func `all columns of a key that number attempts are found, and none beside which nothing is`() {
    // Two epochs of each item, with one attempt or four.
    var rows: [(id: String, epoch: Double, attempt: Double)] = []
    for id in 0..<10 {
      for epoch in 0..<2 {
        for attempt in 0..<((id + epoch) % 2 == 0 ? 1 : 4) {
          rows.append(("\(id)", Double(epoch), Double(attempt)))
        }
      }
    }
    let table = TestTable.make(
      "d@1",
      [
        ("id", .texts(rows.map(\.id))), ("epoch", .numbers(rows.map(\.epoch))),
        ("attempt", .numbers(rows.map(\.attempt))),
      ])
    func found(_ key: [String], items: [String]? = nil) -> [String] {
      AttemptColumn.found(in: table, key: key, items: items ?? key)
    }
    #expect(found(["id", "epoch", "attempt"]) == ["epoch", "attempt"])
    #expect(found(["attempt", "id", "epoch"]) == ["attempt", "epoch"])
    #expect(found(["id", "attempt"], items: ["id", "attempt"]) == ["attempt"])
    #expect(found(["epoch", "attempt"], items: ["id"]) == ["epoch", "attempt"])
    #expect(found(["epoch"]).isEmpty && found(["id"]).isEmpty)
  }

  @Test(arguments: [
    (["1", "2"], true), (["01", "-2"], true), (["a", "b"], false), (["1", "b"], false),
    (["1.0", "2.0"], false),
  ])
  func `integers that are written as texts number attempts, since the third edition`(
    names: [String], isFound: Bool
  ) {
    let table = TestTable.make(
      "d@1",
      [
        ("id", .texts((0..<20).map { "\($0 / 2)" })),
        ("attempt", .texts((0..<20).map { names[$0 % 2] })),
      ])
    let key = ["id", "attempt"]
    #expect(
      AttemptColumn.found(in: table, key: key, items: key) == (isFound ? ["attempt"] : []))
    #expect(AttemptColumn.found(in: table, key: key, items: key, edition: .second).isEmpty)
  }

  @Test(arguments: [
    ("attempt", true), ("trial", true), ("repeat", true), ("repetition", true), ("epoch", true),
    ("sample", false), ("seed", false), ("run", false), ("index", false),
  ])
  func `a column numbers attempts by its name, and sample and seed by request alone`(
    name: String, isFound: Bool
  ) {
    let table = TestTable.make(
      "d@1",
      [
        ("id", .texts((0..<20).map { "\($0 / 2)" })),
        (name, .numbers((0..<20).map { Double($0 % 2) })),
      ])
    let key = ["id", name]
    #expect(AttemptColumn.found(in: table, key: key, items: key) == (isFound ? [name] : []))
  }
}
