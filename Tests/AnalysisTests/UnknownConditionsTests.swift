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

  @Test(arguments: [true, false], [nil, gate])
  func `whether a field exists that no column has is not known`(
    exists: Bool, gates: String?
  ) throws {
    let rule = """
      {"name":"x","when":{"metadata.nosuch":{"$exists":\(exists)}},"serve":{"target":"small"}}
      """
    let report = try BakeOff.report(table { _ in "chat" }, try BakeOff.rules(rule, gates: gates))
    #expect(report.conditions.unknown == 40 && report.changed == 0)
    #expect(report.verdict == .insufficient && report.pair == nil)
    #expect(report.findings.contains { $0.subject == "fields" })
    // Of a column that is there it is known, also where it has no value.
    let known = rule.replacing("nosuch", with: "topic")
    let told = try BakeOff.report(table { _ in nil }, try BakeOff.rules(known, gates: gates))
    #expect(told.conditions.unknown == 0 && told.coverage.candidate == 40)
    #expect(told.changed == (exists ? 0 : 40))
  }

  @Test func `an item of which a condition could not tell is not covered`() throws {
    let report = try BakeOff.report(
      table { $0 == 7 ? "chat" : nil }, try BakeOff.rules(gates: Self.gate))
    #expect(report.coverage == .init(items: 40, candidate: 1, active: 40, both: 40))
    #expect(report.verdict == .insufficient && report.pair != nil)
    #expect(report.failures.contains { $0.contains("could not tell on 39 of 40 items") })
    // A rule that was never known covers nothing, though another decides.
    let rules = """
      {"name":"x","when":{"metadata.nosuch":{"$eq":"x"}},"serve":{"target":"small"}},\
      {"name":"y","when":{"metadata.topic":{"$exists":true}},"serve":{"target":"small"}}
      """
    let two = try BakeOff.report(
      table { _ in "chat" }, try BakeOff.rules(rules, gates: Self.gate))
    #expect(two.coverage.candidate == 0 && two.verdict == .insufficient)
  }
}
