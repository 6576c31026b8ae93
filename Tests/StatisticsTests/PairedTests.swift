import Statistics
import TestSupport
import Testing

@Suite struct PairedTests {
  @Test func `McNemar and Tango agree with their references`() throws {
    for one in try ReferenceCase.named("mcnemar") {
      let counts = try PairedCounts(
        both: one.count("both"), onlyBase: one.count("onlyBase"),
        onlyCandidate: one.count("onlyCandidate"), neither: one.count("neither"))
      let test = McNemarTest(counts)
      try one.check(test.pValue, "exact", tolerance: 1e-12)
      try one.check(test.midPValue, "mid", tolerance: 1e-12)
      if one.expected["tango"] != nil {
        try one.check(TangoInterval.of(counts), "tango", tolerance: 1e-9)
      }
    }
  }

  @Test func `golden McNemar values`() {
    let test = McNemarTest(PairedCounts(both: 0, onlyBase: 2, onlyCandidate: 8, neither: 0))
    #expect(abs(test.pValue - 0.109375) < 1e-14)
    #expect(abs(test.midPValue - 0.06542968749999996) < 1e-14)
  }

  @Test func `nothing discordant is no evidence, and still has a width`() throws {
    let counts = PairedCounts(both: 30, onlyBase: 0, onlyCandidate: 0, neither: 20)
    #expect(McNemarTest(counts).pValue == 1)
    let interval = try #require(TangoInterval.of(counts))
    let z = NormalDistribution.twoSidedQuantile(level: 0.95)
    #expect(near(interval.upper, z * z / (50 + z * z)))
    #expect(near(interval.lower, -z * z / (50 + z * z)))
    let none = PairedCounts(both: 0, onlyBase: 0, onlyCandidate: 0, neither: 0)
    #expect(TangoInterval.of(none) == nil && none.difference == nil)
    #expect(McNemarTest(none).pValue == 1)
  }

  @Test func `paired t, plain and clustered, agrees with scipy and statsmodels`() throws {
    for one in try ReferenceCase.named("pairedmean") {
      let (base, candidate) = try (one.column("base"), one.column("candidate"))
      let plain = try #require(PairedDifference(PairedSample(base: base, candidate: candidate)))
      try one.check(plain.pValue, "p")
      try one.check(plain.statistic, "t")
      try one.check(plain.difference.interval, "interval")
      try one.check(plain.correlation, "correlation")
      try one.check(plain.standardizedDifference, "dz")
      try one.check(plain.unpairedStandardError, "unpaired")
      guard one.expected["clustered"] != nil else { continue }
      let clusters = try Clusters(labels: one.column("labels"))
      let sample = PairedSample(base: base, candidate: candidate, clusters: clusters)
      let clustered = try #require(PairedDifference(sample))
      if clustered.difference.standardError == nil { continue }
      try one.check(clustered.difference.standardError, "clustered", 0)
      try one.check(clustered.pValue, "clustered", 1)
      try one.check(clustered.difference.interval?.lower, "clustered", 2)
      try one.check(clustered.difference.interval?.upper, "clustered", 3)
    }
  }

  @Test func `the golden clustered standard error is the one with C over C − 1`() throws {
    let values: [Double] = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]
    let clusters = Clusters(labels: [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    let estimate = try #require(MeanEstimate.of(values, clusters: clusters))
    #expect(near(estimate.standardError, 0.23570226039551587))
    let naive = try #require(MeanEstimate.of(values)?.standardError)
    #expect(abs(naive - 0.1421338109037403) < 1e-12)
    #expect(estimate.clusterCount == 4)
  }

  @Test func `every pair its own cluster is the plain test`() throws {
    var random = SeededGenerator(seed: 5)
    let base = (0..<40).map { _ in Double.random(in: 0...1, using: &random) }
    let candidate = base.map { $0 + Double.random(in: -0.5...0.6, using: &random) }
    let plain = try #require(PairedDifference(PairedSample(base: base, candidate: candidate)))
    let own = try #require(
      PairedDifference(
        PairedSample(base: base, candidate: candidate, clusters: Clusters(labels: Array(0..<40)))))
    #expect(near(plain.pValue, own.pValue))
  }

  @Test func `edge cases have defined answers`() throws {
    func compare(_ base: [Double?], _ candidate: [Double?], _ labels: [Int]? = nil)
      -> PairedDifference?
    {
      PairedDifference(
        PairedSample(
          base: base, candidate: candidate, clusters: labels.map { Clusters(labels: $0) }))
    }
    #expect(compare([], []) == nil)
    #expect(compare([nil, 1, .nan], [1, nil, 2]) == nil)
    let one = try #require(compare([1], [2]))
    #expect(one.difference.interval == nil && one.pValue == nil && one.difference.value == 1)
    let same = try #require(compare([1, 2], [1, 2]))
    #expect(same.pValue == 1 && same.difference.interval == nil && same.equalCount == 2)
    let manySame = try #require(compare([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]))
    #expect(manySame.difference.interval?.lower == 0 && manySame.difference.interval?.upper == 0)
    let shifted = try #require(compare([1, 2, 3, 4, 5, 6], [1.1, 2.1, 3.1, 4.1, 5.1, 6.1]))
    #expect(shifted.pValue == nil && shifted.statistic == nil)
    #expect(shifted.detectable() == nil && shifted.standardizedDifference == nil)
    let oneCluster = try #require(compare([1, 2, 3], [2, 2, 5], [7, 7, 7]))
    #expect(oneCluster.pValue == nil && oneCluster.difference.interval == nil)
    let cancelling = try #require(compare([0, 0, 0, 0], [1, -1, 1, -1], [0, 0, 1, 1]))
    #expect(cancelling.pValue == nil && cancelling.difference.interval == nil)
    let sample = PairedSample(base: [1, nil, 3], candidate: [1, 2, .infinity])
    #expect(sample.count == 1 && sample.excludedCount == 2)
  }

  @Test func `Holm agrees with statsmodels and leaves missing p-values out`() throws {
    for one in try ReferenceCase.named("holm") {
      for (index, value) in Holm.adjusted(try one.column("p")).enumerated() {
        try one.check(value, "adjusted", index, tolerance: 1e-14)
      }
    }
    let golden = Holm.adjusted([0.01, 0.04, nil, 0.03, 0.005])
    let wanted: [Double?] = [0.03, 0.06, nil, 0.06, 0.02]
    for (value, wanted) in zip(golden, wanted) {
      #expect(abs((value ?? -1) - (wanted ?? -1)) < 1e-15)
    }
    #expect(Holm.adjusted([]).isEmpty)
  }

  @Test func `detectable differences are the golden ones`() throws {
    let smallest = try #require(DetectableDifference.smallest(variance: 0.2, count: 50))
    #expect(abs(smallest - 0.17718780696593192) < 1e-12)
    #expect(DetectableDifference.smallest(variance: 0.2, count: 0) == nil)
  }

  @Test(arguments: [1, 2, 6, 12, 100])
  func `a difference that is the same everywhere is as unsure as Tango's`(units: Int) throws {
    for (difference, both, won) in [(0.0, units, 0), (1.0, 0, units)] {
      let tango = try #require(
        TangoInterval.of(
          PairedCounts(both: both, onlyBase: 0, onlyCandidate: won, neither: 0)))
      let found = try #require(TangoInterval.withoutSpread(difference, units: units))
      #expect(abs((found.lower ?? 9) - (tango.lower ?? 8)) < 1e-9)
      #expect(difference == 1 || abs((found.upper ?? 9) - (tango.upper ?? 8)) < 1e-9)
    }
    // The same of the test, on attempts of one item each and on rows of clusters.
    let ones = [Double?](repeating: 1, count: units * 2)
    let pairs = PairedSample(
      base: ones, candidate: ones, clusters: Clusters(labels: (0..<units * 2).map { $0 / 2 }))
    let halves = [Double?](repeating: 0.5, count: units)
    for sample in [pairs, PairedSample(base: halves, candidate: halves)] {
      let reach = try #require(TangoInterval.withoutSpread(0, units: units)?.upper)
      let p = try #require(OneSidedTest.difference(sample, bound: -reach, isAbove: true))
      #expect(abs(p - 0.025) < 1e-9)
      #expect(OneSidedTest.difference(sample, bound: 0, isAbove: true) == 1)
    }
  }
}
