package import Model

/// A statistic of each version of a dataset, and the versions at which its level moved.
package struct TrendDocument: Codable, Sendable, Hashable {
  /// A version of the trend.
  package struct Version: Codable, Sendable, Hashable {
    package let number: Int
    package let createdAt: Timestamp
    package let message: String

    /// Version `number`.
    package init(number: Int, createdAt: Timestamp, message: String) {
      self.number = number
      self.createdAt = createdAt
      self.message = message
    }
  }

  /// The number of one version.
  package struct Point: Codable, Sendable, Hashable {
    package let version: Int
    /// The rows, or the items with attempts, that have a value.
    package let n: Int
    package let value: Double
    /// The bounds of the confidence interval; nil where the rows give none.
    package let lower: Double?
    package let upper: Double?
    /// The rows, or the items with attempts, that have no number; nil for none.
    package var missing: Int?

    /// The number of a version, from `n` rows.
    package init(version: Int, n: Int, value: Double, lower: Double? = nil, upper: Double? = nil) {
      self.version = version
      self.n = n
      self.value = value
      self.lower = lower
      self.upper = upper
    }
  }

  /// A version from which the level differs.
  package struct Change: Codable, Sendable, Hashable {
    package let version: Int
    /// The mean of the versions' numbers in the stretch before the change.
    package let before: Double
    package let after: Double
    package let pValue: Double

    /// A move from `before` to `after`.
    package init(version: Int, before: Double, after: Double, pValue: Double) {
      self.version = version
      self.before = before
      self.after = after
      self.pValue = pValue
    }
  }

  /// The numbers of one group of rows; versions without a value are left out.
  package struct Series: Codable, Sendable, Hashable {
    /// The value of the column that divides the rows; nil for rows without one, and for all rows.
    package let group: String?
    package let points: [Point]
    package let changes: [Change]

    /// The numbers of a group.
    package init(group: String?, points: [Point], changes: [Change]) {
      self.group = group
      self.points = points
      self.changes = changes
    }
  }

  package let dataset: DatasetName
  package let metric: String?
  package let statistic: TrendRequest.Statistic
  package let by: String?
  package let `where`: String?
  /// The column that numbers the attempts at an item, whose mean is its value; nil for none.
  package let `repeat`: String?
  /// The coverage of intervals.
  package let level: Double
  /// By ascending number.
  package let versions: [Version]
  /// In the order of the groups' names.
  package let series: [Series]
  /// Rows and items left out, and differences in how versions were measured; nil for nothing.
  package let findings: [ComparisonDocument.Finding]?
  /// The versions of scores that the metric was read from; nil for a column of the versions.
  package var scores: [ComparisonDocument.Source]?

  /// The numbers of all groups.
  package init(
    dataset: DatasetName, request: TrendRequest, statistic: TrendRequest.Statistic,
    level: Double, versions: [Version], series: [Series],
    findings: [ComparisonDocument.Finding] = []
  ) {
    self.dataset = dataset
    metric = request.metric
    self.statistic = statistic
    by = request.group
    `where` = request.condition
    `repeat` = request.repeats
    self.level = level
    self.versions = versions
    self.series = series
    self.findings = findings.isEmpty ? nil : findings
  }
}
