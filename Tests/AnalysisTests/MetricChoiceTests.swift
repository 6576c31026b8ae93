import Analysis
import Model
import Testing
import Wire

@Suite struct MetricChoiceTests {
  @Test(arguments: [
    ("success", MetricDocument.Direction.higher), ("pass_rate_2", .higher),
    ("toolCallAccuracy", .higher), ("win", .higher), ("total_cost", .lower),
    ("seconds_per_case", .lower), ("cost_per_success", .lower), ("judge_usd", .lower),
    ("test_timeouts", .lower), ("LatencyMs", .lower),
  ])
  func `a name tells which way is up`(name: String, direction: MetricDocument.Direction) {
    #expect(MetricDirection.inferred(name) == direction)
  }

  @Test(arguments: ["zeal", "rate", "error_score", "temperature", ""])
  func `a name that tells nothing, or both, is not guessed`(name: String) {
    #expect(MetricDirection.inferred(name) == nil)
  }

  private let sides = ["a", "b"].map { name in
    TestTable.side(
      name,
      [
        ("zeal", .numbers([1, 2, 3])), ("score", .numbers([1, 2, 3])),
        ("note", .texts(["x", "y", "z"])),
      ])
  }

  private func message(_ edit: (inout ComparisonOptions) -> Void) -> String {
    let error = #expect(throws: StoreError.self) { try TestTable.compare(sides, edit) }
    #expect(error?.kind == .usage)
    return error?.message ?? ""
  }

  @Test func `a metric of unknown direction is refused with what to say`() throws {
    #expect(message { $0.metrics = ["zeal"] }.contains("--higher 'zeal'"))
    #expect(message { $0.metrics = ["scroe"] }.contains("did you mean score?"))
    #expect(message { $0.higher = ["note"] }.contains("holds string values"))
    #expect(
      message {
        $0.higher = ["zeal"]
        $0.lower = ["zeal"]
      }.contains("better and worse"))
    let document = try TestTable.compare(sides) { $0.lower = ["zeal"] }
    #expect(document.pairs[0].metrics.map(\.metric) == ["zeal"])
  }

  @Test func `a gate about nothing that is measured is refused`() {
    #expect(message { $0.gates = ["sucess >= +0"] }.contains("about nothing that is measured"))
    #expect(message { $0.gates = ["score"] }.contains("is not a gate"))
    #expect(message { $0.gates = ["cost_per_success <= +10%"] }.contains("a column of cost"))
  }

  @Test func `a gate adds its metric, in the direction it guards`() throws {
    let document = try TestTable.compare(sides) { $0.gates = ["zeal <= +1"] }
    let metrics = document.pairs[0].metrics
    #expect(metrics.map(\.metric) == ["score", "zeal"])
    #expect(metrics.map(\.direction) == [.higher, .lower])
  }

  @Test func `an arm is not compared with itself`() {
    let error = #expect(throws: StoreError.self) { try TestTable.compare([sides[0], sides[0]]) }
    #expect(error?.kind == .usage && error?.message.contains("named twice") == true)
  }

  @Test func `numbers that make no sense are refused`() {
    #expect(message { $0.confidence = 1 }.contains("confidence"))
    #expect(message { $0.resamples = 0 }.contains("resamples"))
    #expect(message { $0.slices = ["nothing"] }.contains("no column"))
  }

  @Test func `values of a column are arms`() throws {
    let table = TestTable.side(
      "runs@1",
      [
        ("id", .texts(["1", "1", "2", "2", "3"])),
        ("model", .texts(["m", "n", "n", "m", nil])), ("success", .numbers([1, 0, 0, 1, 1])),
      ])
    let split = try table.split(by: "model", base: nil, candidates: [])
    #expect(split.sides.map(\.name) == ["m", "n"] && split.rowsWithout == 1)
    let found = try TestTable.compare(split.sides).pairs[0].metrics[0]
    #expect(found.difference?.value == -1 && found.losses == 2)
    #expect(throws: StoreError.self) {
      try table.split(by: "model", base: "o", candidates: [])
    }
  }

  @Test func `Holm counts in every metric of every candidate`() throws {
    let base = (0..<30).map { Double?(Double($0 % 3)) }
    let better = base.map { $0.map { $0 + 1 } }
    func side(_ name: String, _ one: [Double?], _ two: [Double?]) -> ComparisonSide {
      TestTable.side(name, [("score", .numbers(one)), ("quality", .numbers(two))])
    }
    let noisy = base.enumerated().map { index, value in value.map { $0 + Double(index % 4) / 4 } }
    let document = try TestTable.compare([
      side("a", base, base), side("b", noisy, base), side("c", better, noisy),
    ])
    let tests = document.pairs.flatMap(\.metrics)
    #expect(tests.count == 4)
    for metric in tests {
      let adjusted = try #require(metric.adjustedPValue)
      #expect(adjusted >= (metric.test?.pValue ?? 0))
    }
    let smallest = try #require(tests.min { $0.test?.pValue ?? 1 < $1.test?.pValue ?? 1 })
    #expect(abs((smallest.adjustedPValue ?? 0) - 4 * (smallest.test?.pValue ?? 0)) < 1e-15)
  }
}
