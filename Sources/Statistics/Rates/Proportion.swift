/// Intervals for a rate of successes among trials.
package enum Proportion {
  /// Wilson's score interval, the one that reports print; nil for no trials.
  ///
  /// (p̂ + z²/2n ± z√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n), Wilson (1927). Holds its level on average
  /// down to a handful of trials, and has a width at 0 and at n successes.
  package static func wilson(
    successes: Int, trials: Int, level: Double = 0.95
  ) -> Interval? {
    precondition(successes >= 0 && successes <= trials)
    if trials == 0 { return nil }
    return wilson(share: Double(successes) / Double(trials), trials: trials, level: level)
  }

  /// The same of a share that need be no whole number of trials, such as a mean of shares; nil for
  /// no trials.
  package static func wilson(share: Double, trials: Int, level: Double = 0.95) -> Interval? {
    precondition((0...1).contains(share))
    if trials == 0 { return nil }
    let n = Double(trials)
    let z = NormalDistribution.twoSidedQuantile(level: level)
    let square = z * z / n
    let middle = (share + square / 2) / (1 + square)
    let reach =
      z * (share * (1 - share) / n + square / (4 * n)).squareRoot() / (1 + square)
    return Interval(
      lower: share == 0 ? 0 : middle - reach,
      upper: share == 1 ? 1 : middle + reach, level: level)
  }

  /// Rate, standard error √(p̂(1−p̂)/n) and Wilson interval; nil for no trials.
  ///
  /// Clustered rows need ``MeanEstimate/of(_:clusters:level:)`` over zeros and ones instead.
  package static func estimate(
    successes: Int, trials: Int, level: Double = 0.95
  ) -> Estimate? {
    guard let interval = wilson(successes: successes, trials: trials, level: level) else {
      return nil
    }
    let n = Double(trials)
    let share = Double(successes) / n
    return Estimate(
      value: share, standardError: (share * (1 - share) / n).squareRoot(), interval: interval,
      rowCount: trials, clusterCount: nil)
  }
}
