import Analysis
import Comparison
import Model
import Testing
import Wire

/// What a verdict rests on, and what it says of what it does not rest on.
@Suite struct EvidenceTests {
  private static let count = 60

  /// An arm that succeeds on all items but each `step`th.
  private func side(
    _ name: String, step: Int = 7, _ more: [(String, TestTable.Column)] = [],
    attributes: [String: String] = [:], metric: String = "success", items: Int = count
  ) -> ComparisonSide {
    let values = (0..<items).map { Double?($0 % step == 0 ? 0 : 1) }
    let latency = (0..<items).map { Double?(400 + Double($0 % 9)) }
    let made = TestTable.side(
      name, [(metric, .numbers(values)), ("latency_ms", .numbers(latency))] + more)
    return ComparisonSide(
      name: name, source: made.source, table: made.table, attributes: attributes)
  }

  private func texts(_ value: (Int) -> String?) -> TestTable.Column {
    .texts((0..<Self.count).map(value))
  }

  private func compare(
    _ base: ComparisonSide, _ candidate: ComparisonSide,
    _ edit: (inout ComparisonOptions) -> Void = { _ in }
  ) throws -> ComparisonDocument {
    try TestTable.compare([base, candidate]) { options in
      options.gates = ["success >= -50pp", "latency_ms <= +500"]
      edit(&options)
    }
  }

  @Test func `a metric that only one arm has is named, and its gate cannot tell`() throws {
    let document = try compare(side("nightly@7"), side("nightly@8", metric: "passed"))
    #expect(
      document.findings.map(\.what).contains(
        "nightly@8 has no column success; new there: passed"))
    #expect(document.gates.map(\.verdict) == [.undecided, .passed])
    #expect(document.gates[0].reason == "nightly@8 has no column success")
    let other = try compare(side("nightly@7", metric: "passed"), side("nightly@8")) {
      $0.gates = ["success >= -50pp", "cost_per_success <= +10%"].filter { $0.hasPrefix("s") }
    }
    #expect(other.verdict == .undecided)
  }

  @Test func `a metric whose column holds texts on one arm is named`() throws {
    let made = TestTable.side("b@2", [("success", texts { _ in "True" })])
    let document = try compare(side("b@1"), made) { $0.gates = ["success >= -50pp"] }
    #expect(
      document.findings.contains { $0.what.contains("b@2 has no numbers in the column success") })
    #expect(document.gates[0].verdict == .undecided)
  }

  @Test func `a gate on fewer than all of the base's items cannot tell, unless that is allowed`()
    throws
  {
    let (base, short) = (side("a@1"), side("a@2", items: 57))
    let document = try compare(base, short)
    #expect(document.gates.map(\.verdict) == [.undecided, .undecided])
    #expect(document.gates[0].reason?.hasPrefix("57 of 60 items of a@1 are compared") == true)
    #expect(try compare(base, short) { $0.missing = .ignore }.verdict == .passed)
    #expect(try compare(base, short) { $0.missing = .fail }.verdict == .failed)
    let enough = try compare(base, short) { $0.gates = ["items >= 95%", "success >= -50pp"] }
    #expect(enough.gates.map(\.verdict) == [.passed, .passed])
    #expect(enough.gates[0].value?.value == 0.95 && enough.gates[0].kind == .limit)
    let few = try compare(base, short) { $0.gates = ["items >= 96%", "success >= -50pp"] }
    #expect(few.gates.map(\.verdict) == [.undecided, .undecided])
    // More items than the base has are no lack.
    #expect(try compare(short, base).verdict == .passed)
  }

  @Test func `a crash that left no value is an item that is missing`() throws {
    let values = (0..<Self.count).map { $0 < 20 ? nil : Double?(1) }
    let crashed = TestTable.side(
      "a@2",
      [
        ("success", .numbers(values)),
        ("latency_ms", .numbers((0..<Self.count).map { Double?(400 + Double($0 % 9)) })),
      ])
    let document = try compare(side("a@1"), crashed)
    #expect(document.gates.map(\.verdict) == [.undecided, .passed])
    #expect(document.gates[0].reason?.hasPrefix("40 of 60 items") == true)
  }

  @Test(arguments: [
    "judge", "scorer", "rubric_version", "grader", "expected", "gold", "ideal", "referenceAnswer",
  ])
  func `a changed judge or reference leaves gates on scores undecided, unless it is allowed`(
    column: String
  ) throws {
    let base = side("a@1", [(column, texts { _ in "one" })])
    let changed = side("a@2", [(column, texts { $0 == 5 ? "two" : "one" })])
    let document = try compare(base, changed) { $0.missing = .ignore }
    #expect(document.gates.map(\.verdict) == [.undecided, .passed])
    #expect(document.gates[0].reason?.contains("'\(column)' is not that of a@1") == true)
    #expect(document.gates[0].reason?.contains("--allow-change \(column)") == true)
    let allowed = try compare(base, changed) { $0.allowedChanges = [column] }
    #expect(allowed.gates.map(\.verdict) == [.passed, .passed])
    #expect(allowed.items.count == 60 && allowed.findings.contains { $0.subject == column })
  }

  @Test func `a judge that only the versions record counts alike`() throws {
    let base = side("a@1", attributes: ["judge": "j1", "model": "m1"])
    let changed = side("a@2", attributes: ["judge": "j2", "model": "m2"])
    #expect(try compare(base, changed).gates.map(\.verdict) == [.undecided, .passed])
    #expect(try compare(base, changed) { $0.allowedChanges = ["judge"] }.verdict == .passed)
    let unrecorded = try compare(base, side("a@2", attributes: ["model": "m2"]))
    #expect(unrecorded.verdict == .passed && unrecorded.findings.contains { $0.subject == "judge" })
  }

  @Test(arguments: ["prompt", "model", "prompt_version", "system_prompt"])
  func `a changed prompt or model is what is compared: named, and no gate's matter`(
    column: String
  ) throws {
    let base = side("a@1", [(column, texts { _ in "one" })])
    let document = try compare(base, side("a@2", [(column, texts { _ in "two" })]))
    #expect(document.verdict == .passed)
    #expect(document.findings.contains { $0.subject == column && $0.count == 60 })
  }

  @Test func `a text in a refusal column is no refusal, and that is said`() throws {
    let refusal = texts { $0 % 2 == 0 ? "I cannot help with that" : nil }
    let document = try compare(
      side("a@1", [("refusal", refusal)]), side("a@2", [("refusal", refusal)]))
    #expect(document.arms[0].summary.refusals == nil && document.roles[.refusal] == nil)
    #expect(document.findings.contains { $0.subject == "refusal" })
    let error = #expect(throws: StoreError.self) {
      try compare(side("a@1", [("refusal", refusal)]), side("a@2", [("refusal", refusal)])) {
        $0.roles[.refusal] = "refusal"
      }
    }
    #expect(error?.kind == .usage && error?.message.contains("holds texts") == true)
  }
}
