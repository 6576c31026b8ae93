package import Model

/// From which measurements to draft rules, and to what end.
package struct SuggestionRequest: Codable, Sendable, Hashable {
  /// The router that the rules are for.
  package var name: String
  /// The rows; nil for those of `from`.
  package var on: String?
  /// A report that was kept, whose rows, parts and slices are taken.
  package var from: String?
  /// The column whose values may get models of their own; nil for the report's.
  package var slice: String?
  /// The field of a request that has the slice's value; nil for the column's own name, in
  /// `metadata` unless it is a field already.
  package var field: String?
  /// Such as `min cost s.t. success >= -1pp`.
  package var objective: String
  /// The model that the bound is measured against; nil for the best of what the bound is about.
  package var base: String?
  /// The provider of all targets.
  package var provider: String?
  /// The rows that the draft's gates will ask to be tried on; nil for no gates.
  package var holdout: String?
  package var options: BacktestOptions?
  /// Where the evidence is kept; nil for nowhere.
  package var save: SaveOrder?

  /// Rules for `name`.
  package init(name: String, objective: String) {
    self.name = name
    self.objective = objective
  }
}

/// A draft of rules, and the evidence that it rests on.
package struct SuggestionDocument: Codable, Sendable, Hashable {
  /// The form of the document.
  package static let format = "assay.suggestion/1"

  /// One model tried in another's place.
  package struct Trial: Codable, Sendable, Hashable {
    package let model: String
    /// The model in whose place.
    package let over: String
    /// Items that all models have.
    package let items: Int
    /// The change of what the bound is about, against the base; nil for the base itself.
    package let bound: EstimateDocument?
    /// The change of what is to be best, against `over`; relative, or a difference for success.
    package let gain: EstimateDocument?
    /// That the bound does not hold or nothing is gained: the larger of both p-values.
    package let pValue: Double?
    /// With all trials of the stage counted in (Holm).
    package let adjustedPValue: Double?
    /// Whether the rows show both.
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
    /// Who gets them.
    package let model: String
    /// Whether that is a rule, and not the default.
    package let isRule: Bool
    /// That the default breaks the bound here: the p-value, all of the stage counted in.
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

  /// A model on the items that all have.
  package struct Entry: Codable, Sendable, Hashable {
    package let model: String
    package let summary: ArmDocument

    /// How `model` did.
    package init(model: String, summary: ArmDocument) {
      self.model = model
      self.summary = summary
    }
  }

  package let format: String
  /// The request with every reference as a number and every option spelled out.
  package let request: SuggestionRequest
  package let source: ComparisonDocument.Source
  package let roles: MetricRoles
  package let items: ComparisonDocument.Items
  package let models: [Entry]
  /// What bounds are measured against.
  package let base: String
  /// Who gets everything that no rule is for.
  package let fallback: String
  /// Every other model in the base's place, on all items.
  package let overall: [Trial]
  package let slices: [Slice]
  /// Tests that were looked at in the slices, all counted in.
  package let sliceTests: Int
  /// A p-value below it shows something: one-sided.
  package let alpha: Double
  package let findings: [ComparisonDocument.Finding]
  /// The draft, `route.rules/1`.
  package let document: CanonicalJSON
  /// The draft's digest.
  package let rules: Digest

  /// A draft with its evidence.
  package init(
    request: SuggestionRequest, source: ComparisonDocument.Source, roles: MetricRoles,
    items: ComparisonDocument.Items, models: [Entry], base: String, fallback: String,
    overall: [Trial], slices: [Slice], sliceTests: Int, alpha: Double,
    findings: [ComparisonDocument.Finding], document: CanonicalJSON, rules: Digest
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
