/// The rates, latency and cost of an arm: a version, or the rows of one model.
///
/// A measure whose column the table lacks is nil.
package struct ArmDocument: Codable, Sendable, Hashable {
  /// The share of the rows or items with a value that have a property.
  package struct Rate: Codable, Sendable, Hashable {
    /// Nil where an item's value is the mean of its attempts: then no item counts as a whole.
    package let count: Int?
    package let of: Int
    /// Nil for no rows.
    package let rate: EstimateDocument?

    /// `count` among `of`.
    package init(count: Int?, of: Int, rate: EstimateDocument?) {
      self.count = count
      self.of = of
      self.rate = rate
    }
  }

  /// Latency in the column's own unit.
  package struct Latency: Codable, Sendable, Hashable {
    package let p50: EstimateDocument
    /// Without an upper bound where there are too few rows for one.
    package let p95: EstimateDocument
    /// The fewest rows for which p95 has an upper bound.
    package let rowsForUpperBound: Int?

    /// Two quantiles with their intervals.
    package init(p50: EstimateDocument, p95: EstimateDocument, rowsForUpperBound: Int?) {
      self.p50 = p50
      self.p95 = p95
      self.rowsForUpperBound = rowsForUpperBound
    }
  }

  /// Money in the column's own unit.
  package struct Cost: Codable, Sendable, Hashable {
    package let total: Double
    package let perRow: EstimateDocument
    /// Rows without a cost, or, in a comparison, of items without one on some arm.
    package let unpriced: Int
    /// Nil without a success, as it is undefined then and not 0; or where success is no share.
    package let perSuccess: EstimateDocument?

    /// The amounts paid, and the rows without one.
    package init(
      total: Double, perRow: EstimateDocument, unpriced: Int, perSuccess: EstimateDocument?
    ) {
      self.total = total
      self.perRow = perRow
      self.unpriced = unpriced
      self.perSuccess = perSuccess
    }
  }

  /// Compliance with a schema, as three rates of the same rows.
  package struct Schema: Codable, Sendable, Hashable {
    package let parsed: Rate?
    package let valid: Rate?
    package let validAndSuccess: Rate?

    /// The three rates, nil where the table lacks their columns.
    package init(parsed: Rate?, valid: Rate?, validAndSuccess: Rate?) {
      self.parsed = parsed
      self.valid = valid
      self.validAndSuccess = validAndSuccess
    }
  }

  /// The rows whose input length, in tokens, is from `from` up to and excluding `below`.
  package struct Bucket: Codable, Sendable, Hashable {
    package let name: String
    package let from: Int
    /// The first length that is too long; nil for the last bucket.
    package let below: Int?
    package let rows: Int
    /// Nil for a bucket without data.
    package let success: EstimateDocument?

    /// The rows of `name`.
    package init(name: String, from: Int, below: Int?, rows: Int, success: EstimateDocument?) {
      self.name = name
      self.from = from
      self.below = below
      self.rows = rows
      self.success = success
    }
  }

  /// The results of repeated attempts at the same items; the items are the sample.
  package struct Repeats: Codable, Sendable, Hashable {
    /// An estimate for so many attempts.
    package struct Attempts: Codable, Sendable, Hashable {
      package let attempts: Int
      package let estimate: EstimateDocument

      /// The estimate for `attempts` attempts.
      package init(attempts: Int, estimate: EstimateDocument) {
        self.attempts = attempts
        self.estimate = estimate
      }
    }

    package let items: Int
    package let fewestAttempts: Int
    package let mostAttempts: Int
    /// pass@k: one of k attempts succeeds.
    package var passAtLeastOnce: [Attempts] = []
    /// pass^k: all of k attempts succeed.
    package var passEveryTime: [Attempts] = []
    package var flipRate: EstimateDocument?
    /// The mean share of pairs of attempts with the same result.
    package var consistency: EstimateDocument?
    /// The mean share of pairs of attempts with the same output.
    package var outputConsistency: EstimateDocument?

    /// Attempts at `items` items.
    package init(items: Int, fewestAttempts: Int, mostAttempts: Int) {
      self.items = items
      self.fewestAttempts = fewestAttempts
      self.mostAttempts = mostAttempts
    }
  }

  package var rows: Int
  package var success: EstimateDocument?
  /// Successes among rows, where success is yes or no.
  package var successCount: Rate?
  package var latency: Latency?
  package var cost: Cost?
  package var schema: Schema?
  package var toolCall: EstimateDocument?
  package var refusals: Rate?
  package var expectedRefusals: Rate?
  package var unexpectedRefusals: Rate?
  package var truncations: Rate?
  /// All four, also those without data; nil where tokens are not recorded.
  package var buckets: [Bucket]?
  package var repeats: Repeats?

  /// An arm of `rows` rows without any measure yet.
  package init(rows: Int) { self.rows = rows }
}
