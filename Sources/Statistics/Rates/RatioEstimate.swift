/// A ratio of two sums over the same rows, such as cost per success.
package enum RatioEstimate {
  /// Σ`numerators`/Σ`denominators` (one a row, finite) with delta error and Fieller interval.
  ///
  /// The standard error is sd(c − R·s)/(√n·s̄), cluster-robust with clusters. The interval is
  /// Fieller's (1954): the ratios ρ with |c̄ − ρs̄| at most t standard errors. It has no upper bound
  /// where the denominator is not clearly above 0. Nil for no rows and for a denominator of 0:
  /// with no success the cost per success is not 0, it is undefined.
  package static func of(
    _ numerators: [Double], over denominators: [Double], clusters: Clusters? = nil,
    level: Double = 0.95
  ) -> Estimate? {
    precondition(numerators.count == denominators.count)
    let top = Moments(numerators).mean
    let bottom = Moments(denominators).mean
    if numerators.isEmpty || !(bottom > 0) { return nil }
    let ratio = top / bottom
    let units = clusters?.count ?? numerators.count
    var error: Double?
    var interval: Interval?
    if units > 1 {
      let residuals = numerators.indices.map { numerators[$0] - ratio * denominators[$0] }
      error = MeanEstimate.standardError(residuals, mean: 0, clusters: clusters) / bottom
      interval = fieller(
        Covariance(numerators, denominators, clusters: clusters), units: units, level: level)
    }
    return Estimate(
      value: ratio, standardError: error, interval: interval, rowCount: numerators.count,
      clusterCount: clusters?.count)
  }

  private static func fieller(_ moments: Covariance, units: Int, level: Double) -> Interval {
    let t = StudentDistribution(freedom: Double(units - 1)).twoSidedQuantile(level: level)
    let square = t * t
    let (top, bottom) = (moments.firstMean, moments.secondMean)
    // The bounds are the roots of aρ² − 2bρ + c.
    let a = bottom * bottom - square * moments.secondVariance
    let b = top * bottom - square * moments.covariance
    let c = top * top - square * moments.firstVariance
    let root = max(0, b * b - a * c).squareRoot()
    if a > 0 { return Interval(lower: (b - root) / a, upper: (b + root) / a, level: level) }
    // The ratios outside the two roots; the estimate lies in the upper branch or does not exist.
    let above = a < 0 ? (b - root) / a : c / (2 * b)
    return Interval(lower: above <= top / bottom ? above : nil, upper: nil, level: level)
  }
}
