package import Model

/// A backtest of a rule set on stored rows, with everything that is needed to compute it again.
package struct BacktestDocument: Codable, Sendable, Hashable {
  /// The document's format.
  package static let format = "assay.backtest/1"

  /// The kind of rows that a backtest reads.
  package enum Layout: String, Codable, Sendable {
    /// One row for each item and model.
    case bakeoff
    /// One row for each decision that was made, with its propensity.
    case decisions
  }

  /// The verdict of all gates of the rules together.
  package enum Verdict: String, Codable, Sendable {
    case pass, fail
    /// There is too little data for a verdict.
    case insufficient
    /// The rules have no gates.
    case none
  }

  /// The rules, or the target, that the candidate is compared with.
  package struct Baseline: Codable, Sendable, Hashable {
    /// The name in the report: the reference of rules, or a target.
    package let name: String
    /// The digest of the rules; nil where one target gets everything.
    package let digest: Digest?

    /// Rules, or a target without a digest.
    package init(name: String, digest: Digest?) {
      self.name = name
      self.digest = digest
    }
  }

  /// The numbers of items with a known choice, since every condition had its fields, and a known
  /// result, since a result of the chosen target is stored; under the candidate with all of its
  /// attempts, each with a value of what gates are about.
  package struct Coverage: Codable, Sendable, Hashable {
    package let items: Int
    package let candidate: Int
    package let active: Int
    /// The items that both sides cover, which are compared.
    package let both: Int

    /// The coverage of `items` items.
    package init(items: Int, candidate: Int, active: Int, both: Int) {
      self.items = items
      self.candidate = candidate
      self.active = active
      self.both = both
    }
  }

  /// The items that a rule of the candidate decided.
  package struct RuleUse: Codable, Sendable, Hashable {
    /// Nil for the default.
    package let rule: String?
    /// Items that it decided.
    package let items: Int
    /// Those of them with a whole stored result for the chosen target.
    package let covered: Int
    /// Items for which its condition was evaluated and unknown.
    package let unknown: Int

    /// The use of `rule`.
    package init(rule: String?, items: Int, covered: Int, unknown: Int) {
      self.rule = rule
      self.items = items
      self.covered = covered
      self.unknown = unknown
    }
  }

  /// The outcomes of evaluated conditions.
  package struct Conditions: Codable, Sendable, Hashable {
    /// Conditions evaluated, over all items.
    package let checked: Int
    /// Conditions that were unknown: a field was absent or of another type.
    package let unknown: Int
    /// Items with at least one unknown condition.
    package let itemsWithUnknown: Int
    /// Items for which no rule was true.
    package let defaulted: Int
    /// In the order of the document, the default last.
    package let rules: [RuleUse]

    /// The outcomes of conditions, with the use of each rule.
    package init(
      checked: Int, unknown: Int, itemsWithUnknown: Int, defaulted: Int, rules: [RuleUse]
    ) {
      self.checked = checked
      self.unknown = unknown
      self.itemsWithUnknown = itemsWithUnknown
      self.defaulted = defaulted
      self.rules = rules
    }
  }

  /// A cell of the matrix of decisions; nil rules are the default.
  package struct Change: Codable, Sendable, Hashable {
    package let activeRule: String?
    package let activeTarget: String
    package let rule: String?
    package let target: String
    package let items: Int

    /// A cell of `items` items.
    package init(
      activeRule: String?, activeTarget: String, rule: String?, target: String, items: Int
    ) {
      self.activeRule = activeRule
      self.activeTarget = activeTarget
      self.rule = rule
      self.target = target
      self.items = items
    }
  }

  /// An item that gets another target.
  package struct Example: Codable, Sendable, Hashable {
    package let key: [String]
    package let activeTarget: String
    package let target: String

    /// The item `key`.
    package init(key: [String], activeTarget: String, target: String) {
      self.key = key
      self.activeTarget = activeTarget
      self.target = target
    }
  }

  /// The units that splits keep together.
  package struct Units: Codable, Sendable, Hashable {
    /// Distinct units, among items that both sides decide by a split.
    package let units: Int
    /// Those that get another target.
    package let moved: Int

    /// `units` units of which `moved` move.
    package init(units: Int, moved: Int) {
      self.units = units
      self.moved = moved
    }
  }

  package let schema: String
  /// The request with every reference as a number and every option spelled out.
  package let request: BacktestRequest
  /// The digest of the backtested rules.
  package let rules: Digest
  package let active: Baseline
  package let layout: Layout
  /// The rows; then the outcomes, where they are in another version.
  package let sources: [ComparisonDocument.Source]
  package let roles: MetricRoles
  package let items: ComparisonDocument.Items
  package let coverage: Coverage
  package let conditions: Conditions
  package let changed: Int
  package let changes: [Change]
  package let examples: [Example]
  /// Shares of units that would move, rule by rule, whatever the rows are.
  package let movement: [MovementDocument]
  /// Nil where no item is decided by a split on both sides.
  package let units: Units?
  /// The results of both sides, on the items that both cover; nil for logged decisions.
  package var activeSummary: ArmDocument?
  package var summary: ArmDocument?
  /// The candidate compared with the active rules, sliced by its rules; nil where nothing can be
  /// compared.
  package var pair: PairDocument?
  package var offPolicy: OffPolicyDocument?
  package var findings: [ComparisonDocument.Finding]
  package var gates: [GateResult] = []
  package var verdict = Verdict.none
  /// The requirements that were not shown to be met, in words.
  package var failures: [String] = []

  /// A report of the decisions only; results are added to it.
  package init(
    request: BacktestRequest, rules: Digest, active: Baseline, layout: Layout,
    sources: [ComparisonDocument.Source], roles: MetricRoles, items: ComparisonDocument.Items,
    coverage: Coverage, conditions: Conditions, changed: Int, changes: [Change],
    examples: [Example], movement: [MovementDocument], units: Units?,
    findings: [ComparisonDocument.Finding]
  ) {
    schema = Self.format
    self.request = request
    self.rules = rules
    self.active = active
    self.layout = layout
    self.sources = sources
    self.roles = roles
    self.items = items
    self.coverage = coverage
    self.conditions = conditions
    self.changed = changed
    self.changes = changes
    self.examples = examples
    self.movement = movement
    self.units = units
    self.findings = findings
  }
}

/// An off-policy estimate: the evidence of logged decisions, each with its propensity, on rules
/// that would decide otherwise.
package struct OffPolicyDocument: Codable, Sendable, Hashable {
  /// Decisions with a propensity, a target and an outcome.
  package let rows: Int
  /// The effective sample size for the candidate's decisions.
  package let effectiveRows: Double
  /// The effective sample size for the active rules.
  package let activeEffectiveRows: Double
  /// The least effective sample size from which anything is estimated.
  package let leastEffectiveRows: Int
  /// The mean ratio of the candidate's propensity to the logged one; well below 1 where it would
  /// choose what was never tried.
  package let meanWeight: Double

  /// The effective sample sizes of the weighted rows.
  package init(
    rows: Int, effectiveRows: Double, activeEffectiveRows: Double, leastEffectiveRows: Int,
    meanWeight: Double
  ) {
    self.rows = rows
    self.effectiveRows = effectiveRows
    self.activeEffectiveRows = activeEffectiveRows
    self.leastEffectiveRows = leastEffectiveRows
    self.meanWeight = meanWeight
  }
}
