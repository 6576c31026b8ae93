import Statistics
import Testing

@Suite struct DistributionTests {
  @Test func `elementary functions are right to the last digits`() throws {
    for one in try ReferenceCase.named("elementary") {
      let (x, y, u) = try (one.number("x"), one.number("y"), one.number("u"))
      if x < 700 && x > -700 {
        try one.check(Elementary.exp(x), "exp", tolerance: 5e-16, scale: 0)
      }
      try one.check(Elementary.log(y), "log", tolerance: 5e-16, scale: 0)
      try one.check(Elementary.logOnePlus(u), "logOnePlus", tolerance: 1e-15, scale: 0)
      try one.check(Elementary.expMinusOne(u), "expMinusOne", tolerance: 2e-15, scale: 0)
      try one.check(Elementary.arcTangent(x), "arcTangent", tolerance: 1e-15, scale: 0)
    }
    #expect(Elementary.exp(0) == 1 && Elementary.log(1) == 0 && Elementary.exp(1000) == .infinity)
    #expect(Elementary.exp(-1000) == 0 && Elementary.log(0) == -.infinity)
    #expect(Elementary.log(-1).isNaN && Elementary.exp(.nan).isNaN)
  }

  @Test func `normal tails keep their digits`() throws {
    for one in try ReferenceCase.named("normal") {
      let upper = try NormalDistribution.upperTail(one.number("z"))
      try one.check(upper, "upper", tolerance: 1e-12, scale: 0)
    }
    #expect(NormalDistribution.upperTail(0) == 0.5 && NormalDistribution.upperTail(.infinity) == 0)
    #expect(NormalDistribution.quantile(upperTail: 0) == .infinity)
    #expect(NormalDistribution.quantile(lowerTail: 0) == -.infinity)
    #expect(NormalDistribution.quantile(upperTail: 2).isNaN)
  }

  @Test func `tails of t keep their digits`() throws {
    for one in try ReferenceCase.named("student") {
      let student = try StudentDistribution(freedom: one.number("freedom"))
      try one.check(student.upperTail(one.number("t")), "upper", tolerance: 5e-12, scale: 0)
    }
    #expect(StudentDistribution(freedom: 3).upperTail(0) == 0.5)
    #expect(StudentDistribution(freedom: 3).twoSidedTail(.infinity) == 0)
  }

  @Test func `tails of chi square keep their digits`() throws {
    for one in try ReferenceCase.named("chisquare") {
      let square = try ChiSquareDistribution(freedom: one.number("freedom"))
      try one.check(square.upperTail(one.number("x")), "upper", tolerance: 1e-12, scale: 0.1)
      try one.check(square.lowerTail(one.number("x")), "lower", tolerance: 1e-12, scale: 0.1)
    }
  }

  @Test func `binomial chances keep their digits up to a million trials`() throws {
    for one in try ReferenceCase.named("binomial") {
      let binomial = try BinomialDistribution(
        trials: one.count("trials"), probability: one.number("chance"))
      let count = try one.count("count")
      try one.check(binomial.mass(count), "mass", tolerance: 1e-12, scale: 0)
      try one.check(binomial.lowerTail(count), "lower", tolerance: 2e-11, scale: 0)
      let sum = binomial.lowerTail(count) + binomial.upperTail(count + 1)
      #expect(abs(sum - 1) < 1e-11)
    }
  }

  @Test func `quantiles agree with scipy`() throws {
    for one in try ReferenceCase.named("quantiles") {
      let (chance, freedom) = try (one.number("chance"), one.number("freedom"))
      func check(_ value: Double, _ key: String) throws {
        try one.check(value, key, tolerance: 1e-10, scale: 0)
      }
      try check(NormalDistribution.quantile(upperTail: chance), "normal")
      try check(StudentDistribution(freedom: freedom).quantile(upperTail: chance), "student")
      try check(ChiSquareDistribution(freedom: freedom).quantile(upperTail: chance), "chisquare")
    }
  }

  @Test(arguments: [0.001, 0.025, 0.2, 0.5, 0.8, 0.999])
  func `a binomial quantile is the smallest count that reaches its tail`(level: Double) {
    for trials in [0, 1, 7, 90] {
      let binomial = BinomialDistribution(trials: trials, probability: 0.3)
      let lower = binomial.quantile(lowerTail: level)
      #expect(binomial.lowerTail(lower) >= level && binomial.lowerTail(lower - 1) < level)
      let upper = binomial.quantile(upperTail: level)
      #expect(binomial.upperTail(upper + 1) <= level)
      #expect(upper == 0 || binomial.upperTail(upper) > level)
    }
  }

  @Test func `hostile arguments give an answer or NaN and never hang`() {
    let strange = [0, -1, .infinity, -.infinity, .nan, 1e-300, 1e308, 0.5]
    for one in strange {
      for two in strange {
        _ = GammaFunction.regularized(abs(one), two)
        _ = StudentDistribution(freedom: two).upperTail(one)
        _ = StudentDistribution(freedom: 2).quantile(upperTail: one)
        _ = ChiSquareDistribution(freedom: 2).quantile(upperTail: one)
        _ = NormalDistribution.quantile(lowerTail: one)
        _ = Elementary.power(abs(one), two)
        _ = Elementary.arcTangent(one)
      }
    }
    #expect(ChiSquareDistribution(freedom: 2).quantile(upperTail: .nan).isNaN)
  }
}
