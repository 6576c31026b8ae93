/// A comparison of one candidate with the base, on the same items.
package struct PairDocument: Codable, Sendable, Hashable {
  package let base: String
  package let candidate: String
  package let metrics: [MetricDocument]
  package let latency: LatencyChange?
  package let costPerSuccess: CostChange?
  package let slices: [SliceDocument]
  /// The metrics by the length of the base's input, all four ranges; nil where tokens are not
  /// recorded.
  package let buckets: [SliceDocument]?

  /// `candidate` against `base`.
  package init(
    base: String, candidate: String, metrics: [MetricDocument], latency: LatencyChange?,
    costPerSuccess: CostChange?, slices: [SliceDocument], buckets: [SliceDocument]?
  ) {
    self.base = base
    self.candidate = candidate
    self.metrics = metrics
    self.latency = latency
    self.costPerSuccess = costPerSuccess
    self.slices = slices
    self.buckets = buckets
  }

  /// The candidate's latency as a multiple of the base's, less 1.
  package struct LatencyChange: Codable, Sendable, Hashable {
    package let p50: EstimateDocument?
    package let p95: EstimateDocument?

    /// The relative change of two quantiles.
    package init(p50: EstimateDocument?, p95: EstimateDocument?) {
      self.p50 = p50
      self.p95 = p95
    }
  }

  /// The cost per success on both sides, over items with a cost and a result on both.
  package struct CostChange: Codable, Sendable, Hashable {
    /// Nil without a success on that side.
    package let base: EstimateDocument?
    package let candidate: EstimateDocument?
    /// Candidate over base, less 1.
    package let change: EstimateDocument?

    /// The cost of a success on both sides.
    package init(base: EstimateDocument?, candidate: EstimateDocument?, change: EstimateDocument?) {
      self.base = base
      self.candidate = candidate
      self.change = change
    }
  }
}

/// The metrics of some of the items.
package struct SliceDocument: Codable, Sendable, Hashable {
  /// The column; `input tokens` for a range of lengths.
  package let column: String
  package let value: String
  package let items: Int
  /// Empty where there is no data.
  package let metrics: [MetricDocument]

  /// The items whose `column` is `value`.
  package init(column: String, value: String, items: Int, metrics: [MetricDocument]) {
    self.column = column
    self.value = value
    self.items = items
    self.metrics = metrics
  }
}

/// One metric of a candidate against the base's, item by item.
package struct MetricDocument: Codable, Sendable, Hashable {
  /// The direction in which a metric improves.
  package enum Direction: String, Codable, Sendable {
    case higher, lower
  }

  /// The kind of the values.
  package enum Scale: String, Codable, Sendable {
    /// Yes or no: means are rates, differences percentage points.
    case binary
    case number
  }

  /// The conclusion at the stated level, corrected for all metrics examined.
  package enum Verdict: String, Codable, Sendable {
    case better, worse
    /// No difference was shown, which does not mean that there is none.
    case unclear
    /// There is nothing to compare.
    case noData
  }

  /// A test of the hypothesis that there is no difference.
  package struct Test: Codable, Sendable, Hashable {
    package let name: String
    package let pValue: Double

    /// The test `name`.
    package init(name: String, pValue: Double) {
      self.name = name
      self.pValue = pValue
    }
  }

  /// The counts of items by their results on both sides, where results are yes or no.
  package struct Counts: Codable, Sendable, Hashable {
    package let both: Int
    package let onlyBase: Int
    package let onlyCandidate: Int
    package let neither: Int

    /// The four cells.
    package init(both: Int, onlyBase: Int, onlyCandidate: Int, neither: Int) {
      self.both = both
      self.onlyBase = onlyBase
      self.onlyCandidate = onlyCandidate
      self.neither = neither
    }
  }

  /// The size of a difference on a scale of its own.
  package struct Effect: Codable, Sendable, Hashable {
    /// `Cohen's h` or `d_z`.
    package let name: String
    package let value: Double

    /// An effect of `value`.
    package init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// An item on which the candidate did worse.
  package struct Item: Codable, Sendable, Hashable {
    package let key: [String]
    package let base: Double
    package let candidate: Double

    /// The item `key`.
    package init(key: [String], base: Double, candidate: Double) {
      self.key = key
      self.base = base
      self.candidate = candidate
    }
  }

  package let metric: String
  package let direction: Direction
  package var scale = Scale.number
  package var verdict = Verdict.noData
  /// Items with a value on both sides.
  package var items = 0
  /// Items without one on some side.
  package var missing = 0
  package var base: EstimateDocument?
  package var candidate: EstimateDocument?
  /// Candidate minus base.
  package var difference: EstimateDocument?
  /// Candidate over base, less 1; nil where a ratio makes no sense.
  package var relative: EstimateDocument?
  /// The test that the verdict rests on; nil where none applies.
  package var test: Test?
  /// Its p-value, adjusted for all that were examined (Holm).
  package var adjustedPValue: Double?
  /// Other tests of the same hypothesis.
  package var furtherTests: [Test] = []
  /// The interval of the difference by resampling items.
  package var bootstrap: EstimateDocument?
  package var counts: Counts?
  package var effect: Effect?
  /// The correlation of both sides, which is the gain of pairing.
  package var correlation: Double?
  /// The standard error without pairing.
  package var unpairedStandardError: Double?
  /// The smallest difference that so many items show with a power of 80 %.
  package var detectable: Double?
  /// Items on which the candidate did better, worse and the same.
  package var wins = 0
  package var losses = 0
  package var ties = 0
  /// The items that got worse, worst first, at most as many as requested.
  package var worse: [Item] = []

  /// A metric without any result yet.
  package init(metric: String, direction: Direction) {
    self.metric = metric
    self.direction = direction
  }
}
