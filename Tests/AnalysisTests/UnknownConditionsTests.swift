import Analysis
import Model
import Routing
import Testing
import Wire

/// Backtests of rules whose conditions the rows do not tell.
@Suite struct UnknownConditionsTests {
  private static let gate = """
    {"dataset":"outputs@1","min_coverage_percent":95,"non_inferiority":\
    [{"metric":"success","margin_ppm":20000,"alpha_ppm":25000}]}
    """

  /// Forty items of two models, whose topic is what `topic` says.
  private func table(_ topic: (Int) -> String?) -> ColumnTable {
    BakeOff.table(
      (0..<40).flatMap { item in
        [("i\(item)", topic(item), "big", 1.0, 5.0), ("i\(item)", topic(item), "small", 1.0, 1.0)]
      })
  }

  @Test(arguments: [nil, gate])
  func `conditions that were never known say insufficient, and no number`(gates: String?) throws {
    let report = try BakeOff.report(table { _ in nil }, try BakeOff.rules(gates: gates))
    #expect(report.conditions.checked == 40 && report.conditions.unknown == 40)
    #expect(report.verdict == .insufficient && report.pair == nil)
    #expect(report.activeSummary == nil && report.summary == nil)
    #expect(report.gates.allSatisfy { $0.verdict == .undecided && $0.change == nil })
    #expect(report.failures.first?.contains("no condition of the rules could be told") == true)
  }

  @Test func `one that was known once speaks`() throws {
    let report = try BakeOff.report(table { $0 == 7 ? "chat" : nil }, try BakeOff.rules())
    #expect(report.verdict == .none && report.pair != nil)
  }

  @Test func `a rule that alone was never known is named`() throws {
    let rules = """
      {"name":"chat","when":{"metadata.topic":{"$eq":"chat"}},"serve":{"target":"small"}},\
      {"name":"vip","when":{"principal.plan":{"$eq":"vip"}},"serve":{"target":"big"}}
      """
    let report = try BakeOff.report(
      table { $0 % 2 == 0 ? "chat" : "code" }, try BakeOff.rules(rules))
    #expect(report.verdict == .none)
    #expect(
      report.findings.contains { $0.subject == "conditions" && $0.what.hasSuffix(": vip") })
  }
}
