import Model
import Reports
import Testing
import Wire

@Suite struct BacktestPageTests {
  /// The lines on what items cannot show, for a metric with a difference.
  private func lines(_ difference: EstimateDocument, detectable: Double?) -> [String] {
    var metric = MetricDocument(metric: "success", direction: .higher)
    (metric.scale, metric.items) = (.binary, 100)
    (metric.difference, metric.detectable) = (difference, detectable)
    let nothing = Digest(hashing: [])
    var document = BacktestDocument(
      request: BacktestRequest(rules: "r@2", on: "o@1"), rules: nothing,
      active: .init(name: "r@1", digest: nothing), layout: .bakeoff, sources: [],
      roles: MetricRoles(), items: .init(key: ["id"], count: 100, digest: nothing),
      coverage: .init(items: 100, candidate: 100, active: 100, both: 100),
      conditions: .init(checked: 0, unknown: 0, itemsWithUnknown: 0, defaulted: 100, rules: []),
      changed: 100, changes: [], examples: [], movement: [], units: nil, findings: [])
    document.pair = PairDocument(
      base: "r@1", candidate: "r@2", metrics: [metric], latency: nil, costPerSuccess: nil,
      slices: [], buckets: nil)
    return BacktestPage(document).page.sections.first { $0.title.hasPrefix("What this many") }?
      .lines ?? []
  }

  @Test(arguments: [
    (0.0, 0.0 as Double?, nil as Double?, "nothing differs on 100 items, which does not show how"),
    (0.333, 0, nil, "the difference is the same on 100 items, which does not show how it varies"),
    (0.333, nil, nil, "the difference is the same on 100 items, which does not show how it varies"),
    (0.1, 0.5, nil, "on 100 items any difference is more often missed than the usual 1 in 5"),
    (0.1, 0.05, 0.14, "on 100 items a difference below 14.0 pp is more often missed than the"),
  ])
  func `a page says of no difference that nothing differs`(
    value: Double, error: Double?, detectable: Double?, line: String
  ) throws {
    let found = EstimateDocument(
      value: value, standardError: error, lower: value, upper: value, method: "t", rows: 100)
    let lines = lines(found, detectable: detectable)
    #expect(lines.count == 1 && lines[0].hasPrefix("success: " + line), "\(lines)")
  }
}
