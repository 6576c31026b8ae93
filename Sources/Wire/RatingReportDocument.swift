package import Model

/// How a report on ratings is made.
package struct RatingReportRequest: Codable, Sendable, Hashable {
  /// The arm whose Bradley–Terry strength is 0; nil for the first by name.
  package var anchor: String?
  /// How often items are drawn again.
  package var resamples = 1_000
  package var seed: UInt64 = 1
  /// Whether scorers count as raters of one metric, to see whether a judge agrees with people.
  package var acrossScorers = false

  /// A report with the usual options.
  package init() {}
}

/// What ratings say: a section for each metric.
package struct RatingReportDocument: Codable, Sendable, Hashable {
  /// The version reported on, `name@3`.
  package var version: String
  package var snapshot: Digest
  /// Events of the version.
  package var events: Int
  /// Events that another one corrects, and that no longer count.
  package var corrected: Int
  /// Events that the same rater's later one about the same thing replaces.
  package var superseded: Int
  package var seed: UInt64
  package var resamples: Int
  /// The coverage of intervals, 0.95.
  package var level: Double
  package var metrics: [Metric]

  /// A number with its interval; a bound that the ratings cannot give is left out.
  package struct Range: Codable, Sendable, Hashable {
    package var value: Double
    package var lower: Double?
    package var upper: Double?

    /// `value` between two bounds.
    package init(value: Double, lower: Double? = nil, upper: Double? = nil) {
      self.value = value
      self.lower = lower
      self.upper = upper
    }
  }

  /// The ratings of one kind, by one question, of one scorer in one version.
  package struct Metric: Codable, Sendable, Hashable {
    package var kind: String
    package var rubric: String
    /// Nil when the report is across scorers.
    package var scorer: String?
    package var scorerVersion: String?
    /// Ratings that count.
    package var ratings: Int
    package var items: Int
    package var raters: [Rater]
    package var agreement: Agreement
    /// For scores and labels.
    package var arms: [Arm]?
    /// For preferences.
    package var preference: Preference?
  }

  /// One rater.
  package struct Rater: Codable, Sendable, Hashable {
    package var rater: String
    package var ratings: Int
    /// For scores that others gave too.
    package var drift: Drift?
  }

  /// Whether a rater's scores move away from the others' over time.
  package struct Drift: Codable, Sendable, Hashable {
    /// The change against the others' mean per rating.
    package var slope: Range
    package var pValue: Double
    /// Holm's, over the raters of the metric.
    package var adjustedPValue: Double
    /// The mean distance above the others.
    package var leniency: Double
    package var ratings: Int
  }

  /// How far raters agree beyond chance.
  package struct Agreement: Codable, Sendable, Hashable {
    /// Krippendorff's α by one idea of distance.
    package struct Alpha: Codable, Sendable, Hashable {
      /// `nominal`, `ordinal` or `interval`.
      package var distance: String
      package var alpha: Range
    }

    /// Cohen's κ of two raters.
    package struct Pair: Codable, Sendable, Hashable {
      package var first: String
      package var second: String
      /// What both rated.
      package var units: Int
      /// The share on which they agree.
      package var agreement: Double
      /// Nil when both always gave the same answer.
      package var kappa: Range?
    }

    /// What two raters or more rated.
    package var units: Int
    package var alphas: [Alpha]
    package var pairs: [Pair]
    /// Why there is no α.
    package var note: String?
  }

  /// The scores or labels that an arm got.
  package struct Arm: Codable, Sendable, Hashable {
    /// How often it got a label.
    package struct Label: Codable, Sendable, Hashable {
      package var label: String
      package var count: Int
      package var share: Range
    }

    package var arm: String
    package var ratings: Int
    package var items: Int
    /// For scores.
    package var mean: Range?
    /// For labels.
    package var labels: [Label]?
  }

  /// Which arm is preferred.
  package struct Preference: Codable, Sendable, Hashable {
    /// The Bradley–Terry strength of an arm.
    package struct Strength: Codable, Sendable, Hashable {
      package var arm: String
      package var beta: Range
      /// On Elo's scale: 1000 for the anchor.
      package var rating: Range
      /// From 1; nil without intervals.
      package var bestRank: Int?
      package var worstRank: Int?
    }

    /// Whether the left side wins more often than the right.
    package struct Position: Codable, Sendable, Hashable {
      /// The share of wins on the left less that on the right.
      package var difference: Range
      package var pValue: Double
      package var decided: Int
      package var ties: Int
      /// Votes that do not say what stood on the left.
      package var unrecorded: Int
    }

    /// In the order of rows and columns of `wins`.
    package var arms: [String]
    package var votes: Int
    package var ties: Int
    /// `wins[i][j]`: how often i beat j, a tie as half.
    package var wins: [[Double]]
    package var anchor: String
    /// Best first; nil when the wins cannot give them.
    package var strengths: [Strength]?
    /// Why strengths or intervals are not there.
    package var refusal: String?
    /// The arms within which wins lead from each to each, when there is more than one group.
    package var groups: [[String]]?
    package var position: Position?
  }
}
