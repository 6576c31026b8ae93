/// A quantile with an interval that assumes nothing about the shape of the distribution.
package enum QuantileEstimate {
  /// The nearest-rank `quantile` (0...1) of finite values, with the order-statistic interval.
  ///
  /// Bounds are the values whose ranks are binomial quantiles, as
  /// `scipy.stats.quantile_test(x, p=…).confidence_interval()`. A bound beyond the extremes is
  /// nil: p95 has no upper bound at 95 % below 72 rows. Nil for no values. Rows are taken as
  /// independent; with clusters the interval is too narrow.
  package static func of(
    _ values: [Double], quantile: Double, level: Double = 0.95
  ) -> Estimate? {
    precondition(quantile >= 0 && quantile <= 1)
    if values.isEmpty { return nil }
    let sorted = values.sorted()
    let distribution = BinomialDistribution(trials: sorted.count, probability: quantile)
    let tail = (1 - level) / 2
    let low = distribution.quantile(lowerTail: tail) - 1
    let high = distribution.quantile(upperTail: tail)
    return Estimate(
      value: sorted[rank(quantile, of: sorted.count)], standardError: nil,
      interval: Interval(
        lower: low >= 0 ? sorted[low] : nil, upper: high < sorted.count ? sorted[high] : nil,
        level: level),
      rowCount: values.count, clusterCount: nil)
  }

  /// The fewest rows for which `quantile` has an upper bound at `level`: 72 for p95 at 95 %.
  package static func rowsForUpperBound(quantile: Double, level: Double = 0.95) -> Int? {
    if !(quantile > 0 && quantile < 1) { return quantile == 0 ? 1 : nil }
    // n rows are enough when all of them lie below the quantile with a probability of at most α/2.
    let rows = Elementary.log((1 - level) / 2) / Elementary.log(quantile)
    return Int(exactly: rows.rounded(.up))
  }

  /// The position, from 0, of the nearest-rank quantile: ⌈pn⌉ − 1.
  static func rank(_ quantile: Double, of count: Int) -> Int {
    // 0.95 × 200 must not become 190.00000000000003 and so rank 191.
    let exact = quantile * Double(count)
    return min(max(Int((exact - exact * 1e-12).rounded(.up)) - 1, 0), count - 1)
  }
}
