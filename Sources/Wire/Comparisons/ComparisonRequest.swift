/// Which arms are compared, and how.
package struct ComparisonRequest: Codable, Sendable, Hashable {
  /// The version whose rows are told apart by a column; nil where each arm is a version.
  package var reference: String?
  /// The column whose values are the arms, `model`; goes with `reference`.
  package var by: String?
  /// The arm that the others are measured against: a reference, or a value of `by`.
  ///
  /// Nil with `by` for that of the first row.
  package var base: String?
  /// The other arms: references, or values of `by`; none with `by` for all that there are.
  package var candidates: [String]
  /// Nil for the usual ones, or those of the registration.
  package var options: ComparisonOptions?
  /// The gates that were registered before, a reference; the options are then its own.
  package var registered: String?
  /// Where the comparison is kept; nil for nowhere.
  package var save: SaveOrder?

  /// A comparison of versions.
  package init(base: String, candidates: [String]) {
    self.base = base
    self.candidates = candidates
  }

  /// A comparison of the values of a column of one version.
  package init(of reference: String, by column: String, base: String?, candidates: [String]) {
    self.reference = reference
    by = column
    self.base = base
    self.candidates = candidates
  }

  private enum CodingKeys: String, CodingKey {
    case reference, by, base, candidates, options, registered, save
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    reference = try members.decodeIfPresent(String.self, forKey: .reference)
    by = try members.decodeIfPresent(String.self, forKey: .by)
    base = try members.decodeIfPresent(String.self, forKey: .base)
    candidates = try members.decodeIfPresent([String].self, forKey: .candidates) ?? []
    options = try members.decodeIfPresent(ComparisonOptions.self, forKey: .options)
    registered = try members.decodeIfPresent(String.self, forKey: .registered)
    save = try members.decodeIfPresent(SaveOrder.self, forKey: .save)
  }
}

/// Where a document is kept.
package struct SaveOrder: Codable, Sendable, Hashable {
  /// The dataset.
  package var name: String
  package var message: String?
  package var author: String?

  /// The next version of the dataset `name`.
  package init(name: String, message: String? = nil, author: String? = nil) {
    self.name = name
    self.message = message
    self.author = author
  }
}

/// How arms are compared: everything, besides the rows, that a number in the answer depends on.
package struct ComparisonOptions: Codable, Sendable, Hashable {
  /// Metrics whose names tell their direction.
  package var metrics: [String] = []
  /// Metrics of which more is better.
  package var higher: [String] = []
  /// Metrics of which less is better.
  package var lower: [String] = []
  /// Such as `success >= -2pp`.
  package var gates: [String] = []
  /// Which columns play which part, where their names do not tell it.
  package var roles = MetricRoles()
  /// The columns that identify an item; nil for the version's key without `by` and `repeats`.
  package var key: [String]?
  /// Rows with the same value here share their luck.
  package var cluster: String?
  /// The column that numbers the attempts at an item.
  package var repeats: String?
  /// Columns by whose values everything is told again.
  package var slices: [String] = []
  /// What SQL would say after WHERE.
  package var condition: String?
  /// The coverage of intervals.
  package var confidence = 0.95
  package var seed: UInt64 = 1
  /// Draws of the bootstrap and of the sign-flip test.
  package var resamples = 9_999
  /// How many of the items that got worse are named, for each metric.
  package var worst = 5
  /// What becomes of gates where items of the base are not compared; nil for `undecided`.
  package var missing: Missing?
  /// Columns that may differ between the arms and change no item and no gate; nil for none.
  package var allowedChanges: [String]?
  /// How the gates are read: 1, where every bound is one on a change, or 2, where one without a
  /// sign is a limit.
  ///
  /// Nil is 2 in a request, and 1 in a document from before there were two.
  package var grammar: Int?

  /// What becomes of gates where fewer than all of the base's items are compared.
  package enum Missing: String, Codable, Sendable, CaseIterable {
    /// There is not enough data to say.
    case undecided
    /// The gate is about the items that are there.
    case ignore
    /// The gate fails.
    case fail
  }

  /// The usual options.
  package init() {}

  private enum CodingKeys: String, CodingKey {
    case metrics, higher, lower, gates, roles, key, cluster, slices, confidence, seed, resamples
    case worst, missing, grammar
    case allowedChanges = "allowChange"
    case repeats = "repeat"
    case condition = "where"
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    func list(_ key: CodingKeys) throws -> [String] {
      try members.decodeIfPresent([String].self, forKey: key) ?? []
    }
    metrics = try list(.metrics)
    higher = try list(.higher)
    lower = try list(.lower)
    gates = try list(.gates)
    slices = try list(.slices)
    roles = try members.decodeIfPresent(MetricRoles.self, forKey: .roles) ?? MetricRoles()
    key = try members.decodeIfPresent([String].self, forKey: .key)
    cluster = try members.decodeIfPresent(String.self, forKey: .cluster)
    repeats = try members.decodeIfPresent(String.self, forKey: .repeats)
    condition = try members.decodeIfPresent(String.self, forKey: .condition)
    confidence = try members.decodeIfPresent(Double.self, forKey: .confidence) ?? confidence
    seed = try members.decodeIfPresent(UInt64.self, forKey: .seed) ?? seed
    resamples = try members.decodeIfPresent(Int.self, forKey: .resamples) ?? resamples
    worst = try members.decodeIfPresent(Int.self, forKey: .worst) ?? worst
    missing = try members.decodeIfPresent(Missing.self, forKey: .missing)
    allowedChanges = try members.decodeIfPresent([String].self, forKey: .allowedChanges)
    grammar = try members.decodeIfPresent(Int.self, forKey: .grammar)
  }
}
