/// The arms to compare, and the options of the comparison.
package struct ComparisonRequest: Codable, Sendable, Hashable {
  /// The version whose rows a column divides into arms; nil where each arm is a version.
  package var reference: String?
  /// The column whose values are the arms, `model`; goes with `reference`.
  package var by: String?
  /// The arm that the others are measured against: a reference, or a value of `by`.
  ///
  /// Nil with `by` for that of the first row.
  package var base: String?
  /// The other arms: references, or values of `by`; empty with `by` for all other values.
  package var candidates: [String]
  /// Nil for the defaults, or those of the registration.
  package var options: ComparisonOptions?
  /// The reference of the registered gates; the options are then those of the registration.
  package var registered: String?
  /// The versions of scores beside the arms' own columns, or `none`; nil for the newest of each.
  ///
  /// In a document: those that it was computed with; nil for none.
  package var scores: [String]?
  /// The dataset that saves the comparison; nil to save nothing.
  package var save: SaveRequest?

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
    case reference, by, base, candidates, options, registered, scores, save
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    reference = try members.decodeIfPresent(String.self, forKey: .reference)
    by = try members.decodeIfPresent(String.self, forKey: .by)
    base = try members.decodeIfPresent(String.self, forKey: .base)
    candidates = try members.decodeIfPresent([String].self, forKey: .candidates) ?? []
    options = try members.decodeIfPresent(ComparisonOptions.self, forKey: .options)
    registered = try members.decodeIfPresent(String.self, forKey: .registered)
    scores = try members.decodeIfPresent([String].self, forKey: .scores)
    save = try members.decodeIfPresent(SaveRequest.self, forKey: .save)
  }
}

/// The dataset, message and author of a document to save.
package struct SaveRequest: Codable, Sendable, Hashable {
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

/// The options of a comparison: everything, besides the rows, on which a number in the answer
/// depends.
package struct ComparisonOptions: Codable, Sendable, Hashable {
  /// Metrics whose direction follows from their names.
  package var metrics: [String] = []
  /// Metrics of which more is better.
  package var higher: [String] = []
  /// Metrics of which less is better.
  package var lower: [String] = []
  /// Gates such as `success >= -2pp`.
  package var gates: [String] = []
  /// The columns of roles that do not follow from the columns' names.
  package var roles = MetricRoles()
  /// The columns that identify an item; nil for the version's key without `by` and `repeats`.
  package var key: [String]?
  /// The column whose equal values make a cluster: rows that may succeed or fail together.
  package var cluster: String?
  /// The column that numbers the attempts at an item.
  package var repeats: String?
  /// Columns for each of whose values the results are repeated.
  package var slices: [String] = []
  /// The condition that rows must meet, as in SQL after WHERE.
  package var condition: String?
  /// The coverage of intervals, from 0 to 1.
  package var confidence = 0.95
  package var seed: UInt64 = 1
  /// The number of resamples of the bootstrap and of the sign-flip test.
  package var resamples = 9_999
  /// The number of items to list, for each metric, among those that got worse.
  package var worst = 5
  /// The treatment of gates where items of the base are not compared; nil for `undecided`.
  package var missing: Missing?
  /// Columns that may differ between the arms and change no item and no gate; nil for none.
  package var allowedChanges: [String]?
  /// The edition of the gates' grammar: 1, in which every bound limits a change, or 2, in which a
  /// bound without a sign limits the value itself.
  ///
  /// Nil means 2 in a request, and 1 in a document older than the second.
  package var grammar: Int?

  /// The treatment of gates where fewer than all of the base's items are compared.
  package enum Missing: String, Codable, Sendable, CaseIterable {
    /// The gate is undecided for lack of data.
    case undecided
    /// The gate judges only the items that are compared.
    case ignore
    /// The gate fails.
    case fail
  }

  /// The default options.
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
