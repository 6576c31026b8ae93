import Analysis
import Model
import TestSupport
import Testing
import Wire

@Suite struct TrendTests {
  private func point(
    _ sample: TrendSample, _ statistic: TrendRequest.Statistic, of metric: String = "x"
  ) throws -> TrendDocument.Point? {
    let scale = TrendScale([sample], of: metric, isBool: false)
    return try sample.point(version: 1, statistic, of: metric, scale: scale, level: 0.95)
  }

  private static func summary(_ values: [Double]) -> TrendSample {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return .summary(
      TrendSample.Summary(
        count: values.count, total: values.reduce(0, +), mean: mean,
        deviation: values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : 0,
        least: values.min() ?? 0, greatest: values.max() ?? 0))
  }

  @Test(arguments: [1, 2, 3, 5, 6, 40, 1000])
  func `aggregates give the number that the values give`(count: Int) throws {
    var random = SeededGenerator(seed: UInt64(count))
    let reals = (0..<count).map { _ in Double.random(in: -2...2, using: &random) }
    let flags = (0..<count).map { _ in Bool.random(using: &random) ? 1.0 : 0 }
    let equal = [Double](repeating: 0.25, count: count)
    for (values, statistic) in [
      (reals, TrendRequest.Statistic.mean), (reals, .sum), (reals, .count), (flags, .rate),
      (equal, .mean),
    ] {
      let one = try #require(try point(.values(values), statistic))
      let other = try #require(try point(Self.summary(values), statistic))
      #expect(one.n == other.n && abs(one.value - other.value) < 1e-12)
      #expect((one.lower == nil) == (other.lower == nil))
      #expect(abs((one.lower ?? 0) - (other.lower ?? 0)) < 1e-9)
      #expect(abs((one.upper ?? 0) - (other.upper ?? 0)) < 1e-9)
    }
  }

  @Test func `a rate is refused of values that are neither 0 nor 1`() throws {
    for sample in [TrendSample.values([0, 0.5, 1]), Self.summary([0, 0.5, 1])] {
      let error = #expect(throws: StoreError.self) { try point(sample, .rate) }
      #expect(error?.kind == .usage)
    }
    #expect(try point(Self.summary([0, 1, 1, 0]), .rate)?.value == 0.5)
  }

  @Test func `no values give no number, but a count`() throws {
    #expect(try point(.values([]), .mean) == nil)
    #expect(try point(.values([]), .p95) == nil)
    #expect(try point(.values([]), .count)?.value == 0)
  }

  @Test func `a step of the level is a change at the version that has it`() throws {
    let points = (1...20).map { place -> TrendDocument.Point in
      let level = place < 12 ? 0.0 : 7
      return TrendDocument.Point(version: place * 2, n: 9, value: level + Double(place % 2))
    }
    let series = try TrendAnalysis.series(group: nil, points)
    #expect(series.changes.map(\.version) == [24])
    let largest = try #require(TrendAnalysis.largestChange(series))
    #expect(largest.previous == 22 && largest.change.after - largest.change.before > 6)
    let empty = try TrendAnalysis.series(group: nil, [])
    #expect(TrendAnalysis.largestChange(empty) == nil)
  }

  @Test(arguments: ["success", "Refusal", "schema_valid", "tool_call_accuracy", "accuracy"])
  func `means of shares stay between 0 and 1, from aggregates and from values`(
    metric: String
  ) throws {
    for values in [
      [Double](repeating: 1, count: 39) + [0.5], [Double](repeating: 0, count: 39) + [0.5],
      [Double](repeating: 0.75, count: 12), [0.25, 1],
    ] {
      let one = try #require(try point(.values(values), .mean, of: metric))
      let other = try #require(try point(Self.summary(values), .mean, of: metric))
      for bound in [one.lower, one.upper, other.lower, other.upper] {
        let bound = try #require(bound)
        #expect((0...1).contains(bound))
        #expect(values.count < 3 || bound != one.value, "nothing is certain")
      }
      #expect(abs((one.lower ?? 0) - (other.lower ?? 1)) < 1e-9)
      #expect(abs((one.upper ?? 0) - (other.upper ?? 1)) < 1e-9)
    }
  }

  @Test func `a metric is a rate in all versions or in none`() throws {
    let samples = [TrendSample.values([0, 1, 1, 0, 1, 1]), .values([0, 3, 1, 0, 2, 1])]
    let counts = TrendScale(samples, of: "errors", isBool: false)
    #expect(counts == .numbers)
    let first = try #require(
      try samples[0].point(version: 1, .mean, of: "errors", scale: counts, level: 0.95))
    #expect(first.upper ?? 0 > 1, "a count of 0 and 1 is no rate beside one of 3")
    #expect(TrendScale(samples, of: "outcome", isBool: false) == .numbers)
    #expect(TrendScale(samples.prefix(1), of: "outcome", isBool: false) == .rates)
    #expect(TrendScale(samples.prefix(1), of: "cost_usd", isBool: false) == .numbers)
    #expect(TrendScale(samples.prefix(1), of: "cost_usd", isBool: true) == .rates)
    #expect(TrendScale(samples, of: "success", isBool: false) == .numbers)
  }
}
