package import Model

/// The author, message and precondition of a rule set to save.
package struct RulesPushRequest: Sendable, Hashable {
  package var message = ""
  /// Empty for the caller that the service authenticated.
  package var author = ""
  /// The number that the latest version must have; 0 for none.
  package var expect: Int?
  /// True to report what would happen, and save nothing.
  package var isDryRun = false

  /// A push with the default options.
  package init() {}
}

/// A share of a rule's units that gets another target.
package struct MovementDocument: Codable, Sendable, Hashable {
  package let rule: String
  /// `weights`, `reshuffled` (another salt or other fields: every unit is redrawn) or `replaced`.
  package let cause: String
  /// Of 10,000 units of the rule.
  package let basisPoints: Int

  /// A movement of so many basis points of a rule's units.
  package init(rule: String, cause: String, basisPoints: Int) {
    self.rule = rule
    self.cause = cause
    self.basisPoints = basisPoints
  }
}

/// The outcome of a push of rules.
package struct RulesPushDocument: Codable, Sendable, Hashable {
  /// Nil when nothing was saved, as in a dry run.
  package let version: VersionDocument?
  /// False when a version already has this document.
  package let isNew: Bool
  /// The SHA-256 of the document's canonical form.
  package let digest: Digest
  /// The version it was compared with.
  package let parent: Int?
  package let movement: [MovementDocument]
  package let changes: [RuleChangeDocument]

  /// The outcome of a push.
  package init(
    version: VersionDocument?, isNew: Bool, digest: Digest, parent: Int?,
    movement: [MovementDocument], changes: [RuleChangeDocument]
  ) {
    self.version = version
    self.isNew = isNew
    self.digest = digest
    self.parent = parent
    self.movement = movement
    self.changes = changes
  }
}

/// A difference between two versions of a rule set.
package struct RuleChangeDocument: Codable, Sendable, Hashable {
  /// The kind of difference.
  package enum Change: String, Codable, Sendable {
    case added, removed, changed
    /// The rule is the same, but its place among the others differs.
    case moved
  }

  /// `rule mid-a`, `target mid-a`, or a member of the document: `default`, `timeouts`.
  package let what: String
  package let change: Change
  /// The members of a changed rule that differ.
  package let members: [String]

  /// A difference in `what`.
  package init(what: String, change: Change, members: [String] = []) {
    self.what = what
    self.change = change
    self.members = members
  }
}

/// A rule set, summarized and whole.
package struct RuleSetDocument: Codable, Sendable, Hashable {
  /// The summary of a rule.
  package struct Rule: Codable, Sendable, Hashable {
    package let name: String
    package let enabled: Bool
    /// The condition as JSON text; empty when it is always true.
    package let when: String
    /// A target, or shares: `mid-a 95 %, mid-b 5 %`.
    package let serves: String
    package let fallbacks: [String]
    package let shadows: [String]

    /// A rule's summary with all of its members.
    package init(
      name: String, enabled: Bool, when: String, serves: String, fallbacks: [String],
      shadows: [String]
    ) {
      self.name = name
      self.enabled = enabled
      self.when = when
      self.serves = serves
      self.fallbacks = fallbacks
      self.shadows = shadows
    }
  }

  package let version: VersionDocument
  package let digest: Digest
  package let rules: [Rule]
  /// The target that serves when no rule is true.
  package let fallback: String
  /// The whole document.
  package let document: JSON

  /// The rule set of `version`.
  package init(
    version: VersionDocument, digest: Digest, rules: [Rule], fallback: String,
    document: JSON
  ) {
    self.version = version
    self.digest = digest
    self.rules = rules
    self.fallback = fallback
    self.document = document
  }
}

/// The state of a router: its latest version and its live one.
package struct RouterDocument: Codable, Sendable, Hashable {
  package let name: DatasetName
  /// The latest version that was saved.
  package let latest: VersionDocument
  /// Nil before the first deployment.
  package let live: DeploymentDocument?
  /// The digest of the live version's document.
  package let digest: Digest?
  /// The share of units that the live version decides at present, in basis points.
  package let share: Int?
  /// Decisions recorded since the server started; nil where nothing is recorded.
  package var recording: Recording?

  /// The counts of decisions on their way to disk.
  package struct Recording: Codable, Sendable, Hashable {
    package var recorded = 0
    /// Decisions that were lost: too many came at once, or the disk failed.
    package var dropped = 0
    /// Decisions that sampling left out.
    package var unsampled = 0
    /// Decisions that wait to be written.
    package var waiting = 0

    /// Counts that are all zero.
    package init() {}
  }

  /// The state of a router.
  package init(
    name: DatasetName, latest: VersionDocument, live: DeploymentDocument?, digest: Digest?,
    share: Int?
  ) {
    self.name = name
    self.latest = latest
    self.live = live
    self.digest = digest
    self.share = share
  }
}

/// The rows over which rule sets are compared.
package struct RuleDiffRequest: Sendable, Hashable {
  /// Rows that are contexts, or have one in a column `context`.
  package var rows: Reference?
  /// The number of differently decided rows to list.
  package var limit = 20

  /// A comparison of the documents only.
  package init() {}
}

/// The differences between two rule sets.
package struct RuleDiffDocument: Codable, Sendable, Hashable {
  package let old: String
  package let new: String
  package let changes: [RuleChangeDocument]
  package let movement: [MovementDocument]
  /// Nil when no rows were named.
  package let decisions: Decisions?

  /// The differences between decisions over rows.
  package struct Decisions: Codable, Sendable, Hashable {
    /// The number of rows that went from one target to another, or stayed.
    package struct Cell: Codable, Sendable, Hashable {
      package let oldTarget: String
      package let newTarget: String
      package let rows: Int

      /// A cell of the matrix.
      package init(oldTarget: String, newTarget: String, rows: Int) {
        self.oldTarget = oldTarget
        self.newTarget = newTarget
        self.rows = rows
      }
    }

    /// A row that is decided differently.
    package struct Row: Codable, Sendable, Hashable {
      /// The row's place in the version, from 0.
      package let row: Int
      /// The name of the row: its key, or `request.id`.
      package let item: String
      package let oldTarget: String
      package let newTarget: String
      package let oldRule: String?
      package let newRule: String?

      /// A row with its decisions before and after.
      package init(
        row: Int, item: String, oldTarget: String, newTarget: String, oldRule: String?,
        newRule: String?
      ) {
        self.row = row
        self.item = item
        self.oldTarget = oldTarget
        self.newTarget = newTarget
        self.oldRule = oldRule
        self.newRule = newRule
      }
    }

    package let version: String
    package let rows: Int
    package let changed: Int
    package let matrix: [Cell]
    /// The first of the changed rows.
    package let examples: [Row]

    /// The differences over `rows` rows of `version`.
    package init(version: String, rows: Int, changed: Int, matrix: [Cell], examples: [Row]) {
      self.version = version
      self.rows = rows
      self.changed = changed
      self.matrix = matrix
      self.examples = examples
    }
  }

  /// The differences between `old` and `new`.
  package init(
    old: String, new: String, changes: [RuleChangeDocument], movement: [MovementDocument],
    decisions: Decisions?
  ) {
    self.old = old
    self.new = new
    self.changes = changes
    self.movement = movement
    self.decisions = decisions
  }
}

/// The members of a decision that people read.
package struct DecisionDocument: Codable, Sendable, Hashable {
  package let version: Int
  package let rule: String?
  package let checked: [[String]]
  package let reason: String
  package let variant: String?
  package let target: String
  package let bucket: Int?
  package let unitSource: String?
  package let propensityPPM: Int
  package let shadow: [String]

  private enum CodingKeys: String, CodingKey {
    case version, rule, checked, reason, variant, target, bucket, shadow
    case unitSource = "unit_source"
    case propensityPPM = "propensity_ppm"
  }
}
