/// One SELECT over versions, with its limits.
package struct QueryRequest: Codable, Sendable, Hashable {
  /// The form of the result's text.
  package enum Format: String, Codable, Sendable, CaseIterable {
    case table, jsonl, json, csv, markdown
  }

  /// A table name is a reference in double quotes.
  package var sql: String
  package var format: Format?
  /// The most rows; nil for all.
  package var limit: Int?
  /// After so long the query is stopped; nil for the service's own limit.
  package var timeoutSeconds: Double?
  /// At so much memory the query is stopped; nil for the service's own limit.
  package var memoryMebibytes: Int?

  /// A query in the service's own form and limits.
  package init(sql: String, format: Format? = nil) {
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
