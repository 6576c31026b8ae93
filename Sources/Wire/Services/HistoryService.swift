package import Model

/// The calls on a dataset's history: a metric's trend, its moves, and the changes of one item.
package protocol HistoryService: Sendable {
  /// Computes a statistic per version and group, and the versions at which its level moved.
  func trend(of dataset: DatasetName, _ request: TrendRequest) throws(StoreError) -> TrendDocument

  /// Finds the versions in which a metric moved, and the items that moved it.
  func bisect(_ dataset: DatasetName, _ request: BisectRequest) throws(StoreError) -> BisectDocument

  /// Passes an item's state in each version that changed it to `write`, as text in the requested
  /// format.
  /// - Returns: The number of versions that changed it.
  func history(
    of dataset: DatasetName, _ request: HistoryRequest,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> Int
}

/// The statistic of a trend, its rows and its versions.
package struct TrendRequest: Sendable, Hashable {
  /// The number that summarizes the rows of a version.
  package enum Statistic: String, Codable, Sendable, CaseIterable {
    case mean, rate, p50, p95, count, sum
  }

  /// The column; nil counts rows.
  package var metric: String?
  /// Nil for the rate of a column of true and false, and the mean of any other.
  package var statistic: Statistic?
  /// A column whose values divide the rows.
  package var group: String?
  /// The condition that rows must meet, as in SQL after WHERE; nil for all rows.
  package var condition: String?
  /// The column that numbers the attempts at an item; nil for that of the key, if there is one.
  package var repeats: String?
  /// The versions, as after the `@` of a table of several versions: `*`, `2..5`, `baseline..`.
  package var versions = "*"
  /// As in ``ComparisonRequest/scores``, for a metric that is a score.
  package var scores: [String]?

  /// The trend of a column over all versions.
  package init(metric: String?) { self.metric = metric }
}

/// The item, columns and versions of a history.
package struct HistoryRequest: Sendable, Hashable {
  /// The form of the text.
  package enum Format: String, Sendable, CaseIterable {
    case text, jsonl, json, csv
  }

  /// The values of the key, in the order of its columns, or each as `column=value`.
  package var key: [String]
  /// Only changes of these columns; nil for all.
  package var columns: [String]?
  /// As in ``TrendRequest/versions``.
  package var versions = "*"
  package var format: Format

  /// All changes of the item with this key.
  package init(key: [String], format: Format) {
    self.key = key
    self.format = format
  }
}

/// The trend and the versions in which a metric's moves are searched.
package struct BisectRequest: Sendable, Hashable {
  /// The statistic, its rows and its versions.
  package var trend: TrendRequest
  /// A version from before the move: the part of a reference after the `@`.
  package var good: String?
  /// A version from after the move.
  package var bad: String?
  /// The value between whose sides a move is; nil for halfway between the two versions.
  package var threshold: Double?
  /// The most items to list per move.
  package var itemLimit = 10

  /// A search for all moves of the metric of `trend`, by change points.
  package init(_ trend: TrendRequest) { self.trend = trend }
}
