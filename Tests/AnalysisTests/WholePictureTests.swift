import Analysis
import Model
import Testing
import Wire

/// Nothing vanishes from a comparison without a line, and no line says more than the rows do.
@Suite struct WholePictureTests {
  private static let count = 12

  private func numbers(_ value: (Int) -> Double?) -> TestTable.Column {
    .numbers((0..<Self.count).map(value))
  }

  private func arm(
    _ name: String, cost: (Int) -> Double?, _ more: [(String, TestTable.Column)] = []
  ) -> ComparisonSide {
    TestTable.side(
      name,
      [
        ("success", numbers { $0 % 3 == 0 ? 0 : 1 }), ("latency_ms", numbers { 400 + Double($0) }),
        ("cost_usd", numbers(cost)),
      ] + more)
  }

  /// Arms of which no item has a cost on all, though each pair has some in common.
  private func three() -> [ComparisonSide] {
    (0..<3).map { place in arm("a@\(place + 1)") { $0 % 3 == place ? nil : 1 } }
  }

  @Test func `a column of which no item has a value on all arms is named`() throws {
    let document = try TestTable.compare(three())
    #expect(document.arms.allSatisfy { $0.summary.cost == nil })
    #expect(document.pairs.allSatisfy { $0.costPerSuccess?.base != nil })
    let told = document.findings.filter { $0.subject == "cost_usd" && $0.arm == nil }
    #expect(told.map(\.what).count == 1, "\(document.findings.map(\.what))")
    #expect(told.first?.what.hasPrefix("no item has a value of it on all of the arms") == true)
    // Two of them have items in common, and a column without any value is nothing that vanished.
    let pair = try TestTable.compare(Array(three().prefix(2)))
    #expect(!pair.findings.contains { $0.subject == "cost_usd" && $0.arm == nil })
    #expect(pair.arms.map(\.summary.cost?.perRow.rows) == [4, 4])
    let none = (0..<3).map { arm("a@\($0 + 1)", cost: { _ in nil }) }
    let without = try TestTable.compare(none)
    #expect(!without.findings.contains { $0.subject == "cost_usd" && $0.arm == nil })
  }

  @Test func `items whose rows differ in a slice or cluster are counted`() throws {
    func side(_ name: String, _ team: (Int, Int) -> String) -> ComparisonSide {
      let rows = (0..<10).flatMap { item in (0..<2).map { (item, $0) } }
      return TestTable.side(
        name,
        [
          ("id", .texts(rows.map { String(100 + $0.0) })),
          ("attempt", .numbers(rows.map { Double($0.1) })),
          ("success", .numbers(rows.map { Double(($0.0 + $0.1) % 2) })),
          ("team", .texts(rows.map { team($0.0, $0.1) })),
        ])
    }
    func compare(_ base: ComparisonSide, _ candidate: ComparisonSide) throws -> [String] {
      try TestTable.compare([base, candidate]) {
        ($0.repeats, $0.slices, $0.cluster) = ("attempt", ["team"], "team")
      }.findings.filter { $0.subject == "team" }.map { "\($0.count ?? 0) \($0.what)" }
    }
    let same = side("a@1") { item, _ in item < 5 ? "x" : "y" }
    #expect(try compare(same, side("a@2") { item, _ in item < 5 ? "x" : "y" }) == [])
    let line =
      "items whose rows differ in it between attempts or arms; the first row of a@1 counts"
    // Once for the slices, once for the clusters.
    let moved = side("a@1") { item, attempt in item < 3 && attempt == 1 ? "y" : "x" }
    #expect(try compare(moved, side("a@2") { _, _ in "x" }) == ["3 " + line, "3 " + line])
    let other = try compare(same, side("a@2") { item, _ in item < 4 ? "x" : "y" })
    #expect(other == ["1 " + line, "1 " + line])
  }

  @Test func `the advice of a gate goes with the gate on items that is there`() throws {
    let lost = TestTable.side(
      "a@2",
      [
        ("success", numbers { $0 < 3 ? nil : 1 }), ("latency_ms", numbers { 400 + Double($0) }),
        ("cost_usd", numbers { _ in 1 }),
      ])
    let base = arm("a@1") { _ in 1 }
    func reason(_ gates: [String]) throws -> String {
      try TestTable.compare([base, lost]) { $0.gates = ["success >= -90pp"] + gates }
        .gates[0].reason ?? ""
    }
    let alone = try reason([])
    #expect(alone.contains("as would a gate 'items >= 75%'"), "\(alone)")
    // All items are compared, so the gate on items passes; not all of them have a success.
    let asked = try reason(["items >= 99%"])
    #expect(asked.contains("(75% of them whole, and 'items >= 99%' asks for more)"), "\(asked)")
    #expect(!asked.contains("95%") && !asked.contains("as would"))
    #expect(try reason(["items >= 75%"]) == "")
  }

  @Test func `the share of items that is advised is whole for every gate`() throws {
    // Twelve items, of which two lack a success and three others a cost.
    let lost = TestTable.side(
      "a@2",
      [
        ("success", numbers { $0 < 2 ? nil : 1 }), ("latency_ms", numbers { 400 + Double($0) }),
        ("cost_usd", numbers { $0 > 8 ? nil : 1 }),
      ])
    let base = arm("a@1") { _ in 1 }
    let gates = ["success >= -90pp", "cost_usd <= +90"]
    let advised = try TestTable.compare([base, lost]) { $0.gates = gates }.gates
    #expect(
      advised.allSatisfy { $0.reason?.contains("as would a gate 'items >= 58.3%'") == true },
      "\(advised.map(\.reason))")
    let followed = try TestTable.compare([base, lost]) { $0.gates = gates + ["items >= 58.3%"] }
    #expect(followed.gates.map(\.reason) == [nil, nil, nil])
    #expect(followed.gates[2].verdict == .passed)
    // Where no column numbers attempts, none is lost.
    let few = try TestTable.compare([base, lost]) { $0.gates = gates + ["items >= 59%"] }
    #expect(
      few.gates[2].reason == "12 of 12 items of a@1 are compared, 5 of them without a value")
  }

  @Test func `nothing is advised where no item is compared`() throws {
    let base = arm("a@1", cost: { _ in 1 }, [("input", .texts((0..<Self.count).map { "p\($0)" }))])
    let other = arm("a@2", cost: { _ in 1 }, [("input", .texts((0..<Self.count).map { "q\($0)" }))])
    let gate = try TestTable.compare([base, other]) { $0.gates = ["success >= -90pp"] }.gates[0]
    #expect(gate.verdict == .undecided)
    #expect(gate.reason == "0 of 12 items of a@1 are compared")
  }

  @Test func `no rate is said to need a difference that none can have`() throws {
    let sides = ["a@1", "a@2"].map { name in
      TestTable.side(
        name,
        [
          ("success", .numbers(name == "a@1" ? [1, 0] : [0, 0])),
          ("accuracy", .numbers(name == "a@1" ? [0.9, 0.1] : [0.1, 0.9])),
          ("latency_ms", .numbers(name == "a@1" ? [1, 9] : [9, 1])),
        ])
    }
    let metrics = try TestTable.compare(sides).pairs[0].metrics
    #expect(metrics.map(\.metric).sorted() == ["accuracy", "latency_ms", "success"])
    for metric in metrics {
      let detectable = metric.detectable
      #expect(metric.metric == "latency_ms" ? detectable ?? 0 > 1 : detectable == nil)
    }
  }

  @Test func `what may change is named once, from however many arms it is`() throws {
    let judges = TestTable.Column.texts((0..<Self.count).map { _ in "j" })
    let error = #expect(throws: StoreError.self) {
      try TestTable.compare(
        ["a@1", "a@2", "a@3"].map { arm($0, cost: { _ in 1 }, [("judge", judges)]) }
      ) { $0.allowedChanges = ["nosuch"] }
    }
    #expect(error?.message.hasSuffix("; there is judge") == true, "\(error?.message ?? "")")
  }

  @Test func `names that are listed for want of a near one are listed once`() {
    let names = ["b", "a", "b", "a", "c"]
    #expect(Spelling.advice("nosuchname", names) == "there are a, b, c")
    let many = (0..<9).map { "column\($0)" }
    #expect(Spelling.advice("nosuchname", many + many).hasSuffix(" and 1 more"))
  }

  @Test func `judges are found in nested columns, by their members' names`() {
    func members(_ column: String, _ member: String, _ shape: ValueShape) -> [String] {
      let shape = ValueShape.structure([
        .init(name: member, shape: shape, isOptional: false),
        .init(name: "seed", shape: .int64, isOptional: true),
      ])
      return Comparability.nestedMeasures([(ColumnDefinition(name: column, type: .json), shape)])
        .map(\.name)
    }
    #expect(members("meta", "judge", .string) == ["meta.judge"])
    #expect(members("config", "grader", .structure([])) == ["config.grader"])
    #expect(members("eval", "model", .string) == ["eval.model"])
    #expect(members("meta", "rubric_version", .int64) == ["meta.rubric_version"])
    // What a judge gave, what came out, and what is looked at as a whole.
    #expect(members("meta", "judge", .int64) == [] && members("meta", "judge", .bool) == [])
    #expect(members("scores", "judge", .string) == [] && members("output", "judge", .string) == [])
    #expect(members("judge", "model", .string) == [] && members("meta", "name", .string) == [])
    #expect(members("meta", "judge_reason", .string) == [])
    let meta = ColumnDefinition(name: "meta", type: .json)
    #expect(Comparability.nestedMeasures([(meta, nil)]).isEmpty)
  }

  @Test func `members of nested columns are columns of texts`() throws {
    let values = [
      #"{"judge":"j\"1","n":1}"#, #"{"n":{"judge":"x"},"judge":null}"#, #"{"n":[1,{"judge":2}]}"#,
      nil, #"{"judge":{"model":"m"}}"#, "7", #""judge""#,
    ]
    let table = TestTable.make("a@1", [("meta", .mixed(values)), ("x", .mixed(values))])
    let judge = NestedColumn(column: "meta", member: "judge")
    let unfolded = try table.unfolding([judge]) { _ in false }
    #expect(unfolded.columns.map(\.name) == ["x", "meta.judge"])
    #expect(
      try unfolded.texts("meta.judge") == [
        "j\"1", nil, nil, nil, #"{"model":"m"}"#, nil, nil,
      ])
    #expect(try table.unfolding([judge]) { _ in true }.columns.count == 3)
  }
}
