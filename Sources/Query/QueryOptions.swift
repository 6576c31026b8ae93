/// How much a query may use before it is stopped.
package struct QueryOptions: Sendable {
  package var timeLimitSeconds: Double
  /// Counts what SQLite holds for all queries of the process, and what this query's scans and
  /// aggregates hold.
  package var memoryLimitBytes: Int
  /// The most rows to hand out, after which nothing is computed; nil for all.
  package var rowLimit: Int?
  /// Asked every few thousand steps; true ends the query.
  package var isCancelled: (@Sendable () -> Bool)?
  /// Whether aggregates over one table may be computed by vectorised scans, which gives the same.
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
