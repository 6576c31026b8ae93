import Analysis
import Model
import Testing
import Wire

struct ExperimentAnalysisTests {
  /// A split in halves of `count` units, of which each `every`-th of the canary fails, and which
  /// takes `factor` times as long there.
  private static func tables(
    _ count: Int, every: Int, factor: Double = 1, canary: (Int) -> Bool = { $0 % 2 == 1 }
  ) -> (decisions: ColumnTable, outcomes: ColumnTable) {
    let all = Array(0..<count)
    func isFailed(_ unit: Int) -> Bool { (unit / 2) % (canary(unit) ? every : 10) == 0 }
    return (
      TestTable.make(
        "r.decisions@1",
        [
          ("decision_id", .texts(all.map { "d\($0)" })),
          ("variant", .texts(all.map { canary($0) ? "canary" : "control" })),
          ("assigned_target", .texts(all.map { canary($0) ? "b" : "a" })),
          ("unit_hash", .texts(all.map { "u\($0)" })),
        ]),
      TestTable.make(
        "r.outcomes@1",
        [
          ("decision_id", .texts(all.map { "d\($0)" })),
          ("success", .numbers(all.map { isFailed($0) ? 0 : 1 })),
          (
            "latency",
            .numbers(all.map { (100 + Double($0 / 2 % 7)) * (canary($0) ? factor : 1) })
          ),
        ])
    )
  }

  private static func document(
    _ tables: (decisions: ColumnTable, outcomes: ColumnTable),
    _ edit: (inout ExperimentRequest) -> Void = { _ in }
  ) throws -> ExperimentDocument {
    var request = ExperimentRequest(name: "r")
    request.planned = 2_000
    edit(&request)
    let units = try ExperimentUnits(
      tables.decisions, rows: Array(0..<tables.decisions.count), by: "variant",
      plan: [
        .init(variant: "control", target: "a", share: 0.5),
        .init(variant: "canary", target: "b", share: 0.5),
      ], outcomes: tables.outcomes)
    return try ExperimentAnalysis(units, outcomes: tables.outcomes, request: request)
      .document(request, by: "variant", sources: [])
  }

  @Test func `a split without a difference goes on`() throws {
    let document = try Self.document(Self.tables(4_000, every: 10))
    #expect(document.verdict == .continue && document.sampleRatio?.isAlarm == false)
    #expect(document.arms.map(\.units) == [2_000, 2_000])
    let success = try #require(document.contrasts.first { $0.metric == "success" })
    #expect(success.verdict == .unclear && success.difference?.value == 0)
    #expect(document.guardrails.map(\.gate) == ["success >= -0pp"])
  }

  @Test func `a variant that is shown to be worse is stopped`() throws {
    let document = try Self.document(Self.tables(4_000, every: 4))
    #expect(document.verdict == .stop)
    #expect(document.reasons == ["canary breaks success >= -0pp"])
    let success = try #require(document.contrasts.first { $0.metric == "success" })
    #expect(success.verdict == .worse && abs((success.difference?.value ?? 0) + 0.15) < 1e-12)
  }

  @Test func `guardrails hold within their bound and break beyond it`() throws {
    let slower = Self.tables(4_000, every: 10, factor: 1.1)
    let allowed = try Self.document(slower) { $0.guardrails = ["latency <= +20%"] }
    #expect(allowed.verdict == .continue && allowed.guardrails[0].verdict == .passed)
    let broken = try Self.document(slower) { $0.guardrails = ["latency <= +5%"] }
    #expect(broken.verdict == .stop && broken.guardrails[0].verdict == .failed)
    let few = try Self.document(Self.tables(6, every: 10, factor: 1.1)) {
      $0.guardrails = ["latency <= +5%"]
    }
    #expect(few.verdict == .continue && few.guardrails[0].verdict == .undecided)
    #expect(throws: StoreError.self) {
      try Self.document(slower) { $0.guardrails = ["price <= +5%"] }
    }
  }

  @Test func `a split that is not what was planned holds everything`() throws {
    let document = try Self.document(Self.tables(4_000, every: 4) { $0 % 5 < 2 })
    #expect(document.sampleRatio?.isAlarm == true && document.verdict == .hold)
    #expect(document.reasons[0].hasPrefix("units are not split as planned"))
  }

  /// Four thousand units, of which `isLost` takes away the success, or the whole outcome.
  private static func losing(
    outcome: Bool = false, _ isLost: (_ unit: Int, _ isCanary: Bool) -> Bool
  ) -> (decisions: ColumnTable, outcomes: ColumnTable) {
    let decisions = tables(4_000, every: 10).decisions
    let kept = (0..<4_000).filter { !outcome || !isLost($0 / 2, $0 % 2 == 1) }
    let outcomes = TestTable.make(
      "r.outcomes@1",
      [
        ("decision_id", .texts(kept.map { "d\($0)" })),
        (
          "success",
          .numbers(kept.map { isLost($0 / 2, $0 % 2 == 1) ? nil : $0 / 2 % 10 == 0 ? 0 : 1 })
        ), ("latency", .numbers(kept.map { 100 + Double($0 / 2 % 7) })),
      ])
    return (decisions, outcomes)
  }

  @Test func `a guardrail cannot tell where outcomes lack what it is about`() throws {
    // All that the canary fails at has no value.
    let lost = Self.losing { unit, isCanary in isCanary && unit % 10 == 0 }
    let document = try Self.document(lost) { $0.guardrails = ["success >= -0pp", "success >= 5%"] }
    #expect(document.verdict == .hold)
    #expect(document.guardrails.allSatisfy { $0.verdict == .undecided && $0.reason != nil })
    let finding = try #require(document.findings.first { $0.subject == "success" })
    #expect(finding.arm == "canary" && finding.count == 200)
    #expect(finding.what == "outcomes without a value, of 200 of 2000 units with an outcome")
    #expect(document.reasons[0].contains("200 of 2000 units of canary"))
    // What another guardrail is about is there.
    let both = try Self.document(lost) {
      $0.guardrails = ["success >= -0pp", "latency <= -1%"]
    }
    #expect(both.verdict == .stop && both.guardrails.map(\.verdict) == [.undecided, .failed])
    for (missing, verdict) in [
      (ComparisonOptions.Missing.ignore, ExperimentDocument.Verdict.continue), (.fail, .stop),
      (.undecided, .hold),
    ] {
      #expect(try Self.document(lost) { $0.missing = missing }.verdict == verdict)
    }
  }

  @Test(arguments: [
    // A few on both sides are named, as many more on both are too many, and a few on one are odd.
    (30, 30, ExperimentDocument.Verdict.continue), (8, 8, .hold), (0, 30, .hold), (30, 0, .hold),
    (0, 500, .continue),
  ])
  func `outcomes without a value are few, and as few on each side`(
    control: Int, canary: Int, verdict: ExperimentDocument.Verdict
  ) throws {
    let document = try Self.document(
      Self.losing { unit, isCanary in
        let every = isCanary ? canary : control
        return every > 0 && unit % every == 1
      })
    #expect(document.verdict == verdict, "\(document.reasons)")
    #expect(
      document.findings.filter { $0.subject == "success" }.map(\.arm)
        == (control > 0 ? ["control"] : []) + (canary > 0 ? ["canary"] : []))
  }

  @Test func `outcomes that only one side lacks hold everything`() throws {
    let few = Self.losing(outcome: true) { unit, isCanary in isCanary && unit % 50 == 0 }
    let document = try Self.document(few)
    #expect(document.outcomeRatio?.isAlarm == false && document.verdict == .hold)
    #expect(document.reasons[0].hasPrefix("decisions without an outcome"))
    let both = Self.losing(outcome: true) { unit, _ in unit % 50 == 0 }
    #expect(try Self.document(both).verdict == .continue)
  }

  @Test func `a unit counts once, for what it was given first`() throws {
    let decisions = TestTable.make(
      "r.decisions@1",
      [
        ("decision_id", .texts(["1", "2", "3", "4"])),
        ("variant", .texts(["control", "canary", "canary", "other"])),
        ("unit_hash", .texts(["u", "u", "v", "w"])),
        ("evaluated_at_us", .numbers([10, 20, 5, 1])),
      ])
    let outcomes = TestTable.make(
      "r.outcomes@1",
      [("decision_id", .texts(["1", "2", "3"])), ("success", .numbers([1, 0, 1]))])
    let document = try Self.document((decisions, outcomes))
    #expect(document.arms.map(\.units) == [1, 1] && document.arms.map(\.decisions) == [2, 1])
    #expect(document.contrasts.first?.control == 0.5)
    #expect(document.findings.compactMap(\.count) == [1, 1])
  }

  @Test func `without outcomes only the counts are told`() throws {
    let tables = Self.tables(40, every: 10)
    let units = try ExperimentUnits(
      tables.decisions, rows: [], by: "variant",
      plan: [.init(variant: "control", target: "a", share: 1)], outcomes: nil)
    let request = ExperimentRequest(name: "r")
    let document = try ExperimentAnalysis(units, outcomes: nil, request: request)
      .document(request, by: "variant", sources: [])
    #expect(document.sampleRatio == nil && document.contrasts.isEmpty)
    #expect(document.verdict == .continue)
  }
}
