/// The change of a mean or a ratio on the same rows, relative to the base.
package enum RelativeChange {
  /// A ratio's parts on each row: cost and success, or a value and 1 for a plain mean.
  package struct Parts: Sendable {
    /// The addends of the numerator.
    package let numerators: [Double]
    /// The addends of the denominator.
    package let denominators: [Double]

    /// The parts of Σ`numerators`/Σ`denominators`; of a plain mean without denominators.
    package init(_ numerators: [Double], over denominators: [Double]? = nil) {
      self.numerators = numerators
      self.denominators = denominators ?? [Double](repeating: 1, count: numerators.count)
      precondition(self.numerators.count == self.denominators.count)
    }
  }

  /// Candidate over base, less 1: 0.1 is ten per cent more; nil unless both ratios are above 0.
  ///
  /// The interval is the delta method's on the logarithm of the ratio, with t over rows or
  /// clusters (Casella and Berger, 5.5.4), and keeps the pairing. The standard error is that of
  /// the logarithm. Rows cover base and candidate in the same order.
  package static func of(
    base: Parts, candidate: Parts, clusters: Clusters? = nil, level: Double = 0.95
  ) -> Estimate? {
    let count = base.numerators.count
    precondition(candidate.numerators.count == count)
    guard let one = ratio(base), let two = ratio(candidate) else { return nil }
    let value = two.ratio / one.ratio - 1
    let units = clusters?.count ?? count
    func estimate(_ error: Double?, _ interval: Interval?) -> Estimate {
      Estimate(
        value: value, standardError: error, interval: interval, rowCount: count,
        clusterCount: clusters?.count)
    }
    if units < 2 { return estimate(nil, nil) }
    var influences = [Double](repeating: 0, count: count)
    for row in 0..<count {
      let after = candidate.numerators[row] - two.ratio * candidate.denominators[row]
      let before = base.numerators[row] - one.ratio * base.denominators[row]
      influences[row] = Double(count) * (after / two.top - before / one.top)
    }
    let error = MeanEstimate.standardError(influences, mean: 0, clusters: clusters)
    if !(error > 1e-14) {
      return estimate(nil, MeanEstimate.noSpreadInterval(value, count: units, level: level))
    }
    let reach = StudentDistribution(freedom: Double(units - 1)).twoSidedQuantile(level: level)
    let center = Elementary.log(two.ratio / one.ratio)
    return estimate(
      error,
      Interval(
        lower: Elementary.expMinusOne(center - reach * error),
        upper: Elementary.expMinusOne(center + reach * error), level: level))
  }

  private static func ratio(_ parts: Parts) -> (ratio: Double, top: Double)? {
    let top = parts.numerators.reduce(0, +)
    let bottom = parts.denominators.reduce(0, +)
    return top > 0 && bottom > 0 ? (top / bottom, top) : nil
  }
}
