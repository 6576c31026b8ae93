/// Intervals for a mean that hold at every look at once, so that peeking costs nothing.
///
/// The asymptotic confidence sequence of Waudby-Smith et al., Annals of Statistics 52(6), 2024
/// (https://arxiv.org/abs/2103.06476), in the form scaled by the standard deviation (GrowthBook's).
package struct ConfidenceSequence: Sendable, Hashable {
  /// One less the coverage over all looks, 0.05 for 95 %.
  package let alpha: Double
  /// The tuning ρ: tightest around the planned number of rows.
  package let rho: Double

  /// A sequence tuned to be tightest at `plannedCount` rows (at least 1).
  ///
  /// ρ = √((−2 ln α + ln(−2 ln α + 1))/N*).
  package init(plannedCount: Int, alpha: Double = 0.05) {
    precondition(plannedCount >= 1 && alpha > 0 && alpha < 1)
    let twice = -2 * Elementary.log(alpha)
    self.alpha = alpha
    rho = ((twice + Elementary.log(twice + 1)) / Double(plannedCount)).squareRoot()
  }

  /// σ̂ √(2(nρ² + 1)/(n²ρ²) · ln(√(nρ² + 1)/α)) after `count` rows; nil for none.
  package func halfWidth(count: Int, variance: Double) -> Double? {
    if count < 1 || !(variance >= 0) { return nil }
    let n = Double(count)
    let grown = n * rho * rho + 1
    let factor =
      2 * grown / (n * n * rho * rho) * (0.5 * Elementary.log(grown) - Elementary.log(alpha))
    return (variance * factor).squareRoot()
  }

  /// The mean of `values` with its interval; nil for no values.
  ///
  /// Values that do not vary, or fewer than two, have no interval: nothing is known of σ yet.
  package func mean(_ values: [Double]) -> Estimate? {
    if values.isEmpty { return nil }
    let moments = Moments(values)
    var interval: Interval?
    if let variance = moments.variance, variance > 0,
      let reach = halfWidth(count: values.count, variance: variance)
    {
      interval = Interval(
        lower: moments.mean - reach, upper: moments.mean + reach, level: 1 - alpha)
    }
    return Estimate(
      value: moments.mean,
      standardError: interval == nil
        ? nil : MeanEstimate.standardError(values, mean: moments.mean, clusters: nil),
      interval: interval, rowCount: values.count, clusterCount: nil)
  }

  /// The always-valid p-value of "the mean is 0" at this look, at most 1; nil for no rows.
  ///
  /// 1/Λ of the mixture sequential ratio test with τ² = ρ²σ² (Johari et al.,
  /// https://arxiv.org/abs/1512.04922); below α just when the interval leaves 0 out. The p-value to
  /// report is the smallest of all looks so far.
  package func pValue(count: Int, mean: Double, variance: Double) -> Double? {
    if count < 1 || !(variance > 0) { return nil }
    let n = Double(count)
    let grown = n * rho * rho + 1
    let exponent = n * n * rho * rho * mean * mean / (2 * variance * grown)
    return min(1, Elementary.exp(0.5 * Elementary.log(grown) - exponent))
  }
}
