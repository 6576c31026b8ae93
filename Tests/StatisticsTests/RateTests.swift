import Statistics
import Testing

@Suite struct RateTests {
  @Test func `intervals of a rate agree with statsmodels`() throws {
    for one in try ReferenceCase.named("rate") {
      let (successes, trials) = try (one.count("successes"), one.count("trials"))
      let level = try one.number("level")
      try one.check(
        Proportion.wilson(successes: successes, trials: trials, level: level), "wilson",
        tolerance: 1e-12)
    }
  }

  @Test(arguments: [
    (0, 30, 0.0, 0.1135133931739688), (1, 30, 0.005908590381612455, 0.16670390991409176),
    (27, 30, 0.7437891742081592, 0.9654001112526659), (30, 30, 0.8864866068260311, 1),
    (45, 50, 0.7863976856252034, 0.9565242350681095),
    (80, 100, 0.7111708344068411, 0.8666330666689676),
  ])
  func `golden Wilson intervals`(successes: Int, trials: Int, lower: Double, upper: Double) throws {
    let interval = try #require(Proportion.wilson(successes: successes, trials: trials))
    #expect(near(interval.lower, lower))
    #expect(near(interval.upper, upper))
  }

  @Test func `no trials give no interval`() {
    #expect(Proportion.wilson(successes: 0, trials: 0) == nil)
    #expect(Proportion.estimate(successes: 0, trials: 0) == nil)
  }

  @Test func `Cohen's h agrees with Python`() throws {
    for one in try ReferenceCase.named("tworates") {
      let first = try one.column("first").map { Int($0) }
      let second = try one.column("second").map { Int($0) }
      let h = DifferenceOfRates.cohensH(
        Double(first[0]) / Double(first[1]), Double(second[0]) / Double(second[1]))
      try one.check(h, "h", tolerance: 1e-12)
    }
  }

  @Test func `quantiles and their intervals agree with scipy`() throws {
    for one in try ReferenceCase.named("quantile") {
      let estimate = try #require(
        QuantileEstimate.of(
          one.column("x"), quantile: one.number("p"), level: one.number("level")))
      try one.check(estimate.value, "value", tolerance: 0)
      try one.check(estimate.interval, "interval", tolerance: 0)
    }
  }

  @Test func `a p95 has no upper bound below 72 rows`() throws {
    #expect(QuantileEstimate.rowsForUpperBound(quantile: 0.95) == 72)
    let values = (1...72).map(Double.init)
    let enough = try #require(QuantileEstimate.of(values, quantile: 0.95)?.interval)
    #expect(enough.upper == 72)
    let few = try #require(QuantileEstimate.of(Array(values.dropLast()), quantile: 0.95)?.interval)
    #expect(few.upper == nil && few.lower != nil)
    #expect(QuantileEstimate.of([], quantile: 0.5) == nil)
    let one = try #require(QuantileEstimate.of([7], quantile: 0.5))
    #expect(one.value == 7 && one.interval?.lower == nil && one.interval?.upper == nil)
  }

  @Test func `the nearest rank does not slip by one for a whole product`() {
    let values = (1...200).map(Double.init)
    #expect(QuantileEstimate.of(values, quantile: 0.95)?.value == 190)
    #expect(QuantileEstimate.of(values, quantile: 0)?.value == 1)
    #expect(QuantileEstimate.of(values, quantile: 1)?.value == 200)
  }
}
