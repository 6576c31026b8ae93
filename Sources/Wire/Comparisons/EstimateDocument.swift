/// A number drawn from rows, with what is known of its error.
///
/// A bound that the rows cannot give is left out; without both there is no interval.
package struct EstimateDocument: Codable, Sendable, Hashable {
  package let value: Double
  package let standardError: Double?
  package let lower: Double?
  package let upper: Double?
  /// How the interval was made, such as `Wilson`, `clustered t` or `Tango`.
  package let method: String
  /// The rows it rests on.
  package let rows: Int
  /// The clusters those rows fall into; nil where each row stands for itself.
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
