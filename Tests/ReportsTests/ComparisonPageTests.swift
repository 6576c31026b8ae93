import Model
import Reports
import Testing
import Wire

@Suite struct ComparisonPageTests {
  @Test func `a sum or a count is over attempts, and no mean of them`() {
    for statistic in [TrendRequest.Statistic.sum, .count] {
      #expect(
        ComparisonPage.attempts("epoch", of: statistic) == ", over all attempts (column epoch)")
    }
    #expect(
      ComparisonPage.attempts("epoch", of: .p95)
        == ", each the mean of its attempts (column epoch)")
    #expect(ComparisonPage.attempts(nil, of: .sum).isEmpty)
  }

  private func estimate(
    _ value: Double, _ lower: Double?, _ upper: Double?
  ) -> EstimateDocument {
    EstimateDocument(value: value, lower: lower, upper: upper, method: "t", rows: 20)
  }

  private var document: ComparisonDocument {
    var success = MetricDocument(metric: "success", direction: .higher)
    success.scale = .binary
    success.verdict = .unclear
    success.items = 20
    success.base = estimate(0.55, 0.34, 0.74)
    success.candidate = estimate(0.85, 0.64, 0.95)
    success.difference = estimate(0.3, -0.0099, 0.556)
    success.test = .init(name: "exact McNemar", pValue: 0.109375)
    success.adjustedPValue = 0.21875
    success.detectable = 0.44297
    (success.wins, success.losses, success.ties) = (8, 2, 10)
    success.worse = [.init(key: ["q|1"], base: 1, candidate: 0)]
    var latency = MetricDocument(metric: "latency_ms", direction: .lower)
    latency.verdict = .worse
    latency.items = 20
    latency.base = estimate(1234.5678, 1200, 1300)
    latency.candidate = estimate(1334.5678, 1300, 1400)
    latency.difference = estimate(100, 20.5, 179.5)
    latency.test = .init(name: "paired t", pValue: 0.00001)
    latency.adjustedPValue = 0.00002
    var request = ComparisonRequest(base: "a@1", candidates: ["b@2"])
    request.options = ComparisonOptions()
    var arm = ArmDocument(rows: 20)
    arm.latency = .init(
      p50: estimate(1200, 1100, 1300), p95: estimate(2000, 1900, nil), rowsForUpperBound: 72)
    arm.success = estimate(0, 0, 0.2)
    arm.cost = .init(total: 3, perRow: estimate(0.15, 0.1, 0.2), unpriced: 0, perSuccess: nil)
    let digest = Digest(hashing: [1])
    return ComparisonDocument(
      request: request, sources: [.init(reference: "a@1", snapshot: digest, rows: 20)],
      items: .init(key: ["id"], count: 20, digest: digest), roles: MetricRoles(),
      arms: [
        .init(name: "a@1", reference: "a@1", rows: 20, summary: arm),
        .init(name: "b@2", reference: "b@2", rows: 21, summary: arm),
      ],
      findings: [
        .init(
          "items", arm: "b@2", "items of b@2 that a@1 lacks", count: 1, examples: [["q9"]],
          isLeftOut: true)
      ],
      pairs: [
        PairDocument(
          base: "a@1", candidate: "b@2", metrics: [success, latency], latency: nil,
          costPerSuccess: nil,
          slices: [SliceDocument(column: "task", value: "<b>", items: 0, metrics: [])],
          buckets: nil)
      ],
      gates: [
        GateResult(
          gate: "success >= -2pp", candidate: "b@2", verdict: .passed, scale: .share,
          change: estimate(0.3, -0.0099, 0.556), bound: -0.02),
        GateResult(
          gate: "cost <= +10%", candidate: "b@2", verdict: .undecided, scale: .relative,
          change: nil, bound: 0.1),
        GateResult(
          gate: "latency_ms <= +50", candidate: "b@2", verdict: .failed, scale: .number,
          change: estimate(100, 60.5, 179.5), bound: 50),
      ])
  }

  @Test func `a value of fewer items than there are says of how many`() {
    var arm = document.arms[0].summary
    arm.cost = .init(
      total: 3,
      perRow: EstimateDocument(value: 1, lower: 0.5, upper: 1.5, method: "t", rows: 3),
      unpriced: 17, perSuccess: nil)
    #expect(ArmCells(arm, items: 20).cells.filter { $0.contains("n = ") } == ["3 (n = 3)"])
    #expect(!ArmCells(arm).cells.contains { $0.contains("n = ") })
    let fewer = ArmCells(arm, items: 21).cells
    #expect(fewer[2].hasSuffix("(n = 20)") && fewer[4] == "3 (n = 3)")
  }

  @Test func `the verdict comes first, with what so many items could have shown`() {
    let lines = ComparisonPage(document).page.text.split(separator: "\n").map(String.init)
    #expect(lines[0] == "b@2 against a@1, 20 items")
    #expect(lines[1] == "gate success >= -2pp: passed, change +30.0 pp [−1.0 pp, +55.6 pp]")
    #expect(lines[2] == "gate cost <= +10%: NOT ENOUGH DATA")
    #expect(lines[3] == "gate latency_ms <= +50: FAILED, change +100 [+60.5, +179.5]")
    #expect(
      lines[4] == "success: no difference shown, 55.0 % → 85.0 %, by +30.0 pp [−1.0 pp, +55.6 pp], "
        + "p = 0.11 (p = 0.22 with 2 tests); 20 items would have shown 44.3 pp or more")
    #expect(
      lines[5] == "latency_ms: WORSE, 1235 → 1335, by +100 [+20.5, +179.5], p < 0.0001 "
        + "(p < 0.0001 with 2 tests)")
    #expect(
      lines.contains("  b@2: items: 1 items of b@2 that a@1 lacks (q9); left out"))
    #expect(lines.contains { $0.contains("2000 [1900, no upper bound]") })
    #expect(lines.contains { $0.contains("undefined") })
    #expect(lines.contains { $0.contains("no data") })
  }

  @Test func `Markdown is escaped, and its tables have equal rows`() {
    let text = ComparisonPage(document).page.markdown
    #expect(text.hasPrefix("### b@2 against a@1, 20 items\n\n- gate success \\>= -2pp: passed"))
    #expect(text.contains("q\\|1") && text.contains("\\<b\\>"))
    let table = text.split(separator: "\n").filter { $0.hasPrefix("| b@2 | success") }
    #expect(table.first?.split(separator: "|").count == 11)
  }

  @Test func `JUnit has a test case for each gate`() {
    let text = ComparisonJUnit(document).text
    #expect(text.contains(#"tests="3" failures="1" errors="1""#))
    #expect(text.contains(#"<testcase classname="b@2" name="success &gt;= -2pp"/>"#))
    #expect(
      text.contains(#"<failure message="the change is 100 [60.5, 179.5], the bound is 50"/>"#))
    #expect(text.contains(#"<error message="not enough data: there is no data to decide"#))
  }

  @Test(arguments: [
    (0.0, "0"), (1, "1"), (-0.5, "−0.5"), (0.000063, "6.3e-05"), (12345.6, "12346"),
    (1e20, "1e+20"), (0.123456, "0.1235"),
  ])
  func `numbers have four significant digits`(value: Double, text: String) {
    #expect(Figures.number(value) == text)
  }
}
