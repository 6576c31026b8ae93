import Statistics
import Testing

@Suite struct SequentialTests {
  @Test func `golden confidence sequence`() throws {
    let sequence = ConfidenceSequence(plannedCount: 100)
    #expect(near(sequence.rho, 0.28171181376963167))
    #expect(near(sequence.halfWidth(count: 100, variance: 1), 0.3035208990376253))
    #expect(near(sequence.halfWidth(count: 100, variance: 0.25), 0.15176044951881265))
    #expect(sequence.halfWidth(count: 0, variance: 1) == nil)
    #expect(sequence.mean([]) == nil)
    let level = try #require(sequence.mean([1, 1, 1]))
    #expect(level.interval == nil && level.value == 1)
    #expect(sequence.mean([1, 2, 4])?.interval != nil)
  }

  @Test func `the always-valid p-value is α where the interval touches 0`() throws {
    let sequence = ConfidenceSequence(plannedCount: 100)
    for count in [1, 30, 100, 5_000] {
      let edge = try #require(sequence.halfWidth(count: count, variance: 2))
      #expect(near(sequence.pValue(count: count, mean: edge, variance: 2), 0.05))
    }
    #expect(sequence.pValue(count: 9, mean: 0, variance: 1) == 1)
    #expect(sequence.pValue(count: 9, mean: 1, variance: 0) == nil)
  }

  @Test func `sample ratios agree with scipy`() throws {
    for one in try ReferenceCase.named("split") {
      let check = try #require(
        SampleRatioCheck(
          counts: one.column("counts").map { Int($0) }, weights: one.column("weights")))
      try one.check(check.statistic, "statistic", tolerance: 1e-11)
      try one.check(check.pValue, "p", tolerance: 1e-11)
    }
    let golden = try #require(SampleRatioCheck(counts: [5150, 4850], weights: [1, 1]))
    #expect(near(golden.pValue, 0.0026997960632601883) && !golden.isAlarm)
    #expect(SampleRatioCheck(counts: [1, 0], weights: [0, 1]) == nil)
    #expect(SampleRatioCheck(counts: [0, 0], weights: [1, 1]) == nil)
    #expect(SampleRatioCheck(counts: [1, 5, 5], weights: [0, 1, 1])?.isAlarm == true)
  }

  @Test func `estimates from another policy's traffic agree with numpy`() throws {
    for one in try ReferenceCase.named("offpolicy") {
      let found = try #require(
        OffPolicy(
          rewards: one.column("reward"), logged: one.column("logged"),
          target: one.column("target")))
      try one.check(found.inverseWeighted, "ips", tolerance: 1e-12)
      try one.check(found.selfNormalized, "snips", tolerance: 1e-12)
      try one.check(found.effectiveSampleSize, "size", tolerance: 1e-12)
    }
    let unweighted = OffPolicy(rewards: [1], logged: [0.5], target: [0])
    #expect(unweighted?.selfNormalized == nil && unweighted?.effectiveSampleSize == 0)
    #expect(OffPolicy(rewards: [], logged: [], target: []) == nil)
    #expect(OffPolicy(rewards: [1], logged: [0], target: [1]) == nil)
  }
}
