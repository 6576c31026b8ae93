import Analysis
import Model
import Routing
import TestSupport
import Testing
import Wire

/// A backtest decides as live requests are decided.
struct EqualDecisionsTests {
  /// Rows of two models for each context: as one column, or as its parts.
  private func table(_ contexts: [RandomRules.Value], asParts: Bool) -> ColumnTable {
    var columns: [(String, TestTable.Column)] = [
      ("id", .texts(contexts.indices.flatMap { [Self.key($0), Self.key($0)] })),
      ("model", .texts(contexts.flatMap { _ in ["m-1", "m-2"] })),
      ("success", .numbers(contexts.flatMap { _ in [1, 0] })),
    ]
    guard asParts else {
      let texts = contexts.flatMap { [$0.json, $0.json] }
      return TestTable.make("items@1", columns + [("context", .texts(texts))])
    }
    for root in ["principal", "request", "metadata", "headers"] {
      let texts = contexts.map { $0[[Substring(root)]]?.json }
      columns.append((root, .texts(texts.flatMap { [$0, $0] })))
    }
    return TestTable.make("items@1", columns)
  }

  private static func key(_ number: Int) -> String { "i\(100 + number)" }

  @Test(arguments: 0..<200, [false, true])
  func `a backtest decides as the plainest reading does, byte by byte`(
    seed: Int, asParts: Bool
  ) throws {
    var random = RandomRules(seed: 2000 + seed)
    let document = try random.document()
    let set = try document.ruleSet
    var contexts = (0..<30).map { _ in random.context() }
    if asParts {
      // There is no column for what is none of the four parts.
      contexts = contexts.map { context in
        guard case .object(let members) = context else { return context }
        return .object(members.filter { $0.0 != "targetingKey" })
      }
    }
    let rules = CompiledRules(set)
    var options = BacktestOptions()
    options.resamples = 100
    let analysis = try BacktestAnalysis(
      table(contexts, asParts: asParts), key: ["id"], candidate: rules,
      active: .constant(set.targets[0]), options: options)
    let expected = contexts.enumerated().map { number, context in
      document.decision(context, name: (Self.key(number), "decision.id"))
    }
    #expect(analysis.decisions.map(\.key) == contexts.indices.map { [Self.key($0)] })
    for (number, decision) in analysis.decisions.map(\.decision).enumerated() {
      #expect(decision?.json == expected[number].json, "\(contexts[number].json)")
    }
    let report = try analysis.document(
      BacktestRequest(rules: "r@1", on: "items@1"), active: .init(name: "x", digest: nil),
      sources: [])
    let truths = expected.flatMap { $0.checked.map(\.truth) }
    #expect(report.conditions.checked == truths.count)
    #expect(report.conditions.unknown == truths.count { $0 == "unknown" })
    #expect(report.conditions.defaulted == expected.count { $0.rule == nil })
    for change in report.changes {
      let items = expected.count {
        isSame($0.rule, change.rule) && isSame($0.target, change.target)
      }
      #expect(items == change.items)
    }
    #expect(report.changes.reduce(0) { $0 + $1.items } == contexts.count)
  }

  /// Whether two names are the same bytes.
  private func isSame(_ left: String?, _ right: String?) -> Bool {
    left.map { Array($0.utf8) } == right.map { Array($0.utf8) }
  }
}
