package import Model

/// The versions in which a metric moved; an empty list when it never did.
package struct BisectDocument: Codable, Sendable, Hashable {
  /// An item whose value differs from that in the version before.
  package struct Item: Codable, Sendable, Hashable {
    /// The kind of difference: another value, or an item that only one of the versions has.
    package enum Change: String, Codable, Sendable {
      case changed, added, removed
    }

    package let change: Change
    /// The values of the key's columns.
    package let key: [DataText: String]
    package let old: Double?
    package let new: Double?

    /// An item with its values; nil where it has none.
    package init(change: Change, key: [DataText: String], old: Double?, new: Double?) {
      self.change = change
      self.key = key
      self.old = old
      self.new = new
    }
  }

  /// A version in which the number of a group moved.
  package struct Move: Codable, Sendable, Hashable {
    /// As in ``TrendDocument/Series/group``.
    package let group: String?
    package let version: VersionDocument
    /// The last version before it that has a number.
    package let previous: Int
    /// Versions between the two, which have none: the move may be in one of them.
    package let skipped: [Int]
    /// The number of the previous version, or the level before where change points were looked for.
    package let before: Double
    package let after: Double
    /// Of the change point, where such were looked for.
    package let pValue: Double?
    /// The counts of rows that differ between the two versions, whatever group they belong to.
    package let changes: ChangeCounts
    /// The items that moved most, largest first.
    package let items: [Item]
    /// The number of items that moved.
    package let movedItems: Int

    /// A move with all of its members.
    package init(
      group: String?, version: VersionDocument, previous: Int, skipped: [Int], before: Double,
      after: Double, pValue: Double?, changes: ChangeCounts, items: [Item], movedItems: Int
    ) {
      self.group = group
      self.version = version
      self.previous = previous
      self.skipped = skipped
      self.before = before
      self.after = after
      self.pValue = pValue
      self.changes = changes
      self.items = items
      self.movedItems = movedItems
    }
  }

  package let dataset: DatasetName
  package let metric: String?
  package let statistic: TrendRequest.Statistic
  package let by: String?
  package let `where`: String?
  /// The column that numbers the attempts at an item, whose mean is its value; nil for none.
  package let `repeat`: String?
  /// The numbers of the versions that were given, or that stand for those that were not; nil where
  /// change points were looked for.
  package let good: Int?
  package let bad: Int?
  /// The threshold of the request; nil without one.
  package let threshold: Double?
  /// The number of versions whose rows were read to find the moves.
  package let versionsRead: Int
  /// Largest first.
  package let moves: [Move]
  /// Rows and items left out of the versions that were read, and differences in how these were
  /// measured; nil for nothing.
  package let findings: [ComparisonDocument.Finding]?
  /// As in ``TrendDocument/scores``.
  package var scores: [ComparisonDocument.Source]?

  /// The fewest versions among which a change point can be significant at 5 %: of seven in a
  /// row there are enough orders for the permutation test (`ChangePoints` of Statistics).
  package static let fewestForChangePoints = 7

  /// True when no move was found because change points were looked for among too few versions.
  package var isUndecided: Bool {
    moves.isEmpty && good == nil && versionsRead < Self.fewestForChangePoints
  }

  /// The moves of a metric.
  package init(
    dataset: DatasetName, request: BisectRequest, statistic: TrendRequest.Statistic,
    repeats: String? = nil, good: Int?, bad: Int?, versionsRead: Int, moves: [Move],
    findings: [ComparisonDocument.Finding] = []
  ) {
    self.dataset = dataset
    metric = request.trend.metric
    self.statistic = statistic
    by = request.trend.group
    `where` = request.trend.condition
    `repeat` = repeats
    self.good = good
    self.bad = bad
    threshold = request.threshold
    self.versionsRead = versionsRead
    self.moves = moves
    self.findings = findings.isEmpty ? nil : findings
  }
}
