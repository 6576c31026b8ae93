import Analysis
import Model
import Testing
import Wire

/// Gates on the candidate's own value beside gates on its change.
@Suite struct LimitTests {
  private func side(_ name: String, _ latency: Double, _ rate: Int = 2) -> ComparisonSide {
    TestTable.side(
      name,
      [
        ("success", .numbers((0..<100).map { Double?($0 % 10 < rate ? 0 : 1) })),
        ("latency_ms", .numbers((0..<100).map { Double?(latency + Double($0 % 7)) })),
        ("cost", .numbers((0..<100).map { Double?(2 + Double($0 % 3)) })),
      ])
  }

  private func results(_ gates: [String], latency: Double = 630) throws -> [GateResult] {
    try TestTable.compare([side("a@1", 439), side("a@2", latency)]) { $0.gates = gates }.gates
  }

  private func message(_ gate: String) -> String {
    let error = #expect(throws: StoreError.self, "\(gate)") { try results([gate]) }
    #expect(error?.kind == .usage)
    return error?.message ?? ""
  }

  @Test func `a bound without a sign is about the candidate's own value`() throws {
    let found = try results(["latency_ms <= 500", "latency_ms <= +500", "latency_ms <= 700"])
    #expect(found.map(\.verdict) == [.failed, .passed, .passed])
    #expect(found.map(\.kind) == [.limit, .change, .limit])
    #expect(found[0].change == nil && found[1].value == nil)
    #expect(abs((found[0].value?.value ?? 0) - 632.95) < 1e-9)
    #expect(found[0].value?.method == "t" && found[0].bound == 500)
  }

  @Test func `rates, ratios and quantiles have limits too`() throws {
    let gates = [
      "success >= 60%", "success >= 0.6", "success >= 95%", "cost_per_success <= 5",
      "cost_per_success <= 3", "latency_p50 <= 640", "latency_p95 <= 600",
    ]
    let found = try results(gates)
    #expect(
      found.map(\.verdict) == [.passed, .passed, .failed, .passed, .failed, .passed, .failed])
    #expect(found[0].value?.method == "Wilson" && found[0].scale == .share)
    #expect(found[3].value?.method == "Fieller" && found[5].value?.method == "order statistics")
  }

  @Test func `an undecided gate says how many items would decide`() throws {
    let found = try results(["success >= 78%", "success >= -1pp"])
    #expect(found.map(\.verdict) == [.undecided, .undecided])
    // 2.04 · 100 · ((0.8 − Wilson's lower 0.7112) / 0.02)²
    let needed = try #require(found[0].itemsNeeded)
    #expect((3_500...4_500).contains(needed), "\(needed)")
    #expect(found[1].itemsNeeded ?? 0 > 100)
  }

  @Test(arguments: [
    ("success >= 0", "write +0"), ("latency_ms <= 0", "write +0"), ("success >= 0%", "write +0%"),
    ("success >= 3", "+3pp"), ("success >= 300%", "between 0 and 1"),
    ("success >= 2pp", "write +2pp or -2pp"), ("latency_ms <= 20%", "is not a rate"),
    ("latency_p95 <= 20%", "such as +10%"), ("cost_per_success <= 10%", "such as +10%"),
    ("latency_p95 <= +20", "such as +10%"), ("items >= 1", "items >= 95%"),
    ("items <= 95%", "items >= 95%"), ("items >= -5%", "items >= 95%"),
    ("success >= -2", "such as -2pp"), ("success >= -200pp", "such as -2pp"),
    ("success >= +500", "such as -2pp"), ("success >= -1", "such as -2pp"),
    ("success >= -200%", "such as -10%"), ("latency_p95 <= -100%", "such as -10%"),
    (
      "latency_ms <= +5pp",
      "write latency_ms <= +5 for a change in its own unit, latency_ms <= +5% "
    ),
  ])
  func `a bound that a column cannot have is refused, with what to write`(
    gate: String, advice: String
  ) {
    #expect(message(gate).contains(advice))
  }

  @Test(arguments: [
    // z²·p/(1 − p) for Wilson's interval, z²·(1 − d)/d for Tango's, ln(0.025)/ln(0.95) for p95
    (80, "success >= 98%", 189), (80, "success >= 99%", 381), (6, "success >= -0.1pp", 3838),
    (60, "latency_p95 <= 900", 72),
  ])
  func `where nothing varies it is known how many items would decide`(
    count: Int, gate: String, needed: Int
  ) throws {
    let sides = ["a@1", "a@2"].map { name in
      TestTable.side(
        name,
        [
          ("success", .numbers((0..<count).map { _ in 1 })),
          ("latency_ms", .numbers((0..<count).map { Double(100 + $0) })),
        ])
    }
    let found = try TestTable.compare(sides) { $0.gates = [gate] }.gates[0]
    #expect(found.verdict == .undecided && found.itemsNeeded == needed)
  }

  @Test(arguments: [
    ("cost <= +10%", "in parts of the base"), ("success >= 100%", "no number of items"),
    ("cost_per_success <= +10%", "without a success"),
  ])
  func `a gate that no number of items would decide says why`(gate: String, reason: String) throws {
    let fails = gate.contains("per")
    let sides = ["a@1", "a@2"].map { name in
      TestTable.side(
        name,
        [
          ("success", .numbers((0..<60).map { _ in fails ? 0 : 1 })),
          ("cost", .numbers((0..<60).map { _ in name == "a@1" ? 0 : 1 })),
        ])
    }
    let found = try TestTable.compare(sides) { $0.gates = [gate] }.gates[0]
    #expect(found.verdict == .undecided && found.itemsNeeded == nil)
    #expect(found.reason?.contains(reason) == true, "\(found.reason ?? "")")
  }

  @Test func `the share of the items is told beside a column of that name`() throws {
    let sides = ["a@1", "a@2"].map { name in
      TestTable.side(name, [("items", .numbers((0..<60).map { Double($0 + 2) }))])
    }
    let document = try TestTable.compare(sides) {
      $0.lower = ["items"]
      $0.gates = ["items>=95%", "items <= 100"]
    }
    #expect(document.gates.map(\.verdict) == [.passed, .passed])
    #expect(document.gates[0].value?.method == "counted")
  }

  @Test func `a gate on texts, or on what numbers attempts, is refused by its name`() throws {
    func message(_ gate: String) -> String {
      let sides = ["a@1", "a@2"].map { name in
        TestTable.side(
          name,
          [
            ("note", .texts(["x", "y"])), ("attempt", .numbers([1, 1])),
            ("success", .numbers([1, 0])), ("cost", .numbers([1, 2])),
          ])
      }
      let error = #expect(throws: StoreError.self, "\(gate)") {
        try TestTable.compare(sides) { ($0.gates, $0.repeats) = ([gate], "attempt") }
      }
      return error?.message ?? ""
    }
    #expect(message("note >= 3").contains("which holds no numbers on any arm"))
    let unknown = message("attempt <= 5")
    #expect(unknown.hasSuffix("there are cost, cost_per_success, success"), "\(unknown)")
  }

  @Test func `by the first grammar every bound is one on the change`() throws {
    let document = try TestTable.compare([side("a@1", 439), side("a@2", 630)]) {
      $0.gates = ["latency_ms <= 500", "success >= 0", "latency_p95 <= 20%"]
      $0.grammar = 1
    }
    #expect(document.gates.map(\.verdict) == [.passed, .undecided, .failed])
    #expect(document.gates.allSatisfy { $0.kind == .change })
    let error = #expect(throws: StoreError.self) {
      try TestTable.compare([side("a@1", 1), side("a@2", 1)]) { $0.grammar = 3 }
    }
    #expect(error?.kind == .usage)
  }

  @Test func `lists of a request have a length that the error names`() throws {
    let many = (0..<1_001).map { "c\($0)" }
    func refused(_ edit: (inout ComparisonOptions) -> Void) -> String {
      var options = ComparisonOptions()
      edit(&options)
      let error = #expect(throws: StoreError.self) { try options.check() }
      #expect(error?.kind == .usage)
      return error?.message ?? ""
    }
    #expect(
      refused { $0.gates = many.map { "\($0) >= 0.5" } }
        == "the request names 1001 gates, and 200 are the most; divide it")
    let edits: [(inout ComparisonOptions) -> Void] = [
      { $0.metrics = many }, { $0.higher = many }, { $0.lower = many }, { $0.slices = many },
      { $0.key = many }, { $0.allowedChanges = many },
    ]
    for edit in edits { #expect(refused(edit).contains("1001 columns, and 1000 are the most")) }
    let side = TestTable.side("t@1", [("m", .texts(many))])
    let error = #expect(throws: StoreError.self) {
      _ = try side.split(by: "m", base: nil, candidates: [])
    }
    #expect(error?.message.contains("1001 arms, and 200 are the most") == true)
  }
}
