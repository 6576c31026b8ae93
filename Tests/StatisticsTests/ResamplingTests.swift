import Statistics
import Dispatch
import TestSupport
import Testing

@Suite struct ResamplingTests {
  @Test func `streams are fixed for ever`() {
    var first = RandomStream(seed: 1, stream: 0)
    var other = RandomStream(seed: 1, stream: 1)
    let words = (0..<3).map { _ in first.next() }
    #expect(words == Self.goldenWords)
    #expect(other.next() != words[0])
    let draws = (0..<1_000).map { _ in first.index(below: 7) }
    #expect(Set(draws) == Set(0..<7))
    #expect((0..<100).allSatisfy { _ in (0..<1).contains(first.unit()) })
  }

  /// A saved comparison is recomputed from its seed, so these may never change.
  static let goldenWords: [UInt64] = [
    15_453_050_337_563_922_905, 2_455_149_391_067_009_709, 8_606_768_415_921_270_728,
  ]

  @Test func `BCa intervals agree with scipy's formulas on the same resamples`() throws {
    for one in try ReferenceCase.named("bootstrap") {
      let found = try #require(
        Bootstrap.ratio(
          one.column("top"), over: one.column("bottom"), resamples: one.count("resamples"),
          seed: UInt64(one.count("seed"))))
      #expect(found.method == .accelerated)
      try one.check(found.value, "value", tolerance: 1e-13)
      try one.check(found.standardError, "error", tolerance: 1e-12)
      try one.check(found.interval, "interval", tolerance: 1e-11)
    }
  }

  @Test func `clusters of one are drawn as rows are`() throws {
    let values = [0.5, 1, 4, 2, 2, 9, 3]
    let plain = try #require(Bootstrap.mean(values, resamples: 200, seed: 3))
    let clusters = Clusters(labels: Array(values.indices))
    let own = try #require(Bootstrap.mean(values, clusters: clusters, resamples: 200, seed: 3))
    #expect(plain == own)
  }

  @Test func `a bootstrap of too little, or of equal values, has a defined answer`() throws {
    #expect(Bootstrap.mean([], seed: 1) == nil)
    #expect(Bootstrap.mean([4], seed: 1) == nil)
    #expect(Bootstrap.ratio([1, 2], over: [0, 0], seed: 1) == nil)
    let equal = try #require(Bootstrap.mean([2, 2, 2], resamples: 50, seed: 1))
    #expect(equal.interval.lower == 2 && equal.interval.upper == 2 && equal.method == .percentile)
    let rare = try #require(Bootstrap.ratio([1, 1, 1], over: [1, 0, 0], resamples: 500, seed: 1))
    #expect(rare.interval.upper == nil && rare.interval.lower != nil)
  }

  @Test func `sign flips agree with scipy where all patterns are counted`() throws {
    for one in try ReferenceCase.named("signflip") {
      let test = try #require(SignFlipTest(one.column("d"), seed: 1))
      #expect(test.isExact)
      try one.check(test.pValue, "p", tolerance: 1e-12)
    }
  }

  @Test func `sampled sign flips come near the exact answer`() throws {
    // 14 differences: 16,384 patterns, more than the 9,999 that are sampled.
    let differences = (0..<14).map { Double($0 % 5) - 1.2 }
    let sampled = try #require(SignFlipTest(differences, seed: 11))
    let exact = try #require(SignFlipTest(differences, resamples: 20_000, seed: 11))
    #expect(!sampled.isExact && exact.isExact)
    let error = (exact.pValue * (1 - exact.pValue) / 9_999).squareRoot()
    #expect(abs(sampled.pValue - exact.pValue) < 4 * error)
  }

  @Test func `sign flips of nothing, of zeros and of one cluster`() throws {
    #expect(SignFlipTest([], seed: 1) == nil)
    #expect(SignFlipTest([0, 0, 0], seed: 1)?.pValue == 1)
    #expect(SignFlipTest([3], seed: 1)?.pValue == 1)
    let clusters = Clusters(labels: [0, 0, 0])
    #expect(SignFlipTest([3, 4, 5], clusters: clusters, seed: 1)?.pValue == 1)
  }

  @Test func `a ratio of medians holds the true ratio and keeps pairs together`() throws {
    var random = SeededGenerator(seed: 21)
    let base = (0..<80).map { _ in Double.random(in: 1...100, using: &random) }
    let sample = PairedSample(base: base, candidate: base.map { $0 * 2 })
    let ratio = try #require(MedianRatio.of(sample, resamples: 300, seed: 4))
    #expect(abs(ratio.value - 2) < 1e-12)
    #expect(near(ratio.interval?.lower, 2))
    #expect(near(ratio.interval?.upper, 2))
    let zero = PairedSample(base: [0, 1], candidate: [1, 1])
    #expect(MedianRatio.of(zero, resamples: 10, seed: 1) == nil)
  }

  /// Shares done last to first, and by several threads.
  static let hands: [Draws<Never>] = [
    Draws { count, share in
      for number in (0..<count).reversed() { share(number) }
    },
    Draws { count, share in
      DispatchQueue.concurrentPerform(iterations: count) { share($0) }
    },
  ]

  @Test(arguments: [0, 1])
  func `who draws which resample changes no bit`(hand: Int) {
    var random = RandomStream(seed: 3, stream: 3)
    let base: [Double?] = (0..<1_500).map { _ in random.unit() + 0.1 }
    let other: [Double?] = (0..<1_500).map { _ in random.unit() + 0.11 }
    let draws = Self.hands[hand]
    for labels in [nil, Clusters(labels: (0..<1_500).map { $0 / 2 })] {
      let sample = PairedSample(base: base, candidate: other, clusters: labels)
      #expect(DrawShares.count(resamples: 999, unitCount: labels?.count ?? 1_500) > 1)
      #expect(
        Bootstrap.mean(sample.differences, clusters: labels, resamples: 999, seed: 5)
          == Bootstrap.mean(
            sample.differences, clusters: labels, resamples: 999, seed: 5, draws: draws))
      #expect(
        SignFlipTest(sample.differences, clusters: labels, resamples: 999, seed: 5)
          == SignFlipTest(
            sample.differences, clusters: labels, resamples: 999, seed: 5, draws: draws))
      let alone = [0.5, 0.95].map {
        MedianRatio.of(sample, quantile: $0, resamples: 999, seed: 5)
      }
      #expect(
        alone
          == MedianRatio.of(
            sample, quantiles: [0.5, 0.95], resamples: 999, seed: 5, draws: draws))
    }
  }

  @Test func `draws that are ended have no answer`() {
    struct Ended: Error {}
    let draws = Draws<Ended> { _, share throws(Ended) in
      share(0)
      throw Ended()
    }
    #expect(throws: Ended.self) {
      try Bootstrap.mean([1, 2, 4], resamples: 99, seed: 1, draws: draws)
    }
  }
}
