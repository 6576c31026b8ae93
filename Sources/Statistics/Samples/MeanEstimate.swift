/// The mean of a column with its standard error and t interval.
package enum MeanEstimate {
  /// The mean of `values` (finite) with an interval of `level`; nil for no values.
  ///
  /// Without clusters the standard error is s/√n and t has n − 1 degrees of freedom. With
  /// clusters it is √(C/(C−1) · Σ_c(Σ_{i∈c}(x_i − x̄))²)/n and t has C − 1 (Liang and Zeger 1986,
  /// with statsmodels' default small-sample factor). One value or one cluster has no error. Where
  /// nothing varies there is no standard error either; see ``noSpreadInterval(_:count:level:)``.
  /// Nor is there one where the rows vary but every cluster has the same mean by accident.
  package static func of(
    _ values: [Double], clusters: Clusters? = nil, level: Double = 0.95
  ) -> Estimate? {
    if values.isEmpty { return nil }
    let moments = Moments(values)
    let units = clusters?.count ?? values.count
    func estimate(_ error: Double?, _ interval: Interval?) -> Estimate {
      Estimate(
        value: moments.mean, standardError: error, interval: interval, rowCount: values.count,
        clusterCount: clusters?.count)
    }
    if units < 2 { return estimate(nil, nil) }
    if moments.squares == 0 {
      return estimate(nil, noSpreadInterval(moments.mean, count: units, level: level))
    }
    let error = standardError(values, mean: moments.mean, clusters: clusters)
    let naive = standardError(values, mean: moments.mean, clusters: nil)
    if error <= 1e-9 * naive { return estimate(nil, nil) }
    let reach = StudentDistribution(freedom: Double(units - 1)).twoSidedQuantile(level: level)
    return estimate(
      error,
      Interval(
        lower: moments.mean - reach * error, upper: moments.mean + reach * error, level: level))
  }

  /// The same without clusters, from how many values there are, their mean and their spread.
  ///
  /// The `deviation` is the standard deviation with n − 1 below; 0 says that nothing varies. Nil
  /// for no values.
  package static func of(
    count: Int, mean: Double, deviation: Double, level: Double = 0.95
  ) -> Estimate? {
    if count == 0 { return nil }
    var error: Double?
    var interval: Interval?
    if count > 1 {
      if deviation > 0 {
        let own = deviation / Double(count).squareRoot()
        let reach =
          StudentDistribution(freedom: Double(count - 1)).twoSidedQuantile(level: level) * own
        error = own
        interval = Interval(lower: mean - reach, upper: mean + reach, level: level)
      } else {
        interval = noSpreadInterval(mean, count: count, level: level)
      }
    }
    return Estimate(
      value: mean, standardError: error, interval: interval, rowCount: count, clusterCount: nil)
  }

  /// The standard error of the mean of `values`, of at least two units.
  static func standardError(_ values: [Double], mean: Double, clusters: Clusters?) -> Double {
    let residuals = values.map { $0 - mean }
    let units = clusters?.totals(residuals) ?? residuals
    var squares = 0.0
    for unit in units { squares += unit * unit }
    let count = Double(units.count)
    return (squares * count / (count - 1)).squareRoot() / Double(values.count)
  }

  /// The interval of `count` equal values: the point itself, or nil for too few.
  ///
  /// Smallest and largest of n values hold the median with probability 1 − 2/2ⁿ (David and
  /// Nagaraja, "Order Statistics", 7.1), so from that size on (6 at 95 %) the point is an interval.
  package static func noSpreadInterval(_ value: Double, count: Int, level: Double) -> Interval? {
    if Elementary.power(0.5, Double(count) - 1) > 1 - level { return nil }
    return Interval(lower: value, upper: value, level: level)
  }
}
