import Analysis
import Model
import Routing
import Testing
import Wire

/// Rules tried on decisions that were made, where the requests are told along with what came of
/// them.
struct LoggedBacktestTests {
  /// 200 decisions of a split in halves, of two topics by turns.
  private static let decisions = TestTable.make(
    "r.decisions@1",
    [
      ("decision_id", .texts((0..<200).map { id($0) })),
      ("assigned_target", .texts((0..<200).map { $0 / 2 % 2 == 0 ? "big" : "small" })),
      ("propensity_ppm", .numbers((0..<200).map { _ in 500_000 })),
    ])

  private static func id(_ number: Int) -> String { "d\(1000 + number)" }

  /// Outcomes with the topics as contexts; a success where chat went to the small model.
  private static func outcomes(
    _ numbers: [Int], context: (Int) -> String? = { topic($0) }
  ) -> ColumnTable {
    TestTable.make(
      "r.outcomes@1",
      [
        ("decision_id", .texts(numbers.map { id($0) })),
        ("success", .numbers(numbers.map { $0 % 2 == 1 && $0 / 2 % 2 == 1 ? 1 : 0 })),
        ("context", .texts(numbers.map(context))),
      ])
  }

  private static func topic(_ number: Int) -> String {
    #"{"metadata":{"topic":"\#(number % 2 == 0 ? "code" : "chat")"}}"#
  }

  private static func report(_ outcomes: ColumnTable) throws -> BacktestDocument {
    let rules = try BakeOff.rules()
    return try LoggedBacktest(
      decisions, outcomes: outcomes, candidate: rules, active: .constant(rules.set.targets[0]),
      options: BacktestOptions()
    ).document(
      BacktestRequest(rules: "r@1", on: "r.decisions@1"), active: .init(name: "big", digest: nil),
      sources: [])
  }

  @Test func `contexts that come with outcomes are decided anew`() throws {
    let report = try Self.report(Self.outcomes(Array(0..<200)))
    #expect(report.items.count == 200 && report.changed == 100 && report.findings.isEmpty)
    #expect(report.coverage.candidate == 100 && report.offPolicy?.meanWeight == 1)
    let success = try #require(report.pair?.metrics.first { $0.metric == "success" })
    #expect(success.candidate?.value == 0.5 && success.base?.value == 0)
  }

  @Test func `an outcome that came without its context, or twice, is told`() throws {
    // Of ten no context came, ten never came back, and two came twice, the second time without.
    let outcomes = Self.outcomes(Array(0..<190) + [100, 101]) { number in
      number < 10 ? nil : Self.topic(number)
    }
    let report = try Self.report(outcomes)
    #expect(report.items.count == 180 && report.coverage.both == 180)
    #expect(
      report.findings.map(\.what) == [
        "items whose context is not recorded", "decisions without an outcome",
        "decisions with several outcomes: the last one counts",
      ])
    #expect(report.findings.map(\.count) == [10, 10, 2])
  }

  @Test func `outcomes of decisions that were not recorded do not count`() throws {
    // Where a sample of the decisions is recorded, outcomes come of all.
    let report = try Self.report(Self.outcomes(Array(0..<1000)))
    #expect(report.items.count == 200 && report.coverage.both == 200)
    #expect(report.findings.map(\.what) == ["outcomes of decisions that are not recorded"])
    #expect(report.findings.map(\.count) == [800])
  }
}
