/// A number drawn from a sample, with what is known of its error.
package struct Estimate: Sendable, Hashable {
  /// The estimate itself.
  package let value: Double
  /// Its standard error, or nil where the sample cannot give one.
  package let standardError: Double?
  /// Its confidence interval, or nil where the sample cannot give one.
  package let interval: Interval?
  /// The rows it rests on.
  package let rowCount: Int
  /// The clusters those rows fall into, or nil where each row stands for itself.
  package let clusterCount: Int?

  /// The estimate with its value and bounds taken through an increasing function; the standard
  /// error stays that of the original scale.
  package func mapped(_ transform: (Double) -> Double) -> Estimate {
    Estimate(
      value: transform(value), standardError: standardError, interval: interval?.mapped(transform),
      rowCount: rowCount, clusterCount: clusterCount)
  }
}
