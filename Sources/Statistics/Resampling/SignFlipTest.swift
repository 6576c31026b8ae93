/// The permutation test of paired differences: under no effect each sign is a coin toss.
///
/// Two-sided share of |mean(±d)| ≥ |mean(d)|, Fisher (1935). Exact at any size if the differences
/// are symmetric around 0 when nothing is going on. With clusters a whole cluster is flipped.
package struct SignFlipTest: Sendable, Hashable {
  /// The two-sided p-value.
  package let pValue: Double
  /// True when all 2ⁿ sign patterns were counted instead of a sample.
  package let isExact: Bool
  /// The sign patterns that were counted.
  package let patternCount: Int
  /// The seed of the sample, unused where the test is exact.
  package let seed: UInt64

  /// Tests `differences`; nil for none.
  ///
  /// Differences of 0 are left out, as flipping them does nothing. All patterns are counted where
  /// there are no more than `resamples`; otherwise p = (1 + hits)/(1 + resamples), never 0 (Phipson
  /// and Smyth 2010).
  package init?<Failure>(
    _ differences: [Double], clusters: Clusters? = nil,
    resamples: Int = Bootstrap.usualResampleCount, seed: UInt64,
    draws: Draws<Failure> = Draws<Never>.inTurn
  ) throws(Failure) {
    if differences.isEmpty { return nil }
    let units = (clusters?.totals(differences) ?? differences).filter { $0 != 0 }
    let observed = abs(units.reduce(0, +))
    // Sums in another order differ in the last bits; a tie must count as one.
    let threshold = observed - 1e-12 * units.reduce(0) { $0 + abs($1) }
    self.seed = seed
    if units.count < 60 && (1 << units.count) <= resamples + 1 {
      isExact = true
      patternCount = 1 << units.count
      pValue = Double(Self.exactHits(units, threshold)) / Double(patternCount)
    } else {
      isExact = false
      patternCount = resamples
      let hits = try draws.shared(resamples, unitCount: units.count) { run in
        Self.sampledHits(units, threshold, run, seed)
      }.reduce(0, +)
      pValue = Double(hits + 1) / Double(resamples + 1)
    }
  }

  private static func exactHits(_ units: [Double], _ threshold: Double) -> Int {
    var hits = 0
    for pattern in 0..<(1 << units.count) {
      var sum = 0.0
      for unit in units.indices { sum += pattern & (1 << unit) == 0 ? units[unit] : -units[unit] }
      if abs(sum) >= threshold { hits += 1 }
    }
    return hits
  }

  private static func sampledHits(
    _ units: [Double], _ threshold: Double, _ run: Range<Int>, _ seed: UInt64
  ) -> Int {
    var hits = 0
    for resample in run {
      var random = RandomStream(seed: seed, stream: UInt64(resample))
      var sum = 0.0
      var start = 0
      while start < units.count {
        let end = min(start + 64, units.count)
        var signs = random.next()
        for unit in start..<end {
          // The coin becomes the sign bit: no branch to mispredict.
          sum += Double(bitPattern: units[unit].bitPattern ^ (signs << 63))
          signs >>= 1
        }
        start = end
      }
      if abs(sum) >= threshold { hits += 1 }
    }
    return hits
  }
}
