/// Which live split is looked at, and how.
package struct ExperimentRequest: Codable, Sendable, Hashable {
  /// The router.
  package var name: String
  /// The version that splits, as the part of a reference after the `@`; nil for what is live.
  package var version: String?
  /// The rule that splits; nil for the only one.
  package var rule: String?
  /// The variant that the others are measured against; nil for the one with the most weight.
  package var control: String?
  /// Bounds that stop the experiment when they are shown to be broken, `latency <= +20%`; nil for
  /// success, and errors, that get worse at all.
  package var guardrails: [String]?
  /// So many units were planned, fixed before looking: intervals are tightest there.
  package var planned = 10_000
  package var confidence = 0.95
  package var roles = MetricRoles()
  /// The decisions; nil for those of the router.
  package var decisions: String?
  /// The outcomes; nil for those of the router.
  package var outcomes: String?

  /// The live split of `name`.
  package init(name: String) { self.name = name }
}

/// How a live split is going, told so that looking early does no harm.
package struct ExperimentDocument: Codable, Sendable, Hashable {
  /// The form of the document.
  package static let format = "assay.experiment/1"

  /// What to do.
  package enum Verdict: String, Codable, Sendable {
    case `continue`
    /// A guardrail is shown to be broken: go back.
    case stop
    /// The split is not what was planned: nothing here can be trusted; find the fault.
    case hold
  }

  /// The units that were given one variant.
  package struct Arm: Codable, Sendable, Hashable {
    package let variant: String
    package let target: String
    /// The share it should have had; all sum to 1.
    package let share: Double
    package let units: Int
    package let decisions: Int
    /// Decisions with an outcome.
    package let outcomes: Int
    /// Of those that say who answered, how many another target did.
    package let servedElsewhere: ArmDocument.Rate?
    package let summary: ArmDocument?

    /// The units of `variant`.
    package init(
      variant: String, target: String, share: Double, units: Int, decisions: Int, outcomes: Int,
      servedElsewhere: ArmDocument.Rate?, summary: ArmDocument?
    ) {
      self.variant = variant
      self.target = target
      self.share = share
      self.units = units
      self.decisions = decisions
      self.outcomes = outcomes
      self.servedElsewhere = servedElsewhere
      self.summary = summary
    }
  }

  /// Counts against shares.
  package struct RatioCheck: Codable, Sendable, Hashable {
    package let statistic: Double
    package let pValue: Double
    /// Whether the p-value is below 0.001.
    package let isAlarm: Bool

    /// What a check found.
    package init(statistic: Double, pValue: Double, isAlarm: Bool) {
      self.statistic = statistic
      self.pValue = pValue
      self.isAlarm = isAlarm
    }
  }

  /// One measure of a variant against the control, one value a unit.
  package struct Contrast: Codable, Sendable, Hashable {
    package let variant: String
    package let metric: String
    package let direction: MetricDocument.Direction
    package let scale: MetricDocument.Scale
    /// Units with a value.
    package let controlUnits: Int
    package let units: Int
    package let control: Double?
    package let value: Double?
    /// Variant minus control; the interval holds at every look at once.
    package let difference: EstimateDocument?
    /// Always valid; the one to report is the smallest of all looks.
    package let pValue: Double?
    /// With all contrasts counted in (Holm).
    package let adjustedPValue: Double?
    package let verdict: MetricDocument.Verdict

    /// `variant` against the control.
    package init(
      variant: String, metric: String, direction: MetricDocument.Direction,
      scale: MetricDocument.Scale, controlUnits: Int, units: Int, control: Double?, value: Double?,
      difference: EstimateDocument?, pValue: Double?, adjustedPValue: Double?,
      verdict: MetricDocument.Verdict
    ) {
      self.variant = variant
      self.metric = metric
      self.direction = direction
      self.scale = scale
      self.controlUnits = controlUnits
      self.units = units
      self.control = control
      self.value = value
      self.difference = difference
      self.pValue = pValue
      self.adjustedPValue = adjustedPValue
      self.verdict = verdict
    }
  }

  package let format: String
  /// The request with every reference as a number and every option spelled out.
  package let request: ExperimentRequest
  /// `variant`, or `version` while one takes another's place.
  package let by: String
  package let sources: [ComparisonDocument.Source]
  package let roles: MetricRoles
  /// The control first.
  package let arms: [Arm]
  /// Units against shares; nil where there are none.
  package let sampleRatio: RatioCheck?
  /// Units with an outcome against those shares.
  package let outcomeRatio: RatioCheck?
  package let contrasts: [Contrast]
  /// The guardrails of each variant; passed is shown to hold, failed shown to be broken.
  package let guardrails: [GateResult]
  package let findings: [ComparisonDocument.Finding]
  package let verdict: Verdict
  /// Why, in words.
  package let reasons: [String]

  /// The state of a split.
  package init(
    request: ExperimentRequest, by: String, sources: [ComparisonDocument.Source],
    roles: MetricRoles, arms: [Arm], sampleRatio: RatioCheck?, outcomeRatio: RatioCheck?,
    contrasts: [Contrast], guardrails: [GateResult], findings: [ComparisonDocument.Finding],
    verdict: Verdict, reasons: [String]
  ) {
    format = Self.format
    self.request = request
    self.by = by
    self.sources = sources
    self.roles = roles
    self.arms = arms
    self.sampleRatio = sampleRatio
    self.outcomeRatio = outcomeRatio
    self.contrasts = contrasts
    self.guardrails = guardrails
    self.findings = findings
    self.verdict = verdict
    self.reasons = reasons
  }
}
