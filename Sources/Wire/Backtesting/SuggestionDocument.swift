package import Model

/// The measurements to draft rules from, and the objective.
package struct SuggestionRequest: Codable, Sendable, Hashable {
  /// The router that the rules are for.
  package var name: String
  /// The rows; nil for those of the report `from`.
  package var on: String?
  /// The saved report whose rows, roles and slices are used.
  package var from: String?
  /// The column whose values may get models of their own; nil for the report's.
  package var slice: String?
  /// The field of a request that has the slice's value; nil for the column's own name, in
  /// `metadata` unless it is a field already.
  package var field: String?
  /// The objective, such as `min cost s.t. success >= -1pp`.
  package var objective: String
  /// The model that the bound is measured against; nil for the best by the bound's metric.
  package var base: String?
  /// The provider of all targets.
  package var provider: String?
  /// The rows that the draft's gates require for a backtest; nil for no gates.
  package var holdout: String?
  package var options: BacktestOptions?
  /// As in ``ComparisonRequest/scores``; nil with `from` for those of the report.
  package var scores: [String]?
  /// The dataset that saves the evidence; nil to save nothing.
  package var save: SaveRequest?

  /// A draft of rules for `name`.
  package init(name: String, objective: String) {
    self.name = name
    self.objective = objective
  }
}

/// A draft of rules, with its evidence.
package struct SuggestionDocument: Codable, Sendable, Hashable {
  /// The document's format.
  package static let format = "assay.suggestion/1"

  /// A model tried in place of another.
  package struct Trial: Codable, Sendable, Hashable {
    package let model: String
    /// The model that it would replace.
    package let over: String
    /// Items that all models have.
    package let items: Int
    /// The change of the bound's metric, against the base; nil for the base itself.
    package let bound: EstimateDocument?
    /// The change of the metric to improve, against `over`; relative, or a difference for success.
    package let gain: EstimateDocument?
    /// The larger p-value of the two hypotheses that the bound is broken and that nothing is
    /// gained.
    package let pValue: Double?
    /// The p-value adjusted for all trials of the stage (Holm).
    package let adjustedPValue: Double?
    /// True when the rows show that the bound holds and something is gained.
    package let isShown: Bool

    /// `model` in the place of `over`.
    package init(
      model: String, over: String, items: Int, bound: EstimateDocument?, gain: EstimateDocument?,
      pValue: Double?, adjustedPValue: Double?, isShown: Bool
    ) {
      self.model = model
      self.over = over
      self.items = items
      self.bound = bound
      self.gain = gain
      self.pValue = pValue
      self.adjustedPValue = adjustedPValue
      self.isShown = isShown
    }
  }

  /// The items with one value of the slice column.
  package struct Slice: Codable, Sendable, Hashable {
    package let value: String
    package let items: Int
    /// The model that gets them.
    package let model: String
    /// True when a rule gives them to it, and not the default.
    package let isRule: Bool
    /// The p-value of the default breaking the bound in this slice, adjusted for the stage.
    package let harmPValue: Double?
    package let trials: [Trial]

    /// The slice of `value`.
    package init(
      value: String, items: Int, model: String, isRule: Bool, harmPValue: Double?, trials: [Trial]
    ) {
      self.value = value
      self.items = items
      self.model = model
      self.isRule = isRule
      self.harmPValue = harmPValue
      self.trials = trials
    }
  }

  /// A model's results on the items that all have.
  package struct Entry: Codable, Sendable, Hashable {
    package let model: String
    package let summary: ArmDocument

    /// The results of `model`.
    package init(model: String, summary: ArmDocument) {
      self.model = model
      self.summary = summary
    }
  }

  package let format: String
  /// The request with every reference as a number and every option spelled out.
  package let request: SuggestionRequest
  package let source: ComparisonDocument.Source
  /// The versions of scores beside its own columns; nil for none.
  package var scores: [ComparisonDocument.Source]?
  package let roles: MetricRoles
  package let items: ComparisonDocument.Items
  package let models: [Entry]
  /// The model that bounds are measured against.
  package let base: String
  /// The model that gets everything without a rule.
  package let fallback: String
  /// A trial of every other model in place of the base, on all items.
  package let overall: [Trial]
  package let slices: [Slice]
  /// The number of tests in the slices, for all of which p-values are adjusted.
  package let sliceTests: Int
  /// The significance level: a one-sided p-value below it shows something.
  package let alpha: Double
  package let findings: [ComparisonDocument.Finding]
  /// The draft, `route.rules/1`.
  package let document: JSON
  /// The draft's digest.
  package let rules: Digest

  /// A draft with its evidence.
  package init(
    request: SuggestionRequest, source: ComparisonDocument.Source, roles: MetricRoles,
    items: ComparisonDocument.Items, models: [Entry], base: String, fallback: String,
    overall: [Trial], slices: [Slice], sliceTests: Int, alpha: Double,
    findings: [ComparisonDocument.Finding], document: JSON, rules: Digest
  ) {
    format = Self.format
    self.request = request
    self.source = source
    self.roles = roles
    self.items = items
    self.models = models
    self.base = base
    self.fallback = fallback
    self.overall = overall
    self.slices = slices
    self.sliceTests = sliceTests
    self.alpha = alpha
    self.findings = findings
    self.document = document
    self.rules = rules
  }
}
