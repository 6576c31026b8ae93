/// The score interval of a difference of two rates on the same rows.
package enum TangoInterval {
  /// Tango's interval of candidate minus base (Statistics in Medicine 17, 1998); nil for no rows.
  ///
  /// The values δ whose score test is not rejected. At δ = 0 the statistic is McNemar's z; with
  /// nothing discordant the interval is ±z²/(n + z²), so that equal results have a width too.
  package static func of(_ counts: PairedCounts, level: Double = 0.95) -> Interval? {
    if counts.total == 0 { return nil }
    let z = NormalDistribution.twoSidedQuantile(level: level)
    return Interval(
      lower: root(counts, target: z), upper: root(counts, target: -z), level: level)
  }

  /// The one-sided p-value of "candidate minus base is at most `difference`"; nil for no rows.
  package static func pValueAbove(_ difference: Double, _ counts: PairedCounts) -> Double? {
    counts.total == 0 ? nil : NormalDistribution.upperTail(score(counts, difference))
  }

  /// The interval of a difference of shares that is the same on all of `units` items or clusters,
  /// each for one trial: d ± (1 + |d|)·z²/(n + z²), inside −1...1; nil for no units.
  ///
  /// Tango's own where d is 0, 1 or −1, and between these between: that nothing varied is no
  /// certainty.
  package static func withoutSpread(
    _ difference: Double, units: Int, level: Double = 0.95
  ) -> Interval? {
    if units == 0 { return nil }
    let z = NormalDistribution.twoSidedQuantile(level: level)
    let reach = (1 + abs(difference)) * z * z / (Double(units) + z * z)
    return Interval(
      lower: max(-1, difference - reach), upper: min(1, difference + reach), level: level)
  }

  /// The one-sided p-value of "the difference is at or beyond a bound", which lies `distance` on the
  /// bad side of one that is the same on all of `units`: the level at which
  /// ``withoutSpread(_:units:level:)`` touches the bound.
  static func pValueWithoutSpread(_ difference: Double, distance: Double, units: Int) -> Double {
    let share = distance / (1 + abs(difference))
    guard share > 0 else { return 1 }
    guard share < 1 else { return 0 }
    return NormalDistribution.upperTail((Double(units) * share / (1 - share)).squareRoot())
  }

  /// The difference at which the score, falling in it, is `target`.
  private static func root(_ counts: PairedCounts, target: Double) -> Double {
    var low = -1.0
    var high = 1.0
    for _ in 0..<200 {
      let middle = low + (high - low) / 2
      if middle == low || middle == high { break }
      if score(counts, middle) > target { low = middle } else { high = middle }
    }
    return high
  }

  /// (b − c − nδ)/√(n(2q + δ(1 − δ))), with q the rate of "only base" that is likeliest given δ.
  private static func score(_ counts: PairedCounts, _ difference: Double) -> Double {
    let n = Double(counts.total)
    let wins = Double(counts.onlyCandidate)
    let losses = Double(counts.onlyBase)
    let linear = -wins - losses + (2 * n - wins + losses) * difference
    let constant = -losses * difference * (1 - difference)
    let root = max(0, linear * linear - 8 * n * constant).squareRoot()
    // The same root of the quadratic, written so that nothing cancels.
    let share =
      linear <= 0
      ? (root - linear) / (4 * n) : (root + linear == 0 ? 0 : -2 * constant / (root + linear))
    let variance = n * (2 * share + difference * (1 - difference))
    let numerator = wins - losses - n * difference
    if variance <= 0 {
      return numerator == 0 ? 0 : (numerator > 0 ? Double.infinity : -Double.infinity)
    }
    return numerator / variance.squareRoot()
  }
}
