/// Confidence intervals by drawing rows, or whole clusters, again with replacement.
///
/// Efron and Tibshirani, "An Introduction to the Bootstrap" (1993). Below some 20 units, and for
/// yes-or-no results below some 100, it is too sure; let the exact tests decide there. All
/// answers are nil for fewer than two units.
package enum Bootstrap {
  /// Draws that leave little Monte-Carlo error in a 95 % interval.
  package static let usualResampleCount = 9_999

  /// The BCa interval of a mean; of paired differences, that of the paired mean difference.
  package static func mean<Failure>(
    _ values: [Double], clusters: Clusters? = nil, resamples: Int = usualResampleCount,
    seed: UInt64, level: Double = 0.95, draws: Draws<Failure> = Draws<Never>.inTurn
  ) throws(Failure) -> BootstrapInterval? {
    try ratio(
      clusters?.totals(values) ?? values,
      over: clusters?.sizes ?? [Double](repeating: 1, count: values.count),
      resamples: resamples, seed: seed, level: level, draws: draws)
  }

  /// The BCa interval of Σ`numerators`/Σ`denominators`, both one per unit, nil where Σ is 0.
  ///
  /// Cost per success is the costs over the successes. Denominators are at least 0; resamples in
  /// which they are all 0 count as infinite, so that a bound they reach is unbounded.
  package static func ratio<Failure>(
    _ numerators: [Double], over denominators: [Double], resamples: Int = usualResampleCount,
    seed: UInt64, level: Double = 0.95, draws: Draws<Failure> = Draws<Never>.inTurn
  ) throws(Failure) -> BootstrapInterval? {
    precondition(numerators.count == denominators.count && resamples > 0)
    let count = numerators.count
    let top = numerators.reduce(0, +)
    let bottom = denominators.reduce(0, +)
    if count < 2 || bottom == 0 { return nil }
    let isMean = denominators.allSatisfy { $0 == 1 }
    let parts = try draws.shared(resamples, unitCount: count) { run in
      isMean
        ? means(numerators, run, seed: seed) : ratios(numerators, denominators, run, seed: seed)
    }
    let leftOut = (0..<count).map { (top - numerators[$0]) / (bottom - denominators[$0]) }
    return BootstrapInterval(
      value: top / bottom, resampled: Array(parts.joined()), leftOut: leftOut, level: level,
      seed: seed, unitCount: count)
  }

  private static func means(_ values: [Double], _ run: Range<Int>, seed: UInt64) -> [Double] {
    let count = values.count
    return run.map { resample in
      var random = RandomStream(seed: seed, stream: UInt64(resample))
      var sum = 0.0
      for _ in 0..<count { sum += values[random.index(below: count)] }
      return sum / Double(count)
    }
  }

  private static func ratios(
    _ numerators: [Double], _ denominators: [Double], _ run: Range<Int>, seed: UInt64
  ) -> [Double] {
    let count = numerators.count
    return run.map { resample in
      var random = RandomStream(seed: seed, stream: UInt64(resample))
      var above = 0.0
      var below = 0.0
      for _ in 0..<count {
        let unit = random.index(below: count)
        above += numerators[unit]
        below += denominators[unit]
      }
      return below == 0 ? .infinity : above / below
    }
  }

  /// The percentile interval of a statistic of drawn units, for statistics with no loop above.
  ///
  /// `statistic` gets how often each unit was drawn. A draw for which it answers nil is left
  /// out of the interval. Nil where the sample itself has no value, or fewer than 19 in 20 draws.
  package static func percentile<Failure>(
    unitCount: Int, resamples: Int, seed: UInt64, level: Double,
    draws: Draws<Failure> = Draws<Never>.inTurn, statistic: @Sendable ([Int]) -> Double?
  ) throws(Failure) -> BootstrapInterval? {
    try percentiles(
      unitCount: unitCount, resamples: resamples, seed: seed, level: level, draws: draws
    ) { [statistic($0)] }.first ?? nil
  }

  /// The same for several statistics of the same draws.
  static func percentiles<Failure>(
    unitCount: Int, resamples: Int, seed: UInt64, level: Double,
    draws: Draws<Failure> = Draws<Never>.inTurn, statistics: @Sendable ([Int]) -> [Double?]
  ) throws(Failure) -> [BootstrapInterval?] {
    precondition(resamples > 0)
    let values = statistics([Int](repeating: 1, count: unitCount))
    if unitCount < 2 || values.allSatisfy({ $0 == nil }) { return values.map { _ in nil } }
    let parts = try draws.shared(resamples, unitCount: unitCount) { run in
      var times = [Int](repeating: 0, count: unitCount)
      return run.map { resample in
        draw(&times, seed: seed, resample: resample)
        return statistics(times)
      }
    }
    return values.enumerated().map { index, value in
      let resampled = parts.joined().compactMap { $0[index] }
      guard let value, resampled.count * 20 >= resamples * 19 else { return nil }
      return BootstrapInterval(
        value: value, resampled: resampled, leftOut: [], level: level, seed: seed,
        unitCount: unitCount)
    }
  }

  /// Fills `times` with how often each unit is drawn in resample number `resample`.
  static func draw(_ times: inout [Int], seed: UInt64, resample: Int) {
    let count = times.count
    for unit in 0..<count { times[unit] = 0 }
    var random = RandomStream(seed: seed, stream: UInt64(resample))
    for _ in 0..<count { times[random.index(below: count)] += 1 }
  }
}
