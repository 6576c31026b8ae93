package import Comparison
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
    guard areShares, let estimate else { return estimate }
    guard let clusters, let first = values.first, first == 0 || first == 1,
      values.allSatisfy({ $0 == first })
    else { return estimate.clipped(to: 0...1) }
    // Nothing varies, which is no certainty: each cluster counts as one trial.
    let interval = Proportion.wilson(
      successes: first == 1 ? clusters.count : 0, trials: clusters.count, level: level)
    return EstimateDocument(
      value: estimate.value, lower: interval?.lower, upper: interval?.upper,
      method: "Wilson over clusters", rows: estimate.rows, clusters: estimate.clusters)
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
