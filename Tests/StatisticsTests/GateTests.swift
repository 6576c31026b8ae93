import Statistics
import Model
import Testing

@Suite struct GateTests {
  @Test(arguments: [
    ("success >= -2pp", "success", Gate.Relation.atLeast, -0.02, Gate.Scale.absolute),
    ("cost_per_success <= +10%", "cost_per_success", .atMost, 0.1, .relative),
    (" score>=-.5 ", "score", .atLeast, -0.5, .absolute),
    ("p95 latency <= +1.25", "p95 latency", .atMost, 1.25, .absolute),
    ("success >= −1pp", "success", .atLeast, -0.01, .absolute),
  ])
  func `a gate is read`(
    text: String, metric: String, relation: Gate.Relation, bound: Double, scale: Gate.Scale
  ) throws {
    let gate = try Gate(text)
    #expect(gate.metric == metric && gate.relation == relation && gate.scale == scale)
    #expect(near(gate.bound, bound, 1e-15))
  }

  @Test(arguments: [
    "", "success", "success >= ", ">= 2pp", "success > 2pp", "success >= 2 percent",
    "success >= two", "success >= 1e5", "success >= --2", "success == 2pp",
  ])
  func `what is not a gate is refused`(text: String) {
    #expect(throws: StoreError.self) { try Gate(text) }
  }

  @Test(arguments: ["cost\nusd", "a,b", "\"quoted\"", "é\u{301} x"])
  func `a metric of any name has gates`(metric: String) throws {
    let gate = try Gate("\(metric) <= +0.5")
    #expect(Array(gate.metric.utf8) == Array(metric.utf8) && gate.bound == 0.5)
  }

  @Test func `only an interval that excludes the bound decides`() throws {
    let floor = try Gate("success >= -2pp")
    #expect(floor.verdict(lower: -0.01, upper: 0.03) == .passed)
    #expect(floor.verdict(lower: -0.02, upper: 0.03) == .passed)
    #expect(floor.verdict(lower: -0.05, upper: 0.03) == .undecided)
    #expect(floor.verdict(lower: -0.05, upper: -0.03) == .failed)
    #expect(floor.verdict(lower: nil, upper: -0.03) == .failed)
    #expect(floor.verdict(lower: nil, upper: 0.5) == .undecided)
    #expect(floor.verdict(lower: nil, upper: nil) == .undecided)
    let ceiling = try Gate("cost <= +10%")
    #expect(ceiling.verdict(lower: -0.5, upper: 0.1) == .passed)
    #expect(ceiling.verdict(lower: 0.2, upper: nil) == .failed)
    #expect(ceiling.verdict(lower: 0.05, upper: nil) == .undecided)
    #expect(ceiling.verdict(lower: 0.05, upper: 0.2) == .undecided)
  }
}
