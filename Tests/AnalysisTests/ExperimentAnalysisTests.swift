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
