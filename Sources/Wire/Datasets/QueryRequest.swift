package import Model

/// One SELECT over versions, with its limits.
package struct QueryRequest: Codable, Sendable, Hashable {
  /// A table name is a reference in double quotes.
  package var sql: String
  /// The form of the result's text; nil for the service's own.
  package var format: TextFormat?
  /// The most rows; nil for all.
  package var limit: Int?
  /// After so long the query is stopped; nil for the service's own limit.
  package var timeoutSeconds: Double?
  /// At so much memory the query is stopped; nil for the service's own limit.
  package var memoryMebibytes: Int?

  /// A query in the service's own form and limits.
  package init(sql: String, format: TextFormat? = nil) {
    self.sql = sql
    self.format = format
  }
}

/// How a query ended.
package struct QueryDocument: Codable, Sendable, Hashable {
  package let rows: Int
  /// Whether there were more rows than the limit let through.
  package let isCutShort: Bool

  /// A query that gave `rows` rows.
  package init(rows: Int, isCutShort: Bool) {
    self.rows = rows
    self.isCutShort = isCutShort
  }
}
