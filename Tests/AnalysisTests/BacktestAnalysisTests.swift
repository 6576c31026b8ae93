import Analysis
import Model
import Routing
import Testing
import Wire

struct BacktestAnalysisTests {
  private static let gate = """
    {"dataset":"outputs@1","min_coverage_percent":95,"non_inferiority":\
    [{"metric":"success","margin_ppm":20000,"alpha_ppm":25000}],"max_cost_increase_percent":0}
    """

  @Test func `a report tells what changes, for whom, and at what cost`() throws {
    let report = try BakeOff.report(BakeOff.twoModels(200), try BakeOff.rules())
    #expect(report.items.count == 200 && report.changed == 100)
    #expect(report.coverage == .init(items: 200, candidate: 200, active: 200, both: 200))
    #expect(
      report.changes == [
        .init(activeRule: nil, activeTarget: "big", rule: nil, target: "big", items: 100),
        .init(activeRule: nil, activeTarget: "big", rule: "chat", target: "small", items: 100),
      ])
    #expect(report.conditions.defaulted == 100 && report.conditions.unknown == 0)
    let pair = try #require(report.pair)
    let success = try #require(pair.metrics.first { $0.metric == "success" })
    #expect(success.difference?.value == 0 && success.verdict == .unclear)
    let cost = try #require(pair.metrics.first { $0.metric == "cost" })
    #expect(cost.verdict == .better)
    // 100 items of cost 5 + i % 3 became 1 + (i % 3) / 5.
    var (before, after) = (0.0, 0.0)
    for item in 0..<200 {
      let step = Double(item % 3)
      before += 5 + step
      after += item % 2 == 0 ? 5 + step : 1 + step / 5
    }
    #expect(abs((report.activeSummary?.cost?.total ?? 0) - before) < 1e-9)
    #expect(abs((report.summary?.cost?.total ?? 0) - after) < 1e-9)
    #expect(pair.slices.map(\.value) == ["(default)", "chat"])
    #expect(report.verdict == .none)
  }

  @Test func `gates pass, fail, or say that there is not enough data`() throws {
    let good = try BakeOff.report(BakeOff.twoModels(400), try BakeOff.rules(gates: Self.gate))
    #expect(good.gates.map(\.gate) == ["coverage >= 95%", "success >= -2pp", "cost <= +0%"])
    #expect(good.verdict == .pass && good.failures.isEmpty)
    let everything = #"{"name":"all","serve":{"target":"small"}}"#
    let bad = try BakeOff.report(
      BakeOff.twoModels(400), try BakeOff.rules(everything, gates: Self.gate))
    #expect(bad.verdict == .fail && bad.failures == ["success >= -2pp: failed"])
    let few = try BakeOff.report(BakeOff.twoModels(10), try BakeOff.rules(gates: Self.gate))
    #expect(few.verdict == .insufficient)
    #expect(few.failures.first == "success >= -2pp: not enough data to say")
    let elsewhere = try BakeOff.report(
      BakeOff.twoModels(400), try BakeOff.rules(gates: Self.gate), isStated: false)
    #expect(elsewhere.verdict == .insufficient)
    #expect(elsewhere.failures == ["on outputs@1: not enough data to say"])
  }

  @Test func `results that are not there speak neither for the rules nor against them`() throws {
    var rows: [(String, String?, String, Double?, Double?)] = []
    for item in 0..<100 {
      rows.append(("i\(item)", "chat", "big", 1, 5))
      if item < 90 { rows.append(("i\(item)", "chat", "small", 1, 1)) }
    }
    let report = try BakeOff.report(BakeOff.table(rows), try BakeOff.rules(gates: Self.gate))
    #expect(report.coverage == .init(items: 100, candidate: 90, active: 100, both: 90))
    #expect(report.verdict == .insufficient)
    #expect(report.failures.contains("coverage >= 95%: not enough data to say"))
    let nothing = try BakeOff.report(
      BakeOff.table([("a", "chat", "big", 1, 5)]), try BakeOff.rules(gates: Self.gate))
    #expect(nothing.pair == nil && nothing.coverage.both == 0)
    #expect(nothing.verdict == .insufficient)
    #expect(nothing.findings.contains { $0.subject == "target" && $0.arm == "small" })
  }

  @Test func `what rules ask for and no column has is told, and so is a target that is none`()
    throws
  {
    let rule = #"{"name":"x","when":{"request.task":{"$eq":"a"}},"serve":{"target":"small"}}"#
    let rules = try BakeOff.rules(rule)
    let report = try BakeOff.report(BakeOff.twoModels(10), rules)
    let finding = try #require(report.findings.first { $0.subject == "fields" })
    #expect(finding.what.contains("no column has request.task, which"))
    let mapped = try BakeOff.report(BakeOff.twoModels(10), rules) {
      $0.map = ["request.task": "topic"]
    }
    #expect(!mapped.findings.contains { $0.subject == "fields" })
    let error = #expect(throws: StoreError.self) {
      try BakeOff.report(BakeOff.twoModels(10), rules) { $0.targets = ["smal": "small"] }
    }
    #expect(error?.message == "no rules have a target 'smal'; did you mean small?")
  }

  @Test func `a text column that is called context is none where fields are mapped`() throws {
    let table = TestTable.make(
      "outputs@1",
      [
        ("id", .texts(["a", "a"])), ("model", .texts(["big", "small"])),
        ("context", .texts(["Bern is in", "Bern is in"])), ("topic", .texts(["chat", "chat"])),
        ("success", .numbers([1, 1])),
      ])
    let error = #expect(throws: StoreError.self) {
      try BakeOff.report(table, try BakeOff.rules())
    }
    #expect(error?.message.contains("name the right ones with --map") == true)
    let report = try BakeOff.report(table, try BakeOff.rules()) {
      $0.map = ["metadata.topic": "topic"]
    }
    #expect(report.changed == 1)
  }

  @Test func `one row, no success and nothing but ties are told as what they are`() throws {
    let one = try BakeOff.report(
      BakeOff.table([("a", "chat", "big", 0, 5), ("a", "chat", "small", 0, 1)]),
      try BakeOff.rules())
    #expect(one.pair?.costPerSuccess?.candidate == nil)
    #expect(one.pair?.costPerSuccess?.change == nil)
    #expect(one.pair?.metrics[0].detectable == nil)
    var rows: [(String, String?, String, Double?, Double?)] = []
    for item in 0..<40 {
      for model in ["big", "small"] { rows.append(("i\(item)", "chat", model, 1, 2)) }
    }
    let ties = try BakeOff.report(BakeOff.table(rows), try BakeOff.rules())
    #expect(ties.pair?.metrics.allSatisfy { $0.ties == 40 && $0.verdict == .unclear } == true)
    let none = try BakeOff.report(BakeOff.table([]), try BakeOff.rules(gates: Self.gate))
    #expect(none.items.count == 0 && none.verdict == .insufficient)
  }

  @Test func `a context that lacks the field is counted as unknown and goes to the default`() throws
  {
    let report = try BakeOff.report(
      BakeOff.table([
        ("a", nil, "big", 1, 5), ("a", nil, "small", 1, 1), ("b", "chat", "big", 1, 5),
        ("b", "chat", "small", 1, 1),
      ]), try BakeOff.rules())
    #expect(report.conditions.checked == 2 && report.conditions.unknown == 1)
    #expect(report.conditions.itemsWithUnknown == 1 && report.conditions.defaulted == 1)
    #expect(
      report.conditions.rules == [
        .init(rule: "chat", items: 1, covered: 1, unknown: 1),
        .init(rule: nil, items: 1, covered: 1, unknown: 0),
      ])
  }

  @Test func `a rule that asks for what only the answer tells leaves the item out`() throws {
    let report = try BakeOff.report(
      BakeOff.twoModels(40),
      try BakeOff.rules(
        #"{"name":"leak","when":{"metadata.cost":{"$lt":2}},"serve":{"target":"small"}}"#))
    #expect(report.items.count == 0)
    #expect(report.findings.first?.subject == "context" && report.findings.first?.count == 40)
  }

  @Test func `the decisions of a backtest are those of the evaluator, byte for byte`() throws {
    let rules = try BakeOff.rules(
      """
      {"name":"code","when":{"metadata.topic":{"$prefix":"co"}},"serve":{"split":{"hash_version":1,\
      "salt":"s","hash_fields":["metadata.id"],"variants":[{"name":"a","target":"big","weight":5000},\
      {"name":"b","target":"small","weight":5000}]}}}
      """)
    let table = BakeOff.twoModels(300)
    let analysis = try BacktestAnalysis(
      table, key: ["id"], candidate: rules, active: .rules(rules), options: BacktestOptions())
    var targets: Set<String> = []
    for (key, decision) in analysis.decisions {
      let number = Int(key[0].dropFirst()).map { $0 - 1000 } ?? 0
      let topic = number % 2 == 0 ? "code" : "chat"
      let context = #"{"metadata":{"topic":"\#(topic)","id":"\#(key[0])"}}"#
      let live = try rules.decide(Array(context.utf8))
      #expect(decision?.json == live.json)
      targets.insert(live.target.name)
    }
    #expect(analysis.decisions.count == 300 && targets == ["big", "small"])
  }

  @Test func `the same rows give the same bytes, in whatever order they come`() throws {
    let rules = try BakeOff.rules(gates: Self.gate)
    var rows: [(String, String?, String, Double?, Double?)] = []
    for item in 0..<60 {
      let topic = item % 3 == 0 ? "code" : "chat"
      for model in ["big", "small"] {
        rows.append(("i\(item)", topic, model, item % 4 == 0 ? 0 : 1, Double(item % 7) + 0.25))
      }
    }
    func bytes(_ rows: [(String, String?, String, Double?, Double?)]) throws -> [UInt8] {
      Documents.encode(try BakeOff.report(BakeOff.table(rows), rules))
    }
    let one = try bytes(rows)
    #expect(try bytes(rows) == one)
    #expect(try bytes(rows.reversed()) == one)
    var other = rows
    other[0].4 = 99
    #expect(try bytes(other) != one)
  }

  @Test func `who moves is told by rule, and by the units in the rows`() throws {
    func split(_ big: Int) -> String {
      """
      {"name":"all","serve":{"split":{"hash_version":1,"salt":"s","hash_fields":["metadata.id"],\
      "variants":[{"name":"a","target":"big","weight":\(big)},{"name":"b","target":"small",\
      "weight":\(10_000 - big)}]}}}
      """
    }
    let report = try BakeOff.report(
      BakeOff.twoModels(400), try BakeOff.rules(split(7_000)),
      active: try BakeOff.rules(split(9_000)))
    #expect(report.movement == [.init(rule: "all", cause: "weights", basisPoints: 2_000)])
    let units = try #require(report.units)
    #expect(units.units == 400 && units.moved == report.changed)
    #expect((40...120).contains(units.moved))
  }

  @Test func `two rows of one model and unknown targets are refused`() throws {
    let double = BakeOff.table([("a", "chat", "big", 1, 5), ("a", "chat", "big", 0, 5)])
    #expect(throws: StoreError.self) { try BakeOff.report(double, try BakeOff.rules()) }
    #expect(throws: StoreError.self) {
      try BakeOff.report(BakeOff.twoModels(4), try BakeOff.rules()) {
        $0.targets = ["big": "huge"]
      }
    }
    #expect(throws: StoreError.self) {
      try BakeOff.report(BakeOff.twoModels(4), try BakeOff.rules()) { $0.confidence = 1 }
    }
  }

  @Test(arguments: ["small", "big"])
  func `a result without a value is none, whoever lacks it`(model: String) throws {
    var rows: [(String, String?, String, Double?, Double?)] = []
    for item in 0..<100 {
      for one in ["big", "small"] {
        rows.append(("i\(item)", "chat", one, one == model && item >= 10 ? nil : 1, 1))
      }
    }
    let report = try BakeOff.report(
      BakeOff.table(rows), try BakeOff.rules(gates: Self.gate.replacing("20000", with: "900000")))
    // The chosen target is the small one.
    #expect(report.coverage.candidate == (model == "big" ? 100 : 10))
    #expect(report.verdict == .insufficient)
    let success = try #require(report.gates.first { $0.gate.hasPrefix("success") })
    #expect(success.verdict == .undecided)
    #expect(success.reason == "10 of 100 items have a value on both sides")
    #expect(report.gates.first { $0.gate.hasPrefix("cost") }?.reason == nil)
    let finding = try #require(report.findings.first { $0.subject == "success" })
    #expect(finding.count == 90)
  }
}
