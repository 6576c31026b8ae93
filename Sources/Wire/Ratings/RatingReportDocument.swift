package import Model

/// The options of a report on ratings.
package struct RatingReportRequest: Codable, Sendable, Hashable {
  /// The arm whose Bradley–Terry strength is 0; nil for the first by name.
  package var anchor: String?
  /// The number of times that items are resampled.
  package var resamples = 1_000
  package var seed: UInt64 = 1
  /// True to count scorers as raters of one metric, which shows whether a judge agrees with people.
  package var acrossScorers = false

  /// A report with the default options.
  package init() {}
}

/// A report on ratings: a section for each metric.
package struct RatingReportDocument: Codable, Sendable, Hashable {
  /// The version reported on, `name@3`.
  package var version: String
  package var snapshot: Digest
  /// Events of the version.
  package var events: Int
  /// Events that later ones correct, and that no longer count.
  package var corrected: Int
  /// Events that a later one of the same rater about the same subject replaces.
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

    /// A part of the report with all its members.
    package init(
      kind: String, rubric: String, scorer: String? = nil, scorerVersion: String? = nil,
      ratings: Int, items: Int, raters: [Rater], agreement: Agreement, arms: [Arm]? = nil,
      preference: Preference? = nil
    ) {
      self.kind = kind
      self.rubric = rubric
      self.scorer = scorer
      self.scorerVersion = scorerVersion
      self.ratings = ratings
      self.items = items
      self.raters = raters
      self.agreement = agreement
      self.arms = arms
      self.preference = preference
    }
  }

  /// A rater, with the drift of their scores.
  package struct Rater: Codable, Sendable, Hashable {
    package var rater: String
    package var ratings: Int
    /// Only for scores of items that others rated too.
    package var drift: Drift?

    /// A part of the report with all its members.
    package init(rater: String, ratings: Int, drift: Drift? = nil) {
      self.rater = rater
      self.ratings = ratings
      self.drift = drift
    }
  }

  /// The movement of a rater's scores away from those of others over time.
  package struct Drift: Codable, Sendable, Hashable {
    /// The change against the others' mean per rating.
    package var slope: Range
    package var pValue: Double
    /// The p-value adjusted over the raters of the metric (Holm).
    package var adjustedPValue: Double
    /// The mean distance above the others.
    package var leniency: Double
    package var ratings: Int

    /// A part of the report with all its members.
    package init(
      slope: Range, pValue: Double, adjustedPValue: Double, leniency: Double, ratings: Int
    ) {
      self.slope = slope
      self.pValue = pValue
      self.adjustedPValue = adjustedPValue
      self.leniency = leniency
      self.ratings = ratings
    }
  }

  /// The agreement of raters beyond chance.
  package struct Agreement: Codable, Sendable, Hashable {
    /// Krippendorff's α for one distance between ratings.
    package struct Alpha: Codable, Sendable, Hashable {
      /// `nominal`, `ordinal` or `interval`.
      package var distance: String
      package var alpha: Range

      /// A part of the report with all its members.
      package init(distance: String, alpha: Range) {
        self.distance = distance
        self.alpha = alpha
      }
    }

    /// Cohen's κ of two raters.
    package struct Pair: Codable, Sendable, Hashable {
      package var first: String
      package var second: String
      /// The number of units that both rated.
      package var units: Int
      /// The share on which they agree.
      package var agreement: Double
      /// Nil when both always gave the same answer.
      package var kappa: Range?

      /// A part of the report with all its members.
      package init(
        first: String, second: String, units: Int, agreement: Double, kappa: Range? = nil
      ) {
        self.first = first
        self.second = second
        self.units = units
        self.agreement = agreement
        self.kappa = kappa
      }
    }

    /// The number of units with two raters or more.
    package var units: Int
    package var alphas: [Alpha]
    package var pairs: [Pair]
    /// The reason for which there is no α.
    package var note: String?

    /// A part of the report with all its members.
    package init(units: Int, alphas: [Alpha], pairs: [Pair], note: String? = nil) {
      self.units = units
      self.alphas = alphas
      self.pairs = pairs
      self.note = note
    }
  }

  /// The scores or labels that an arm got.
  package struct Arm: Codable, Sendable, Hashable {
    /// The count and share of a label.
    package struct Label: Codable, Sendable, Hashable {
      package var label: String
      package var count: Int
      package var share: Range

      /// A part of the report with all its members.
      package init(label: String, count: Int, share: Range) {
        self.label = label
        self.count = count
        self.share = share
      }
    }

    package var arm: String
    package var ratings: Int
    package var items: Int
    /// For scores.
    package var mean: Range?
    /// For labels.
    package var labels: [Label]?

    /// A part of the report with all its members.
    package init(
      arm: String, ratings: Int, items: Int, mean: Range? = nil, labels: [Label]? = nil
    ) {
      self.arm = arm
      self.ratings = ratings
      self.items = items
      self.mean = mean
      self.labels = labels
    }
  }

  /// The preferences between arms.
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

      /// A part of the report with all its members.
      package init(
        arm: String, beta: Range, rating: Range, bestRank: Int? = nil, worstRank: Int? = nil
      ) {
        self.arm = arm
        self.beta = beta
        self.rating = rating
        self.bestRank = bestRank
        self.worstRank = worstRank
      }
    }

    /// A test for position bias: whether the left side wins more often than the right.
    package struct Position: Codable, Sendable, Hashable {
      /// The share of wins on the left less that on the right.
      package var difference: Range
      package var pValue: Double
      package var decided: Int
      package var ties: Int
      /// Votes that do not record which arm was on the left.
      package var unrecorded: Int

      /// A part of the report with all its members.
      package init(difference: Range, pValue: Double, decided: Int, ties: Int, unrecorded: Int) {
        self.difference = difference
        self.pValue = pValue
        self.decided = decided
        self.ties = ties
        self.unrecorded = unrecorded
      }
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
    /// The reason for which strengths or intervals are missing.
    package var refusal: String?
    /// The sets of arms that wins connect in both directions; nil when all are connected.
    package var groups: [[String]]?
    package var position: Position?

    /// A part of the report with all its members.
    package init(
      arms: [String], votes: Int, ties: Int, wins: [[Double]], anchor: String,
      strengths: [Strength]? = nil, refusal: String? = nil, groups: [[String]]? = nil,
      position: Position? = nil
    ) {
      self.arms = arms
      self.votes = votes
      self.ties = ties
      self.wins = wins
      self.anchor = anchor
      self.strengths = strengths
      self.refusal = refusal
      self.groups = groups
      self.position = position
    }
  }

  /// A report with all its members.
  package init(
    version: String, snapshot: Digest, events: Int, corrected: Int, superseded: Int, seed: UInt64,
    resamples: Int, level: Double, metrics: [Metric]
  ) {
    self.version = version
    self.snapshot = snapshot
    self.events = events
    self.corrected = corrected
    self.superseded = superseded
    self.seed = seed
    self.resamples = resamples
    self.level = level
    self.metrics = metrics
  }
}
