/// The limits at which a query is stopped.
package struct QueryOptions: Sendable {
  package var timeLimitSeconds: Double
  /// The memory that SQLite, scans and aggregates may hold for this query.
  ///
  /// Counted are SQLite's values, sorters and groups, and the large values of the row that is
  /// handed out, as they are and as text. Beside it are row groups while they are decoded.
  package var memoryLimitBytes: Int
  /// The most rows to hand out, after which nothing is computed; nil for all.
  package var rowLimit: Int?
  /// Asked every few thousand steps; true ends the query.
  package var isCancelled: (@Sendable () -> Bool)?
  /// The tables that the caller may name; nil where no condition comes from one.
  package var tables: (any QuerySource)?
  /// True when vectorised scans may compute aggregates over one table, with the same result.
  package var usesVectors = true

  /// Thirty seconds, 1 GiB, all rows, never cancelled, unless said otherwise.
  package init(
    timeLimitSeconds: Double = 30, memoryLimitBytes: Int = 1 << 30, rowLimit: Int? = nil,
    isCancelled: (@Sendable () -> Bool)? = nil
  ) {
    self.timeLimitSeconds = timeLimitSeconds
    self.memoryLimitBytes = memoryLimitBytes
    self.rowLimit = rowLimit
    self.isCancelled = isCancelled
  }
}
