package import Model

/// Who saves a rule set, why, and over what.
package struct RulesPushRequest: Sendable, Hashable {
  package var message = ""
  /// Empty for whoever the service takes the caller for.
  package var author = ""
  /// The latest version there has to be; 0 for none.
  package var expect: Int?
  /// Whether to tell what would happen, and save nothing.
  package var isDryRun = false

  /// A plain push.
  package init() {}
}

/// A share of a rule's units that gets another target.
package struct MovementDocument: Codable, Sendable, Hashable {
  package let rule: String
  /// `weights`, `reshuffled` (new salt or fields: everybody is drawn anew) or `replaced`.
  package let cause: String
  /// Of 10,000 units of the rule.
  package let basisPoints: Int

  /// A movement.
  package init(rule: String, cause: String, basisPoints: Int) {
    self.rule = rule
    self.cause = cause
    self.basisPoints = basisPoints
  }
}

/// What became of a rule document.
package struct RulesPushDocument: Codable, Sendable, Hashable {
  /// Nil when nothing was saved, for it was only tried.
  package let version: VersionDocument?
  /// False when a version has this very document already.
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

/// A member of a rule set that two versions differ in.
package struct RuleChangeDocument: Codable, Sendable, Hashable {
  /// How it changed.
  package enum Change: String, Codable, Sendable {
    case added, removed, changed
    /// The same rule among others before it.
    case moved
  }

  /// `rule mid-a`, `target mid-a`, or a member of the document: `default`, `timeouts`.
  package let what: String
  package let change: Change
  /// The members of a changed rule that differ.
  package let members: [String]

  /// A change.
  package init(what: String, change: Change, members: [String] = []) {
    self.what = what
    self.change = change
    self.members = members
  }
}

/// A rule set in short, and whole.
package struct RuleSetDocument: Codable, Sendable, Hashable {
  /// A rule in a line.
  package struct Rule: Codable, Sendable, Hashable {
    package let name: String
    package let enabled: Bool
    /// The condition as JSON text; empty when it is always true.
    package let when: String
    /// A target, or shares: `mid-a 95 %, mid-b 5 %`.
    package let serves: String
    package let fallbacks: [String]
    package let shadows: [String]

    /// A rule.
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
  /// What serves when no rule is true.
  package let fallback: String
  /// The whole document.
  package let document: CanonicalJSON

  /// A version's rule set.
  package init(
    version: VersionDocument, digest: Digest, rules: [Rule], fallback: String,
    document: CanonicalJSON
  ) {
    self.version = version
    self.digest = digest
    self.rules = rules
    self.fallback = fallback
    self.document = document
  }
}

/// What is live.
package struct RouterDocument: Codable, Sendable, Hashable {
  package let name: DatasetName
  /// The latest version that was saved.
  package let latest: VersionDocument
  /// Nil when nothing was deployed.
  package let live: DeploymentDocument?
  /// The digest of the live version's document.
  package let digest: Digest?
  /// The share of units that the live version decides for now, in basis points.
  package let share: Int?
  /// Decisions recorded since the server started; nil where nothing is recorded.
  package var recording: Recording?

  /// What became of decisions on their way to disk.
  package struct Recording: Codable, Sendable, Hashable {
    package var recorded = 0
    /// Decisions that are not on disk and never will be: too many came at once, or the disk failed.
    package var dropped = 0
    /// Decisions that were left out on purpose.
    package var unsampled = 0
    /// Decisions that wait to be written.
    package var waiting = 0

    /// None so far.
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

/// What to compare rule sets over.
package struct RuleDiffRequest: Sendable, Hashable {
  /// Rows that are contexts, or have one in a column `context`.
  package var rows: Reference?
  /// How many of the rows that are decided otherwise are listed.
  package var limit = 20

  /// A comparison of the documents alone.
  package init() {}
}

/// What differs between two rule sets.
package struct RuleDiffDocument: Codable, Sendable, Hashable {
  package let old: String
  package let new: String
  package let changes: [RuleChangeDocument]
  package let movement: [MovementDocument]
  /// Nil when no rows were named.
  package let decisions: Decisions?

  /// What differs over rows.
  package struct Decisions: Codable, Sendable, Hashable {
    /// So many rows went from one target to another, or stayed.
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

    /// A row that is decided otherwise.
    package struct Row: Codable, Sendable, Hashable {
      /// The row's place in the version, from 0.
      package let row: Int
      /// What names the row: its key, or `request.id`.
      package let item: String
      package let oldTarget: String
      package let newTarget: String
      package let oldRule: String?
      package let newRule: String?

      /// A row.
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

    /// What differs over `rows` rows of `version`.
    package init(version: String, rows: Int, changed: Int, matrix: [Cell], examples: [Row]) {
      self.version = version
      self.rows = rows
      self.changed = changed
      self.matrix = matrix
      self.examples = examples
    }
  }

  /// What differs between `old` and `new`.
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

/// The part of a decision that people read.
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
