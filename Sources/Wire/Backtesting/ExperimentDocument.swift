/// The live split to report on, and the options of the report.
package struct ExperimentRequest: Codable, Sendable, Hashable {
  /// The router.
  package var name: String
  /// The version with the split, as the part of a reference after the `@`; nil for the live one.
  package var version: String?
  /// The rule with the split; nil for the only one.
  package var rule: String?
  /// The variant that the others are measured against; nil for the one with the most weight.
  package var control: String?
  /// Bounds that stop the experiment when they are shown to be broken, `latency <= +20%`; nil for
  /// any worsening of success and errors.
  package var guardrails: [String]?
  /// The planned number of units, fixed before the first look: intervals are tightest there.
  package var planned = 10_000
  package var confidence = 0.95
  package var roles = MetricRoles()
  /// The treatment of guardrails where outcomes lack values of their metric; nil for undecided.
  package var missing: ComparisonOptions.Missing?
  /// The version with the decisions; nil for those of the router.
  package var decisions: String?
  /// The version with the outcomes; nil for those of the router.
  package var outcomes: String?

  /// A report on the live split of `name`.
  package init(name: String) { self.name = name }
}

/// The results of a live split so far, valid at every look (anytime-valid).
package struct ExperimentDocument: Codable, Sendable, Hashable {
  /// The document's format.
  package static let format = "assay.experiment/1"

  /// The recommendation of a report.
  package enum Verdict: String, Codable, Sendable {
    case `continue`
    /// A guardrail is shown to be broken: go back.
    case stop
    /// The shares differ from the plan, so no number of the report can be trusted, or outcomes
    /// lack what a guardrail is about; find the fault.
    case hold
  }

  /// The units that were given one variant.
  package struct Arm: Codable, Sendable, Hashable {
    package let variant: String
    package let target: String
    /// The planned share; all sum to 1.
    package let share: Double
    package let units: Int
    package let decisions: Int
    /// Decisions with an outcome.
    package let outcomes: Int
    /// The share of outcomes that another target answered, among those that name one.
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

  /// A test of counts against shares, for a sample ratio mismatch.
  package struct RatioCheck: Codable, Sendable, Hashable {
    package let statistic: Double
    package let pValue: Double
    /// True when the p-value is below 0.001.
    package let isAlarm: Bool

    /// The result of a test.
    package init(statistic: Double, pValue: Double, isAlarm: Bool) {
      self.statistic = statistic
      self.pValue = pValue
      self.isAlarm = isAlarm
    }
  }

  /// A metric of a variant compared with the control, one value per unit.
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
    /// Variant minus control; the interval is valid at all looks together.
    package let difference: EstimateDocument?
    /// Valid at every look; report the smallest of all looks.
    package let pValue: Double?
    /// The p-value adjusted for all contrasts (Holm).
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
  /// `variant`, or `version` while one version replaces another.
  package let by: String
  package let sources: [ComparisonDocument.Source]
  package let roles: MetricRoles
  /// The control first.
  package let arms: [Arm]
  /// The counts of units against their shares; nil without shares.
  package let sampleRatio: RatioCheck?
  /// The counts of units with an outcome against the same shares.
  package let outcomeRatio: RatioCheck?
  package let contrasts: [Contrast]
  /// The guardrails of each variant: passed means shown to hold, failed shown to be broken.
  package let guardrails: [GateResult]
  package let findings: [ComparisonDocument.Finding]
  package let verdict: Verdict
  /// The reasons of the verdict, in words.
  package let reasons: [String]

  /// A report with all of its members.
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
