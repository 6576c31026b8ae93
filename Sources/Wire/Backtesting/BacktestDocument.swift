package import Model

/// What a rule set would have done on stored rows, and everything needed to compute it again.
package struct BacktestDocument: Codable, Sendable, Hashable {
  /// The form of the document.
  package static let format = "assay.backtest/1"

  /// What the rows are.
  package enum Layout: String, Codable, Sendable {
    /// One row for each item and model.
    case bakeoff
    /// One row for each decision that was made, with the chance it had.
    case decisions
  }

  /// What the gates of the rules say together.
  package enum Verdict: String, Codable, Sendable {
    case pass, fail
    /// Not enough data to say.
    case insufficient
    /// The rules have no gates.
    case none
  }

  /// What the rules are compared with.
  package struct Baseline: Codable, Sendable, Hashable {
    /// How the report calls it: the reference of rules, or a target.
    package let name: String
    /// The digest of the rules; nil where one target gets everything.
    package let digest: Digest?

    /// Rules, or a target.
    package init(name: String, digest: Digest?) {
      self.name = name
      self.digest = digest
    }
  }

  /// For how many items it is known which target is chosen, since every condition could tell, and
  /// how it did, since a result of it is stored.
  package struct Coverage: Codable, Sendable, Hashable {
    package let items: Int
    package let candidate: Int
    package let active: Int
    /// Those that are compared.
    package let both: Int

    /// Of `items` items.
    package init(items: Int, candidate: Int, active: Int, both: Int) {
      self.items = items
      self.candidate = candidate
      self.active = active
      self.both = both
    }
  }

  /// What became of one rule of the candidate.
  package struct RuleUse: Codable, Sendable, Hashable {
    /// Nil for the default.
    package let rule: String?
    /// Items that it decided.
    package let items: Int
    /// Those of them with a stored result for the chosen target.
    package let covered: Int
    /// Items it was asked about and could not tell.
    package let unknown: Int

    /// The use of `rule`.
    package init(rule: String?, items: Int, covered: Int, unknown: Int) {
      self.rule = rule
      self.items = items
      self.covered = covered
      self.unknown = unknown
    }
  }

  /// How conditions went.
  package struct Conditions: Codable, Sendable, Hashable {
    /// Rules that were asked, over all items.
    package let checked: Int
    /// Those that could not tell: a field was absent or of another type.
    package let unknown: Int
    /// Items for which at least one could not tell.
    package let itemsWithUnknown: Int
    /// Items that no rule was true for.
    package let defaulted: Int
    /// In the order of the document, the default last.
    package let rules: [RuleUse]

    /// How conditions went.
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

    /// So many items went this way.
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

  /// Units that splits hold on to.
  package struct Units: Codable, Sendable, Hashable {
    /// Different ones, among items that both decide by a split.
    package let units: Int
    /// Those that get another target.
    package let moved: Int

    /// So many of them move.
    package init(units: Int, moved: Int) {
      self.units = units
      self.moved = moved
    }
  }

  package let schema: String
  /// The request with every reference as a number and every option spelled out.
  package let request: BacktestRequest
  /// The digest of the rules that were tried.
  package let rules: Digest
  package let active: Baseline
  package let layout: Layout
  /// The rows; then the outcomes, where they are apart.
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
  /// How both did, on the items that both have results for; none for logged decisions.
  package var activeSummary: ArmDocument?
  package var summary: ArmDocument?
  /// The candidate against the active rules, by its rules; nil where nothing can be said.
  package var pair: PairDocument?
  package var offPolicy: OffPolicyDocument?
  package var findings: [ComparisonDocument.Finding]
  package var gates: [GateResult] = []
  package var verdict = Verdict.none
  /// What was not shown, in words.
  package var failures: [String] = []

  /// What the decisions alone tell; results are added.
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

/// What logged decisions, each with the chance it had, tell of rules that would have decided
/// otherwise.
package struct OffPolicyDocument: Codable, Sendable, Hashable {
  /// Decisions with a chance, a target and an outcome.
  package let rows: Int
  /// How many decisions by the candidate they are worth.
  package let effectiveRows: Double
  /// The same for the active rules.
  package let activeEffectiveRows: Double
  /// The fewest that anything is estimated from.
  package let leastEffectiveRows: Int
  /// The mean of the candidate's chance over the logged one; well below 1 where it would choose
  /// what was never tried.
  package let meanWeight: Double

  /// What rows are worth.
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
