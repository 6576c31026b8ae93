package import Model

/// A comparison of arms item by item, with everything that is needed to compute it again.
package struct ComparisonDocument: Codable, Sendable, Hashable {
  /// The name of the document's format, which its edition follows.
  package static let form = "assay.comparison"

  /// A version whose rows were read.
  package struct Source: Codable, Sendable, Hashable {
    package let reference: String
    package let snapshot: Digest
    package let rows: Int

    /// All of the version `reference`.
    package init(reference: String, snapshot: Digest, rows: Int) {
      self.reference = reference
      self.snapshot = snapshot
      self.rows = rows
    }
  }

  /// One side of a comparison.
  package struct Arm: Codable, Sendable, Hashable {
    /// The reference, or the value of the column that divides the arms.
    package let name: String
    /// The version of its rows.
    package let reference: String
    /// The number of its rows, including those left out.
    package let rows: Int
    /// Its measures on the items that all arms have.
    package let summary: ArmDocument

    /// The arm called `name`.
    package init(name: String, reference: String, rows: Int, summary: ArmDocument) {
      self.name = name
      self.reference = reference
      self.rows = rows
      self.summary = summary
    }
  }

  /// A difference between the arms, or another fact that a reader needs to trust the numbers.
  package struct Finding: Codable, Sendable, Hashable {
    /// The property that differs, such as `items`, `expected` or `scorer`.
    package let subject: String
    /// The arm that it concerns; nil for all.
    package let arm: String?
    package let what: String
    /// The subject of findings about metrics that not all arms have.
    package static let metrics = "metrics"
    /// The number of items or rows that it concerns; nil where nothing is counted.
    package let count: Int?
    /// Some of their keys.
    package let examples: [[String]]
    /// True when the items that it concerns were left out.
    package let isLeftOut: Bool

    /// A finding about `arm`.
    package init(
      _ subject: String, arm: String?, _ what: String, count: Int? = nil,
      examples: [[String]] = [], isLeftOut: Bool = false
    ) {
      self.subject = subject
      self.arm = arm
      self.what = what
      self.count = count
      self.examples = examples
      self.isLeftOut = isLeftOut
    }
  }

  /// The items that are compared.
  package struct Items: Codable, Sendable, Hashable {
    /// The columns that identify one.
    package let key: [String]
    package let count: Int
    /// The digest of the sorted keys: the same items have the same digest.
    package let digest: Digest

    /// `count` items.
    package init(key: [String], count: Int, digest: Digest) {
      self.key = key
      self.count = count
      self.digest = digest
    }
  }

  package let format: String
  /// The request with every reference as a number and every option spelled out.
  package let request: ComparisonRequest
  package let sources: [Source]
  package let items: Items
  /// The column of each role.
  package let roles: MetricRoles
  /// The base first.
  package let arms: [Arm]
  /// The limits of the comparison: differences between the arms, and rows and items left out.
  package let findings: [Finding]
  /// One for each arm but the base.
  package let pairs: [PairDocument]
  package let gates: [GateResult]
  /// The verdict of all gates together; nil without gates.
  package let verdict: Verdict?

  /// A comparison from its parts.
  package init(
    _ edition: Edition = .current, request: ComparisonRequest, sources: [Source], items: Items,
    roles: MetricRoles, arms: [Arm], findings: [Finding], pairs: [PairDocument],
    gates: [GateResult]
  ) {
    format = edition.format(Self.form)
    self.request = request
    self.sources = sources
    self.items = items
    self.roles = roles
    self.arms = arms
    self.findings = findings
    self.pairs = pairs
    self.gates = gates
    verdict = Verdict(gates.map(\.verdict))
  }
}

/// The result of a gate for a candidate.
package struct GateResult: Codable, Sendable, Hashable {
  /// The unit of the change and the bound.
  package enum Scale: String, Codable, Sendable {
    /// A fraction of the base's value.
    case relative
    /// A fraction of one: a rate.
    case share
    /// The metric's own unit.
    case number
  }

  /// The quantity that a bound limits.
  package enum Kind: String, Codable, Sendable {
    /// Candidate minus base, or that difference as a fraction of the base.
    case change
    /// The candidate's own value.
    case limit
  }

  /// The gate's text as the user wrote it.
  package let gate: String
  package let candidate: String
  package var verdict: Verdict
  package let scale: Scale
  /// The change, where the bound limits one; nil where there is none.
  package let change: EstimateDocument?
  package let bound: Double
  /// Nil in documents from before there were limits: a change.
  package var kind: Kind?
  /// The candidate's own value, where the bound limits that; nil where there is none.
  package var value: EstimateDocument?
  /// The cause of a verdict that does not follow from the interval: too little data, or a failure.
  package var reason: String?
  /// The approximate number of items that would decide with a power of 80 %, where the interval
  /// does not.
  package var itemsNeeded: Int?

  /// A gate's verdict about `candidate`.
  package init(
    gate: String, candidate: String, verdict: Verdict, scale: Scale, change: EstimateDocument?,
    bound: Double, kind: Kind? = nil
  ) {
    self.gate = gate
    self.candidate = candidate
    self.verdict = verdict
    self.scale = scale
    self.change = change
    self.bound = bound
    self.kind = kind
  }
}
