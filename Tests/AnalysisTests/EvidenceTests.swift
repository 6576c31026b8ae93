import Analysis
import Statistics
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
    // What one arm alone records is not known to be the same.
    let unrecorded = try compare(base, side("a@2", attributes: ["model": "m2"]))
    #expect(unrecorded.gates.map(\.verdict) == [.undecided, .passed])
    #expect(unrecorded.gates[0].reason?.contains("for one arm alone") == true)
    #expect(unrecorded.findings.contains { $0.subject == "judge" })
    let added = try compare(side("a@1"), side("a@2", [("grader_model", texts { _ in "g" })]))
    #expect(added.gates.map(\.verdict) == [.undecided, .passed])
    let allowed = try compare(base, side("a@2")) { $0.allowedChanges = ["judge", "Model"] }
    #expect(allowed.verdict == .passed)
  }

  /// Two arms with a metric whose values are those of a share times `scale` on the second.
  private func scaled(
    _ metric: String, by scale: Double, share: (Int) -> Double = { Double($0 % 10) / 10 }
  ) -> [ComparisonSide] {
    [("a@1", 1.0), ("a@2", scale)].map { name, scale in
      let values = (0..<Self.count).map { Double?(share($0) * scale) }
      let made = TestTable.side(name, [(metric, .numbers(values))])
      return ComparisonSide(name: name, source: made.source, table: made.table)
    }
  }

  @Test(arguments: [
    ("score", 100.0), ("score", 10), ("score", 5), ("accuracy", 100), ("f1", 100),
    ("similarity", 100),
  ])
  func `a metric on another scale leaves its gate undecided, whichever arm has it`(
    metric: String, scale: Double
  ) throws {
    let arms = scaled(metric, by: scale)
    for arms in [arms, arms.reversed()] {
      let document = try TestTable.compare(arms) { $0.gates = ["\(metric) >= -0.5"] }
      #expect(document.gates.map(\.verdict) == [.undecided])
      #expect(document.gates[0].reason?.contains("another scale") == true)
      #expect(document.gates[0].reason?.contains("--allow-change \(metric)") == true)
      #expect(document.findings.contains { $0.subject == metric && $0.arm == arms[1].name })
      let allowed = try TestTable.compare(arms) {
        $0.gates = ["\(metric) >= -0.5"]
        $0.allowedChanges = [metric]
      }
      #expect(allowed.gates[0].verdict != .undecided)
      #expect(allowed.findings.contains { $0.subject == metric })
    }
  }

  @Test func `amounts, steps beyond 1 and arms without a success are on the scale they were on`()
    throws
  {
    for metric in ["latency_ms", "loss", "output_tokens"] {
      let document = try TestTable.compare(scaled(metric, by: 100)) {
        $0.gates = ["\(metric) >= -0.5"]
      }
      #expect(document.gates.map(\.verdict) == [.passed])
    }
    let reward = try TestTable.compare(scaled("reward", by: 1.5)) { $0.gates = ["reward >= -0.5"] }
    #expect(reward.gates.map(\.verdict) == [.passed])
    let failed = try TestTable.compare(scaled("score", by: 0) { _ in 70 }) {
      $0.gates = ["score >= -5"]
    }
    #expect(failed.gates.map(\.verdict) == [.failed])
    // A limit is about the candidate's own values.
    let limit = try TestTable.compare(scaled("score", by: 100)) { $0.gates = ["score >= 20"] }
    #expect(limit.gates.map(\.verdict) == [.passed])
  }

  @Test(arguments: [
    "llm_judge", "judge_name", "judgeId", "grader_prompt", "rubric_text", "scoring_prompt",
    "autorater", "annotator", "rater_id", "evaluator_model", "eval_model", "metric_prompt",
    "helpfulness_rubric", "judge_temperature", "golden", "reference_answers", "truth_label",
    "target_text", "expected_tool_calls", "reference_model", "label", "solution",
  ])
  func `a judge or a reference is known by a word of its name`(column: String) throws {
    let base = side("a@1", [(column, texts { _ in "one" })])
    let document = try compare(base, side("a@2", [(column, texts { $0 < 30 ? "two" : "one" })])) {
      $0.missing = .ignore
    }
    #expect(document.gates.map(\.verdict) == [.undecided, .passed])
    #expect(document.gates[0].reason?.contains("--allow-change \(column)") == true)
  }

  @Test(arguments: [
    "judge_reason", "judge_score", "judge_usd", "rubric_points", "judge_run_id", "judged_at",
    "expected_cost", "should_refuse", "judgement", "latency_target", "operator",
  ])
  func `what a judge said or took is no judge`(column: String) throws {
    let values = TestTable.Column.numbers((0..<Self.count).map { Double?(Double($0)) })
    let others = TestTable.Column.numbers((0..<Self.count).map { Double?(Double($0 + 1)) })
    let document = try compare(side("a@1", [(column, values)]), side("a@2", [(column, others)]))
    #expect(document.verdict == .passed, "\(document.gates.map(\.reason))")
  }

  @Test func `a judge's true and false are a metric, and so is what a gate names`() throws {
    let flags = [0, 1].map { shift in
      TestTable.Column.flags((0..<Self.count).map { ($0 + shift) % 30 != 0 })
    }
    let said = try compare(
      side("a@1", [("llm_judge", flags[0])]), side("a@2", [("llm_judge", flags[1])]))
    #expect(said.verdict == .passed)
    let scores = [0.0, 0.1].map { shift in
      TestTable.Column.numbers((0..<Self.count).map { Double?(Double($0 % 5) + shift) })
    }
    let named = try compare(
      side("a@1", [("llm_judge", scores[0])]), side("a@2", [("llm_judge", scores[1])])
    ) { $0.gates = ["llm_judge >= -2"] }
    #expect(named.verdict == .passed)
  }

  @Test func `what may change has to be somewhere`() throws {
    let error = #expect(throws: StoreError.self) {
      try compare(side("a@1", [("judge", texts { _ in "j" })]), side("a@2")) {
        $0.allowedChanges = ["jugde"]
      }
    }
    #expect(error?.kind == .usage && error?.message.contains("did you mean judge?") == true)
    let column = "Judge's model"
    let document = try compare(
      side("a@1", [(column, texts { _ in "j" })]), side("a@2", [(column, texts { _ in "k" })]))
    #expect(document.gates[0].reason?.contains(#"--allow-change 'Judge'\''s model'"#) == true)
  }

  @Test(arguments: ["token_f1", "steps_correct", "exact_match_tokens"])
  func `a score of what is measured rests on its judge`(metric: String) throws {
    let arms = ["one", "two"].enumerated().map { index, judge in
      side("a@\(index + 1)", [("judge", texts { _ in judge })], metric: metric)
    }
    let document = try compare(arms[0], arms[1]) {
      $0.gates = ["\(metric) >= -0.9", "latency_ms <= +500"]
    }
    #expect(document.gates.map(\.verdict) == [.undecided, .passed])
  }

  @Test func `a text among numbers is counted, and is no value`() throws {
    let refusal = TestTable.Column.mixed(
      (0..<Self.count).map { $0 % 5 == 0 ? "\"I cannot help\"" : "false" })
    let document = try compare(
      side("a@1"), side("a@2", [("refusal", .flags((0..<Self.count).map { _ in false }))]))
    #expect(!document.findings.contains { $0.what.contains("no number") })
    let told = try compare(side("a@1", [("refusal", refusal)]), side("a@2", [("refusal", refusal)]))
    let finding = try #require(told.findings.first { $0.subject == "refusal" })
    #expect(finding.count == 12 && finding.what == "rows hold a text, which is no number")
    #expect(told.arms[0].summary.refusals?.of == 48)
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

  @Test func `a gate on latencies that are nowhere says so`() throws {
    let none = TestTable.Column.numbers((0..<Self.count).map { _ in nil })
    let made = TestTable.side(
      "a@2",
      [
        ("success", .numbers((0..<Self.count).map { Double?($0 % 7 == 0 ? 0 : 1) })),
        ("latency_ms", none),
      ])
    let gates = ["latency_p95 <= 900", "latency_p50 <= +10%", "latency_ms <= 900"]
    let document = try compare(side("a@1"), made) { $0.gates = gates }
    #expect(document.gates.map(\.verdict) == [.undecided, .undecided, .undecided])
    #expect(document.gates.allSatisfy { $0.reason?.hasPrefix("0 of 60 items") == true })
    let failed = try compare(side("a@1"), made) { ($0.gates, $0.missing) = (gates, .fail) }
    #expect(failed.gates.map(\.verdict) == [.failed, .failed, .failed])
  }

  @Test func `what one candidate lacks leaves the limit of another as it is`() throws {
    let slow = (0..<Self.count).map { Double?($0 % 3 == 0 ? 2000 : 400) }
    let success = (0..<Self.count).map { Double?($0 % 7 == 0 ? 0 : 1) }
    func arm(_ name: String, _ latency: [Double?]) -> ComparisonSide {
      TestTable.side(name, [("success", .numbers(success)), ("latency_ms", .numbers(latency))])
    }
    let candidate = arm("a@2", slow)
    let lacking = arm("a@3", slow.map { $0 == 2000 ? nil : $0 })
    for arms in [[candidate], [candidate, lacking], [lacking, candidate]] {
      let document = try TestTable.compare([side("a@1")] + arms) { options in
        options.gates = ["latency_p95 <= 900"]
      }
      let gate = document.gates.first { $0.candidate.hasBytes(of: "a@2") }
      #expect(gate?.verdict == .failed && gate?.value?.value == 2000)
    }
  }
}
