/// A number estimated from rows, with its error.
///
/// A bound that the rows cannot give is nil; without both there is no interval.
package struct EstimateDocument: Codable, Sendable, Hashable {
  package let value: Double
  package let standardError: Double?
  package let lower: Double?
  package let upper: Double?
  /// The method of the interval, such as `Wilson`, `clustered t` or `Tango`.
  package let method: String
  /// The number of rows that it rests on.
  package let rows: Int
  /// The number of clusters of those rows; nil where rows are independent.
  package let clusters: Int?

  /// An estimate over `rows` rows.
  package init(
    value: Double, standardError: Double? = nil, lower: Double?, upper: Double?, method: String,
    rows: Int, clusters: Int? = nil
  ) {
    self.value = value
    self.standardError = standardError
    self.lower = lower
    self.upper = upper
    self.method = method
    self.rows = rows
    self.clusters = clusters
  }
}
