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
  /// Amounts are never rates: what cost nothing twice is not known to cost up to 0.66.
  package static func mean(
    _ values: [Double], clusters: Clusters?, level: Double, areAmounts: Bool = false
  ) -> EstimateDocument? {
    if clusters == nil, !areAmounts, values.allSatisfy({ $0 == 0 || $0 == 1 }) {
      let successes = values.count { $0 == 1 }
      return EstimateDocument(
        Proportion.estimate(successes: successes, trials: values.count, level: level),
        method: "Wilson")
    }
    return EstimateDocument(
      MeanEstimate.of(values, clusters: clusters, level: level),
      method: clusters == nil ? "t" : "clustered t")
  }
}

extension Double {
  /// The number, or nil where JSON has none: sums of the largest numbers overflow.
  var ifFinite: Double? { isFinite ? self : nil }
}
