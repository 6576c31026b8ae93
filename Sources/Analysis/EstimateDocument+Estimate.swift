package import Statistics
package import Wire

extension EstimateDocument {
  /// An estimate on its way out; nil where its value is beyond what a number can hold.
  package init?(_ estimate: Estimate?, method: String) {
    guard let estimate, estimate.value.isFinite else { return nil }
    self.init(
      value: estimate.value, standardError: estimate.standardError?.ifFinite,
      lower: estimate.interval?.lower, upper: estimate.interval?.upper, method: method,
      rows: estimate.rowCount, clusters: estimate.clusterCount)
  }

  /// A rate of zeros and ones, or a mean; clustered where there are clusters.
  ///
  /// Amounts are never rates: what cost nothing twice is not known to cost up to 0.66. The interval
  /// of shares, such as the means of yes-or-no attempts, stays in [0, 1].
  package static func mean(
    _ values: [Double], clusters: Clusters?, level: Double, areAmounts: Bool = false,
    areShares: Bool = false
  ) -> EstimateDocument? {
    if clusters == nil, !areAmounts, values.allSatisfy({ $0 == 0 || $0 == 1 }) {
      let successes = values.count { $0 == 1 }
      return EstimateDocument(
        Proportion.estimate(successes: successes, trials: values.count, level: level),
        method: "Wilson")
    }
    let estimate = EstimateDocument(
      MeanEstimate.of(values, clusters: clusters, level: level),
      method: clusters == nil ? "t" : "clustered t")
    guard areShares else { return estimate }
    return estimate?.ofShares(varies: values.contains { $0 != values[0] }, level: level)
  }

  /// A mean of shares, whose bounds lie between 0 and 1.
  ///
  /// Values without variation are not certainty: each cluster, or item, counts as one trial then.
  package func ofShares(varies: Bool, level: Double) -> EstimateDocument {
    guard !varies else { return clipped(to: 0...1) }
    let interval = Proportion.wilson(
      share: min(max(value, 0), 1), trials: clusters ?? rows, level: level)
    return EstimateDocument(
      value: value, lower: interval?.lower, upper: interval?.upper,
      method: clusters == nil ? "Wilson over items" : "Wilson over clusters", rows: rows,
      clusters: clusters)
  }

  /// A mean difference of the shares in `sample`, whose bounds lie between −1 and 1.
  ///
  /// Equal differences are not certainty: each cluster, or item, counts as one trial then.
  package func ofShares(in sample: PairedSample, level: Double) -> EstimateDocument {
    guard !sample.varies else { return clipped(to: -1...1) }
    let interval = TangoInterval.withoutSpread(value, units: clusters ?? rows, level: level)
    return EstimateDocument(
      value: value, lower: interval?.lower, upper: interval?.upper,
      method: clusters == nil ? "Tango over items" : "Tango over clusters", rows: rows,
      clusters: clusters)
  }

  /// The estimate with bounds inside what its value can be; the method says so where one was not.
  package func clipped(to range: ClosedRange<Double>) -> EstimateDocument {
    func isOutside(_ bound: Double?) -> Bool { bound.map { !range.contains($0) } ?? false }
    guard isOutside(lower) || isOutside(upper) else { return self }
    func inside(_ bound: Double?) -> Double? {
      bound.map { min(max($0, range.lowerBound), range.upperBound) }
    }
    return EstimateDocument(
      value: value, standardError: standardError, lower: inside(lower), upper: inside(upper),
      method: method + ", clipped", rows: rows, clusters: clusters)
  }
}

extension Double {
  /// The number, or nil where JSON has none: sums of the largest numbers overflow.
  var ifFinite: Double? { isFinite ? self : nil }
}
