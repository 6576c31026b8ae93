package import Model

/// Arms compared item by item, and everything that is needed to compute it again.
package struct ComparisonDocument: Codable, Sendable, Hashable {
  /// The form of the document, whose edition stands behind it.
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

  /// One of what is compared.
  package struct Arm: Codable, Sendable, Hashable {
    /// The reference, or the value of the column that tells arms apart.
    package let name: String
    /// The version its rows are of.
    package let reference: String
    /// Its rows, those left out included.
    package let rows: Int
    /// How it did on the items that all arms have.
    package let summary: ArmDocument

    /// The arm called `name`.
    package init(name: String, reference: String, rows: Int, summary: ArmDocument) {
      self.name = name
      self.reference = reference
      self.rows = rows
      self.summary = summary
    }
  }

  /// Something that the arms do not have in common, or that has to be known to trust the numbers.
  package struct Finding: Codable, Sendable, Hashable {
    /// What differs, such as `items`, `expected` or `scorer`.
    package let subject: String
    /// The arm it is about; nil for all.
    package let arm: String?
    package let what: String
    /// The subject of findings about metrics that not all arms have.
    package static let metrics = "metrics"
    /// How many items or rows it touches; nil where that is no question of counting.
    package let count: Int?
    /// Some of their keys.
    package let examples: [[String]]
    /// Whether the items it touches were left out.
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
    /// Over the sorted keys, so that the same items have the same digest.
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
  /// Which columns played which part.
  package let roles: MetricRoles
  /// The base first.
  package let arms: [Arm]
  /// Whether and how far the arms may be compared, and what was left out.
  package let findings: [Finding]
  /// One for each arm but the base.
  package let pairs: [PairDocument]
  package let gates: [GateResult]
  /// What the gates say together; nil where there are none.
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

/// What a gate said of a candidate.
package struct GateResult: Codable, Sendable, Hashable {
  /// What the change and the bound count in.
  package enum Scale: String, Codable, Sendable {
    /// Parts of the base's value.
    case relative
    /// Parts of one: a rate.
    case share
    /// The metric's own unit.
    case number
  }

  /// What the bound is about.
  package enum Kind: String, Codable, Sendable {
    /// Candidate minus base, or in parts of the base.
    case change
    /// The candidate's own value.
    case limit
  }

  /// As it was written.
  package let gate: String
  package let candidate: String
  package var verdict: Verdict
  package let scale: Scale
  /// The change, where the bound is about one; nil where there is none.
  package let change: EstimateDocument?
  package let bound: Double
  /// Nil in documents from before there were limits: a change.
  package var kind: Kind?
  /// The candidate's own value, where the bound is about that; nil where there is none.
  package var value: EstimateDocument?
  /// Why there is not enough data, or why it failed, where that is not the interval's doing.
  package var reason: String?
  /// About how many items would decide with a chance of 80 %, where the interval does not.
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
