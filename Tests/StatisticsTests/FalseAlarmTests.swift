import Statistics
import TestSupport
import Testing

/// Two thousand comparisons each of two models that do not differ: how often is a difference
/// claimed at 5 %? Expected are 100; three standard errors above that are 129.
@Suite struct FalseAlarmTests {
  static let simulations = 2_000
  static let most = 129

  /// About normal: the sum of twelve even numbers.
  static func noise(_ random: inout RandomStream) -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + random.unit() }
  }

  @Test(arguments: [8, 30])
  func `paired t and sign flips`(count: Int) throws {
    var (t, flips) = (0, 0)
    for simulation in 0..<Self.simulations {
      var random = RandomStream(seed: 101, stream: UInt64(simulation))
      let base = (0..<count).map { _ in Self.noise(&random) }
      let candidate = base.map { 0.5 * $0 + 0.5 * Self.noise(&random) }
      let sample = PairedSample(base: base, candidate: candidate)
      if try #require(PairedDifference(sample)?.pValue) <= 0.05 { t += 1 }
      let test = SignFlipTest(sample.differences, resamples: 39, seed: UInt64(simulation))
      if try #require(test).pValue <= 0.05 { flips += 1 }
    }
    // Far below would mean a test that never speaks.
    #expect((50...Self.most).contains(t), "t: \(t)")
    #expect((50...Self.most).contains(flips), "sign flips: \(flips)")
  }

  @Test(arguments: [0.1, 0.5])
  func `exact McNemar, and Tango's interval`(rate: Double) throws {
    var (exact, tango) = (0, 0)
    for simulation in 0..<Self.simulations {
      var random = RandomStream(seed: 102, stream: UInt64(simulation))
      var counts = [0, 0, 0, 0]
      for _ in 0..<60 {
        let base = random.unit() < rate ? 1 : 0
        // Half of the rows repeat the base's result, the others are drawn anew.
        let fresh = random.unit() < 0.5
        let again = random.unit() < rate ? 1 : 0
        counts[base + 2 * (fresh ? again : base)] += 1
      }
      let table = PairedCounts(
        both: counts[3], onlyBase: counts[1], onlyCandidate: counts[2], neither: counts[0])
      if McNemarTest(table).pValue <= 0.05 { exact += 1 }
      if try !#require(TangoInterval.of(table)).contains(0) { tango += 1 }
    }
    #expect(exact <= Self.most, "exact: \(exact)")
    #expect(tango <= Self.most, "Tango: \(tango)")
  }

  @Test func `clustered rows, judged with and without their clusters`() throws {
    var (robust, flips, naive) = (0, 0, 0)
    for simulation in 0..<Self.simulations {
      var random = RandomStream(seed: 103, stream: UInt64(simulation))
      var (differences, labels): ([Double], [Int]) = ([], [])
      for cluster in 0..<25 {
        let shared = Self.noise(&random)
        for _ in 0..<4 {
          differences.append(shared + random.unit() - 0.5)
          labels.append(cluster)
        }
      }
      let zeros = [Double](repeating: 0, count: differences.count)
      let clusters = Clusters(labels: labels)
      let clustered = PairedSample(base: zeros, candidate: differences, clusters: clusters)
      if try #require(PairedDifference(clustered)?.pValue) <= 0.05 { robust += 1 }
      let test = SignFlipTest(
        differences, clusters: clusters, resamples: 39, seed: UInt64(simulation))
      if try #require(test).pValue <= 0.05 { flips += 1 }
      let alone = PairedSample(base: zeros, candidate: differences)
      if try #require(PairedDifference(alone)?.pValue) <= 0.05 { naive += 1 }
    }
    #expect((50...Self.most).contains(robust), "clustered t: \(robust)")
    #expect((50...Self.most).contains(flips), "clustered sign flips: \(flips)")
    #expect(naive > 400, "without clusters the error would be far too small: \(naive)")
  }

  @Test func `Holm over five metrics`() throws {
    var alarms = 0
    for simulation in 0..<Self.simulations {
      var random = RandomStream(seed: 104, stream: UInt64(simulation))
      let pValues = (0..<5).map { _ in Double?(random.unit()) }
      if Holm.adjusted(pValues).contains(where: { $0 ?? 1 <= 0.05 }) { alarms += 1 }
    }
    #expect((50...Self.most).contains(alarms), "Holm: \(alarms)")
  }

  @Test func `looking after every row`() throws {
    var sequence = 0
    let plan = ConfidenceSequence(plannedCount: 200)
    for simulation in 0..<400 {
      var random = RandomStream(seed: 105, stream: UInt64(simulation))
      var (wins, losses) = (0, 0)
      var sequenceAlarm = false
      for count in 1...300 {
        if random.unit() < 0.5 { wins += 1 } else { losses += 1 }
        let mean = Double(wins - losses) / Double(count)
        let variance = 1 - mean * mean
        if count >= 30, variance > 0,
          let pValue = plan.pValue(count: count, mean: mean, variance: variance), pValue <= 0.05
        {
          sequenceAlarm = true
        }
      }
      if sequenceAlarm { sequence += 1 }
    }
    // 20 of 400 expected at most; three standard errors above are 33.
    #expect(sequence <= 33, "confidence sequence: \(sequence)")
  }

  @Test func `bootstrap intervals of forty rows`() throws {
    var missed = 0
    for simulation in 0..<400 {
      var random = RandomStream(seed: 106, stream: UInt64(simulation))
      let values = (0..<40).map { _ in Self.noise(&random) }
      let found = Bootstrap.mean(values, resamples: 199, seed: UInt64(simulation))
      if try !#require(found).interval.contains(0) { missed += 1 }
    }
    // At this size the bootstrap misses nearer 7 % than 5 %, as docs/statistics.md says.
    #expect((8...45).contains(missed), "bootstrap: \(missed)")
  }
}
