import Analysis
import Model
import Routing
import Testing
import Wire

struct SuggestionAnalysisTests {
  /// A draft over the bake-off of two models.
  private static func suggest(
    _ table: ColumnTable, _ objective: String = "min cost s.t. success >= -5pp",
    _ edit: (inout SuggestionRequest) -> Void = { _ in }
  ) throws -> SuggestionDocument {
    var request = SuggestionRequest(name: "r", objective: objective)
    request.slice = "topic"
    var options = BacktestOptions()
    options.resamples = 999
    request.options = options
    edit(&request)
    return try SuggestionAnalysis(table, key: ["id"], request: request).document(
      request,
      source: .init(reference: "outputs@1", snapshot: Digest(hashing: []), rows: table.count))
  }

  @Test func `a slice goes to the cheaper model where the rows show that it is as good`() throws {
    let draft = try Self.suggest(BakeOff.twoModels(400))
    #expect(draft.base == "big" && draft.fallback == "big")
    #expect(draft.slices.map(\.value) == ["chat", "code"])
    #expect(draft.slices.map(\.model) == ["small", "big"])
    #expect(draft.slices.map(\.isRule) == [true, false])
    #expect(draft.sliceTests == 2)
    let rules = try RuleSet(parsing: draft.document.canonicalBytes)
    #expect(rules.digest == draft.rules && rules.route == "r" && rules.fallback == "big")
    #expect(rules.rules.map(\.name) == ["topic=chat"])
    let decision = try CompiledRules(rules).decide(
      Array(#"{"metadata":{"topic":"chat"}}"#.utf8))
    #expect(decision.target.model == "small")
  }

  @Test func `few rows leave everything with the default`() throws {
    let draft = try Self.suggest(BakeOff.twoModels(12))
    #expect(draft.slices.allSatisfy { !$0.isRule } && draft.fallback == "big")
    #expect(draft.overall.allSatisfy { !$0.isShown })
    #expect(try RuleSet(parsing: draft.document.canonicalBytes).rules.isEmpty)
  }

  @Test func `where nothing differs, chance drafts a rule in at most one draft of twenty`() throws {
    var drafted = 0
    for seed in 0..<200 {
      var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
      func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 40) / Double(1 << 24)
      }
      var rows: [(String, String?, String, Double?, Double?)] = []
      for item in 0..<120 {
        for model in ["a", "b", "c"] {
          rows.append(
            ("i\(item)", "t\(item % 4)", model, next() < 0.5 ? 1 : 0, 1 + next()))
        }
      }
      let draft = try Self.suggest(
        BakeOff.table(rows), "max success s.t. cost <= +50%"
      ) { $0.base = "a" }
      if draft.fallback != "a" || draft.slices.contains(where: \.isRule) { drafted += 1 }
    }
    // Two stages of at most 2.5 % each; 200 drafts of a rate of 5 % are more than 20 once in 1,000.
    #expect(drafted <= 20)
  }

  @Test func `a default that is bad at a slice gives it back to the base`() throws {
    // Small is cheap and as good but for one topic of ten.
    var rows: [(String, String?, String, Double?, Double?)] = []
    for item in 0..<1000 {
      let isHard = item % 20 == 0
      rows.append(("i\(item)", isHard ? "hard" : "easy", "big", 1, 5))
      rows.append(("i\(item)", isHard ? "hard" : "easy", "small", isHard ? 0 : 1, 1))
    }
    let draft = try Self.suggest(BakeOff.table(rows), "min cost s.t. success >= -10pp")
    #expect(draft.base == "big" && draft.fallback == "small")
    #expect(draft.slices.map(\.model) == ["small", "big"])
    #expect((draft.slices[1].harmPValue ?? 1) < 0.025)
  }

  @Test func `the bound becomes a gate on rows that had no part in the draft`() throws {
    let draft = try Self.suggest(BakeOff.twoModels(400)) { $0.holdout = "other@2" }
    let gate = try #require(try RuleSet(parsing: draft.document.canonicalBytes).gate)
    #expect(gate.dataset == "other@2" && gate.minimumCoveragePercent == 95)
    #expect(gate.nonInferiority.map(\.metric) == ["success"])
    #expect(gate.nonInferiority.map(\.marginPPM) == [50_000])
    #expect(gate.nonInferiority.map(\.alphaPPM) == [25_000])
  }

  @Test func `a column that tells the answer makes no slices`() throws {
    let error = #expect(throws: StoreError.self) {
      try Self.suggest(BakeOff.twoModels(40)) { $0.slice = "model" }
    }
    #expect(error?.message.hasPrefix("the column 'model' shows the answer") == true)
    let role = #expect(throws: StoreError.self) {
      try Self.suggest(BakeOff.twoModels(40)) { $0.options?.roles[.finishReason] = "topic" }
    }
    #expect(role?.message.hasPrefix("the column 'topic' shows the answer") == true)
  }

  @Test func `an objective that makes no sense is refused`() throws {
    for objective in [
      "min success s.t. cost <= +1%", "max cost s.t. success >= -1pp", "min cost",
      "min cost s.t. cost <= +1%", "min cost s.t. success <= 1pp", "min cost s.t. success >= -1%",
    ] {
      #expect(throws: StoreError.self) { try Self.suggest(BakeOff.twoModels(8), objective) }
    }
    #expect(throws: StoreError.self) {
      try Self.suggest(BakeOff.twoModels(8), "min p95 s.t. success")
    }
    #expect(throws: StoreError.self) {
      try Self.suggest(BakeOff.twoModels(8)) { $0.slice = "cost" }
    }
    #expect(throws: StoreError.self) {
      try Self.suggest(BakeOff.twoModels(8)) { $0.base = "huge" }
    }
  }
}
