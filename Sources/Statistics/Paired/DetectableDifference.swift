/// The difference that a comparison of a given size can detect.
///
/// Miller, "Adding Error Bars to Evals", https://arxiv.org/abs/2411.00640.
package enum DetectableDifference {
  /// z_{α/2} + z_β: 2.80 standard errors at 5 % and a power of 80 %.
  static func multiplier(power: Double, alpha: Double) -> Double {
    NormalDistribution.quantile(upperTail: alpha / 2)
      + NormalDistribution.quantile(upperTail: 1 - power)
  }

  /// The smallest difference found with probability `power` by `count` rows; nil for no rows.
  ///
  /// `variance` is that of the row differences: ω² + σ_A²/K_A + σ_B²/K_B, or for yes-or-no
  /// results about the share of discordant pairs.
  package static func smallest(
    variance: Double, count: Int, power: Double = 0.8, alpha: Double = 0.05
  ) -> Double? {
    if count < 1 || !(variance >= 0) { return nil }
    return multiplier(power: power, alpha: alpha) * (variance / Double(count)).squareRoot()
  }
}
