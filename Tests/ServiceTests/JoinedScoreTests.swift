import Access
import Model
import Objects
import Service
import Store
import TestSupport
import Testing
import Wire

/// Scores of a version, as columns where its rows are compared.
@Suite struct JoinedScoreTests {
  private let desk: Desk

  init() throws { desk = try Desk() }

  /// Outputs of `items` items by two models, `attempts` times each; `output` gives each one's text.
  private func pushOutputs(
    to name: String = "triage", items: Int = 40, attempts: Int = 1, more: String = "",
    _ output: (_ item: Int, _ model: String, _ attempt: Int) -> String?
  ) throws {
    var lines = ""
    for item in 1...items {
      for model in ["a", "b"] {
        for attempt in 1...attempts {
          let text = output(item, model, attempt).map { "\"\($0)\"" } ?? "null"
          lines +=
            #"{"item":"q\#(item)","model":"\#(model)","attempt":\#(attempt),"output":\#(text)"#
            + #","answer":"yes"\#(more)}"# + "\n"
        }
      }
    }
    try desk.push(lines, to: name, key: ["item", "model", "attempt"]) { $0.kind = .outputs }
  }

  @discardableResult
  private func score(
    _ reference: String, _ scorers: String..., into name: String? = nil
  ) throws -> ScoresDocument {
    var request = ScoreRequest(reference, scorers: scorers.map { .string($0) })
    request.into = name
    return try desk.service.score(request)
  }

  private func compare(
    _ base: String, _ candidate: String, scores: [String]? = nil, gates: [String] = [],
    _ edit: (inout ComparisonRequest) -> Void = { _ in }
  ) throws -> ComparisonDocument {
    var request = ComparisonRequest(base: base, candidates: [candidate])
    request.options = ComparisonOptions()
    request.options?.resamples = 100
    request.options?.gates = gates
    request.options?.key = ["item", "model"]
    request.scores = scores
    edit(&request)
    return try desk.service.compare(request).document
  }

  private static func lines(_ findings: [ComparisonDocument.Finding]?) -> [String] {
    (findings ?? []).map { finding in
      (finding.arm.map { "\($0): " } ?? "") + "\(finding.subject): "
        + (finding.count.map { "\($0) " } ?? "") + finding.what
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `the joined columns are those of a join in SQL`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let attempts = Int.random(in: 1...3, using: &random)
    try pushOutputs(items: 25, attempts: attempts) { _, _, _ in
      ["yes", "Yes", "no", "a longer yes", nil].randomElement(using: &random) ?? nil
    }
    try score("triage", "exact:answer", "likeness=chrf:answer")
    // Some outputs were never scored, and others stand in another order.
    let rows = try desk.lines("triage.scores").filter { _ in
      Int.random(in: 0..<8, using: &random) > 0
    }.shuffled(using: &random)
    let outputs = try Reference(parsing: "triage@1")
    try desk.push(
      rows.joined(separator: "\n") + "\n", to: "triage.scores",
      key: ["item", "model", "attempt", "scorer"]
    ) { request in
      request.kind = .metrics
      request.types = ["value": .float64]
      request.lineage = [outputs]
    }
    for scorer in ["exact", "likeness"] {
      for attempt in 1...attempts {
        var request = TrendRequest(metric: scorer)
        request.statistic = .mean
        request.group = "item"
        request.condition = "model = 'b' AND attempt = \(attempt)"
        let trend = try desk.service.trend(of: try DatasetName("triage"), request)
        #expect(trend.scores?.map(\.reference) == ["triage.scores@2"])
        let joined = trend.series.flatMap { series in
          series.points.map { "\(series.group ?? ""),\($0.value)" }
        }
        let expected = try desk.query(
          """
          SELECT o.item, s.value FROM triage AS o JOIN "triage.scores" AS s
          ON s.item = o.item AND s.model = o.model AND s.attempt = o.attempt
          WHERE s.scorer = '\(scorer)' AND o.model = 'b' AND o.attempt = \(attempt)
          AND s.value IS NOT NULL
          """)
        #expect(joined.sorted() == expected.sorted(), "\(scorer), attempt \(attempt)")
        #expect(!joined.isEmpty)
      }
    }
    let report = try desk.report("triage", by: "model")
    #expect(report.request.metrics == ["exact", "likeness"])
    for model in report.models {
      for score in model.scores {
        let mean = try desk.query(
          """
          SELECT avg(mean) FROM (SELECT avg(value) AS mean FROM "triage.scores"
          WHERE scorer = '\(score.metric)' AND model = '\(model.model)' AND value IS NOT NULL
          GROUP BY item)
          """)
        let expected = try #require(mean.first.flatMap(Double.init))
        let found = try #require(score.mean?.value)
        #expect(abs(found - expected) < 1e-9 * max(1, abs(expected)))
      }
    }
  }

  @Test func `gates on a score by other reference answers are undecided, and others are not`()
    throws
  {
    for (run, answer) in [(1, "yes"), (2, "no")] {
      let questions = (1...40).map { item in
        // Another answer for five of them.
        #"{"item":"q\#(item)","expected":"\#(item <= 5 ? answer : "yes")"}"#
      }
      try desk.push(questions.joined(separator: "\n"), to: "questions", key: ["item"]) {
        $0.kind = .inputs
      }
      try pushOutputs(more: ",\"run\":\(run)") { item, _, _ in item % 4 == run ? "no" : "yes" }
      var request = ScoreRequest(
        "triage@\(run)", scorers: [.string("exact:expected"), .string("length=number")])
      request.inputs = "questions@\(run)"
      _ = try desk.service.score(request)
    }
    let document = try compare(
      "triage@1", "triage@2", gates: ["exact >= -90pp"]
    ) { $0.options?.missing = .ignore }
    #expect(document.gates.map(\.verdict) == [.undecided])
    #expect(document.gates[0].reason?.contains("exact.reference_digest") == true)
    let finding = document.findings.first { $0.subject == "exact.reference_digest" }
    #expect(finding?.count == 10 || finding?.count == 5, "\(Self.lines(document.findings))")
    #expect(finding?.isLeftOut != true)
    let allowed = try compare("triage@1", "triage@2", gates: ["exact >= -90pp"]) {
      $0.options?.missing = .ignore
      $0.options?.allowedChanges = ["exact.reference_digest"]
    }
    #expect(allowed.gates.map(\.verdict) == [.passed])
  }

  @Test func `a comparison has the newest scores of each arm, and says which`() throws {
    try pushOutputs { item, _, _ in item % 4 == 0 ? "no" : "yes" }
    try pushOutputs { _, _, _ in "yes" }
    try score("triage@1", "exact:answer")
    try score("triage@2", "exact:answer")
    try score("triage@1", "length=number")
    let document = try compare("triage@1", "triage@2", gates: ["exact >= +1pp"])
    #expect(document.request.scores == ["triage.scores@2", "triage.scores@3"])
    #expect(
      document.sources.map(\.reference)
        == ["triage@1", "triage@2", "triage.scores@3", "triage.scores@2"])
    #expect(document.pairs[0].metrics.map(\.metric) == ["exact"])
    #expect(document.verdict == .passed, "\(document.gates)")
    // Without scores there is nothing to compare.
    #expect(
      desk.error { _ = try compare("triage@1", "triage@2", scores: ["none"]) }?.kind == .usage)
  }

  @Test func `a kept comparison is the same whatever scores are added`() throws {
    try pushOutputs { item, _, _ in item % 4 == 0 ? "no" : "yes" }
    try pushOutputs(to: "other") { item, _, _ in item % 5 == 0 ? "no" : "yes" }
    try score("triage", "exact:answer")
    try score("other", "exact:answer")
    let kept = try compare("triage", "other", gates: ["exact >= -50pp"]) {
      $0.save = SaveRequest(name: "verdicts")
    }
    #expect(kept.request.scores == ["other.scores@1", "triage.scores@1"])
    let version = try desk.service.version(try Reference(parsing: "verdicts@1")).version
    #expect(
      version.lineage.map(\.reference)
        == ["triage@1", "other@1", "triage.scores@1", "other.scores@1"])
    var request = ReportRequest("triage", by: "model")
    request.save = SaveRequest(name: "reports")
    let report = try desk.service.report(request).document
    #expect(report.scores?.map(\.reference) == ["triage.scores@1"])
    var bare = request
    bare.scores = ["none"]
    bare.save = SaveRequest(name: "bare")
    let plain = try desk.service.report(bare).document
    #expect(plain.scores == nil && plain.request.scores == nil && plain.request.metrics.isEmpty)
    try score("triage", "exact=exact:value=no", "more=contains:value=y")
    for verified in [
      try desk.service.verifyComparison(try Reference(parsing: "verdicts@1")),
      try desk.service.verifyReport(try Reference(parsing: "reports@1")),
      try desk.service.verifyReport(try Reference(parsing: "bare@1")),
    ] {
      #expect(verified.isEqual, "\(verified.differences)")
    }
    let again = try compare("triage", "other", gates: ["exact >= -50pp"])
    #expect(again.request.scores == ["other.scores@1", "triage.scores@2"])
  }

  @Test func `a gate on a score by another scorer is undecided unless the change is allowed`()
    throws
  {
    try pushOutputs { item, _, _ in item % 4 == 0 ? "no" : "yes" }
    try pushOutputs { _, _, _ in "yes" }
    try score("triage@1", "exact:answer", "near=contains:answer")
    try score("triage@2", "exact:answer,normalize=casefold", "near=contains:answer")
    let gates = ["exact >= +1pp", "near >= +1pp"]
    let document = try compare("triage@1", "triage@2", gates: gates)
    #expect(document.gates.map(\.verdict) == [.undecided, .passed])
    #expect(
      document.gates[0].reason
        == "'exact.scorer' is not that of triage@1 on 80 items; "
        + "--allow-change exact.scorer judges all the same")
    #expect(
      Self.lines(document.findings).contains(
        "triage@2: exact.scorer: 80 items where it is not that of triage@1"))
    let allowed = try compare("triage@1", "triage@2", gates: gates) {
      $0.options?.allowedChanges = ["exact.scorer"]
    }
    #expect(allowed.gates.map(\.verdict) == [.passed, .passed])
    // Only one of them is compared, so the other one is no matter.
    let near = try compare("triage@1", "triage@2", gates: ["near >= +1pp"]) {
      $0.options?.metrics = []
      $0.options?.higher = ["near"]
    }
    #expect(near.gates.map(\.verdict) == [.passed])
    #expect(!near.findings.contains { $0.subject == "exact.scorer" })
    // An arm without scores has nothing to judge by.
    try pushOutputs { item, _, _ in item == 1 ? "no" : "yes" }
    let lacking = try compare("triage@1", "triage@3", gates: ["near >= +1pp"])
    #expect(lacking.gates.map(\.verdict) == [.undecided])
  }

  @Test func `a trend says where another scorer began, and which versions nobody scored`() throws {
    try pushOutputs(items: 4) { _, _, _ in "yes" }
    try pushOutputs(items: 4) { _, _, _ in "no" }
    try pushOutputs(items: 4) { item, _, _ in item == 1 ? "no" : "yes" }
    try score("triage@1", "exact:answer")
    try score("triage@3", "exact:answer,normalize=trim")
    let trend = try desk.service.trend(
      of: try DatasetName("triage"), TrendRequest(metric: "exact"))
    #expect(trend.series[0].points.map(\.version) == [1, 3])
    #expect(trend.series[0].points.map(\.value) == [1, 0.75])
    #expect(trend.scores?.map(\.reference) == ["triage.scores@1", "triage.scores@2"])
    let lines = Self.lines(trend.findings)
    #expect(lines.contains("exact: 1 versions without this score: @2"), "\(lines)")
    #expect(lines.contains { $0.hasPrefix("exact.scorer: not that of the version") }, "\(lines)")
    var bisection = BisectRequest(TrendRequest(metric: "exact"))
    (bisection.good, bisection.bad) = ("1", "3")
    let found = try desk.service.bisect(try DatasetName("triage"), bisection)
    #expect(found.moves.map(\.version.number) == [3] && found.moves[0].movedItems == 2)
    #expect(found.scores?.count == 2)
    let wrong = desk.error {
      _ = try desk.service.trend(of: try DatasetName("triage"), TrendRequest(metric: "exakt"))
    }
    #expect(wrong?.kind == .usage && wrong?.message.contains("exact") == true)
  }

  @Test func `outputs that have no score are counted for each arm`() throws {
    try pushOutputs { item, model, _ in item == 3 && model == "a" ? nil : "yes" }
    try score("triage", "exact:answer")
    var request = ComparisonRequest(of: "triage", by: "model", base: "a", candidates: ["b"])
    request.options = ComparisonOptions()
    request.options?.resamples = 100
    let document = try desk.service.compare(request).document
    let lines = Self.lines(document.findings)
    #expect(lines.contains("a: exact: 1 outputs that could not be scored"), "\(lines)")
    let report = try desk.report("triage", by: "model")
    #expect(report.findings.contains("a, exact: 1 outputs that could not be scored"))
  }

  @Test func `a column of the version keeps its name, and that is said`() throws {
    try pushOutputs(more: #","exact":0.5"#) { _, _, _ in "yes" }
    try score("triage", "exact:answer", "near=contains:answer")
    let document = try compare("triage", "triage") { request in
      request = ComparisonRequest(of: "triage", by: "model", base: nil, candidates: [])
      request.options = ComparisonOptions()
      request.options?.resamples = 100
      request.options?.higher = ["exact", "near"]
    }
    #expect(document.pairs[0].metrics.map { $0.base?.value } == [0.5, 1])
    let line =
      "exact: is a column of its own, which is used; the score in triage.scores@1 is not"
    #expect(Self.lines(document.findings).contains(line))
    let trend = try desk.service.trend(
      of: try DatasetName("triage"), TrendRequest(metric: "exact"))
    #expect(trend.scores == nil && trend.series[0].points.map(\.value) == [0.5])
    #expect(Self.lines(trend.findings).contains(line))
  }

  @Test func `scores of other names are taken where they are named`() throws {
    try pushOutputs { _, _, _ in "yes" }
    try pushOutputs { item, _, _ in item < 30 ? "yes" : "no" }
    try score("triage@1", "exact:answer", into: "judged")
    try score("triage@2", "exact:answer", into: "judged")
    let error = desk.error { _ = try compare("triage@1", "triage@2") }
    #expect(error?.kind == .usage)
    let document = try compare("triage@1", "triage@2", scores: ["judged@1", "judged@2"])
    #expect(document.request.scores == ["judged@1", "judged@2"])
    #expect(document.pairs[0].metrics.map(\.metric) == ["exact"])
    for wrong in [["judged@1", "none"], ["triage@1"], ["absent"]] {
      #expect(desk.error { _ = try compare("triage@1", "triage@2", scores: wrong) } != nil)
    }
    let unused = desk.error { _ = try compare("triage@1", "triage@1", scores: ["judged@2"]) }
    #expect(unused?.message.contains("judged@2 has no scores of triage@1") == true)
  }

  @Test func `a caller who may not read the scores gets none`() throws {
    try pushOutputs { item, _, _ in item % 2 == 0 ? "yes" : "no" }
    try score("triage", "exact:answer")
    func caller(_ visibility: Caller.Visibility) -> LocalStoreService {
      desk.service.limited(
        to: Caller(tokenID: "t", name: "t", scope: .read, visibility: visibility, expiresAt: nil))
    }
    let one = caller(.dataset(try DatasetName("triage")))
    let both = caller(.prefix("triage"))
    func report(_ service: LocalStoreService, _ scores: [String]? = nil) throws -> ReportDocument {
      var request = ReportRequest("triage", by: "model")
      request.scores = scores
      return try service.report(request).document
    }
    for _ in 1...2 {
      #expect(try report(both).request.metrics == ["exact"])
      let without = try report(one)
      #expect(without.request.metrics.isEmpty && without.scores == nil)
    }
    let named = desk.error { _ = try report(one, ["triage.scores@1"]) }
    #expect(named?.kind == .missing && named?.message == "there is no dataset 'triage.scores'")
    let trend = desk.error {
      _ = try one.trend(of: try DatasetName("triage"), TrendRequest(metric: "exact"))
    }
    #expect(trend?.kind == .usage && trend?.message.contains("exact.scorer") == false)
  }

  @Test func `gates on scores are checked where they are registered, and hold for what comes`()
    throws
  {
    try pushOutputs { item, _, _ in item % 4 == 0 ? "no" : "yes" }
    try score("triage@1", "exact:answer")
    var options = ComparisonOptions()
    options.gates = ["exact >= 500%"]
    var request = GateRequest(
      reference: "triage@1", options: options, save: SaveRequest(name: "bar"))
    #expect(desk.error { _ = try desk.service.createGate(request) }?.kind == .usage)
    request.options.gates = ["exact >= +1pp"]
    let gate = try desk.service.createGate(request)
    #expect(gate.saved == "bar@1")
    try pushOutputs { _, _, _ in "yes" }
    try score("triage@2", "exact:answer")
    let document = try compare("triage@1", "triage@2") {
      $0.options = nil
      $0.registered = "bar"
    }
    #expect(document.verdict == .passed, "\(document.gates)")
    // A scorer that is easier to please is not the one that was registered, be it that of both.
    for version in ["triage@1", "triage@2"] { try score(version, "exact=contains:value=y") }
    let other = try compare("triage@1", "triage@2") {
      $0.options = nil
      $0.registered = "bar"
    }
    #expect(other.verdict == .undecided)
    #expect(
      other.gates[0].reason
        == "'exact.scorer' is not that of bar@1; "
        + "gates registered with --allow-change exact.scorer judge all the same")
  }

  @Test func `rules are tried on scores, and drafted from them`() throws {
    try pushOutputs(more: #","cost":1,"task":"t""#) { item, model, _ in
      model == "b" || item % 4 == 0 ? "yes" : "no"
    }
    try score("triage", "correct=exact:answer")
    var request = SuggestionRequest(name: "support", objective: "min cost s.t. success >= -1pp")
    request.on = "triage"
    request.slice = "task"
    request.options = BacktestOptions()
    request.options?.resamples = 100
    let draft = try desk.service.suggest(request).document
    #expect(draft.roles[.success] == "correct" && draft.base == "b")
    #expect(draft.request.scores == ["triage.scores@1"])
    #expect(draft.scores?.map(\.reference) == ["triage.scores@1"])
    request.scores = ["none"]
    #expect(desk.error { _ = try desk.service.suggest(request) }?.kind == .usage)
  }
}
