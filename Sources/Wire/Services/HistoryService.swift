package import Model

/// What becomes of a dataset over its versions: a metric's trend, where it moved, one item's life.
package protocol HistoryService: Sendable {
  /// One number of each version, and of each group, with the places where its level moved.
  func trend(of dataset: DatasetName, _ request: TrendRequest) throws(StoreError) -> TrendDocument

  /// The version in which a metric moved, with what else is known of it.
  func bisect(_ dataset: DatasetName, _ request: BisectRequest) throws(StoreError) -> BisectDocument

  /// Hands `write` what one item was in each version in which it changed, as text in the format
  /// asked for.
  /// - Returns: In how many versions it changed.
  func history(
    of dataset: DatasetName, _ request: HistoryRequest,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> Int
}

/// Which number a trend is of.
package struct TrendRequest: Sendable, Hashable {
  /// The number that stands for the rows of a version.
  package enum Statistic: String, Codable, Sendable, CaseIterable {
    case mean, rate, p50, p95, count, sum
  }

  /// The column; nil counts rows.
  package var metric: String?
  /// Nil for the rate of a column of true and false, and the mean of any other.
  package var statistic: Statistic?
  /// A column whose values divide the rows.
  package var group: String?
  /// What SQL would say after WHERE; nil for all rows.
  package var condition: String?
  /// The column that numbers the attempts at an item; nil for that of the key, if there is one.
  package var repeats: String?
  /// What stands after the `@` of a table of several versions: `*`, `2..5`, `baseline..`.
  package var versions = "*"

  /// The trend of a column over all versions.
  package init(metric: String?) { self.metric = metric }
}

/// How one item's life is told.
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

  /// Everything that became of the item with this key.
  package init(key: [String], format: Format) {
    self.key = key
    self.format = format
  }
}

/// Where a metric is looked for to have moved.
package struct BisectRequest: Sendable, Hashable {
  /// Which number, of which rows, in which versions.
  package var trend: TrendRequest
  /// A version from before the move, as what follows the `@` of a reference.
  package var good: String?
  /// A version from after the move.
  package var bad: String?
  /// The move is across this value; nil for halfway between the two versions.
  package var threshold: Double?
  /// The most items told of each move.
  package var itemLimit = 10

  /// Where the metric of `trend` moved, by change points.
  package init(_ trend: TrendRequest) { self.trend = trend }
}
