import Statistics
package import Model
package import Wire

/// A sample of a metric's values in one version and group.
package enum TrendSample: Sendable, Hashable {
  /// Only aggregates of them.
  case summary(Summary)
  /// All of them, finite.
  case values([Double])
  /// The share of each item's attempts that are 1.
  case shares([Double])

  /// Aggregates of some values.
  package struct Summary: Sendable, Hashable {
    package let count: Int
    package let total: Double
    package let mean: Double
    /// With n − 1 below; 0 for one value.
    package let deviation: Double
    package let least: Double
    package let greatest: Double

    /// Aggregates of `count` values, at least one, all finite.
    package init(
      count: Int, total: Double, mean: Double, deviation: Double, least: Double, greatest: Double
    ) {
      self.count = count
      self.total = total
      self.mean = mean
      // Where nothing varies rounding may leave a little.
      self.deviation = least == greatest ? 0 : deviation
      self.least = least
      self.greatest = greatest
    }
  }

  /// The number of values.
  package var count: Int {
    switch self {
    case .summary(let summary): summary.count
    case .values(let values), .shares(let values): values.count
    }
  }

  /// The statistic of the values as the number of a version; nil without values.
  ///
  /// Means have t intervals, those of shares inside [0, 1], rates and means of zeros and ones
  /// Wilson's, quantiles those of order statistics; counts and sums have none.
  /// - Parameter scale: The scale of the whole series.
  /// - Throws: ``StoreError`` of kind `usage` for the rate of values other than 0 and 1.
  package func point(
    version: Int, _ statistic: TrendRequest.Statistic, of metric: String, scale: TrendScale,
    level: Double
  ) throws(StoreError) -> TrendDocument.Point? {
    func point(_ estimate: EstimateDocument?) -> TrendDocument.Point? {
      estimate.map {
        TrendDocument.Point(
          version: version, n: $0.rows, value: $0.value, lower: $0.lower, upper: $0.upper)
      }
    }
    switch statistic {
    case .count: return TrendDocument.Point(version: version, n: count, value: Double(count))
    case .sum:
      guard count > 0 else { return nil }
      return TrendDocument.Point(version: version, n: count, value: total)
    case .mean: return point(mean(scale, level: level))
    case .rate:
      guard areRates else {
        throw StoreError(
          .usage,
          "a rate is of true and false, or 1 and 0; '\(metric)' has other values: ask for its mean")
      }
      return point(mean(.rates, level: level))
    case .p50, .p95:
      let values: [Double]
      switch self {
      case .values(let all), .shares(let all): values = all
      case .summary: preconditionFailure("a quantile is of values")
      }
      return point(
        EstimateDocument(
          QuantileEstimate.of(values, quantile: statistic == .p50 ? 0.5 : 0.95, level: level),
          method: "order statistics"))
    }
  }

  private func mean(_ scale: TrendScale, level: Double) -> EstimateDocument? {
    switch self {
    case .values(let values), .shares(let values):
      return EstimateDocument.mean(
        values, clusters: nil, level: level, areAmounts: scale == .numbers,
        areShares: scale != .numbers)
    case .summary(let summary):
      if scale != .numbers, count > 0, let successes {
        return EstimateDocument(
          Proportion.estimate(successes: successes, trials: count, level: level),
          method: "Wilson")
      }
      let found = EstimateDocument(
        MeanEstimate.of(
          count: summary.count, mean: summary.mean, deviation: summary.deviation, level: level),
        method: "t")
      guard scale == .shares else { return found }
      return found?.ofShares(varies: summary.least != summary.greatest, level: level)
    }
  }

  /// True when each row's value is 0 or 1.
  var areRates: Bool {
    if case .shares = self { true } else { successes != nil }
  }

  /// True when all values lie between 0 and 1.
  var lieInside: Bool {
    switch self {
    case .values(let values), .shares(let values): values.allSatisfy { (0...1).contains($0) }
    case .summary(let summary): summary.least >= 0 && summary.greatest <= 1
    }
  }

  private var total: Double {
    switch self {
    case .summary(let summary): summary.total
    case .values(let values), .shares(let values): values.reduce(0, +)
    }
  }

  /// The number of values that are 1; nil when any is neither 0 nor 1.
  private var successes: Int? {
    switch self {
    case .values(let values), .shares(let values):
      return values.allSatisfy { $0 == 0 || $0 == 1 } ? values.count { $0 == 1 } : nil
    case .summary(let summary):
      guard summary.least >= 0, summary.greatest <= 1 else { return nil }
      // Within 0...1, x² is less than x except at 0 and 1, so the sum of squares decides.
      let count = Double(summary.count)
      let squares =
        summary.deviation * summary.deviation * (count - 1) + count * summary.mean * summary.mean
      guard abs(squares - summary.total) <= 1e-9 * max(1, count) else { return nil }
      return Int(summary.total.rounded())
    }
  }
}
