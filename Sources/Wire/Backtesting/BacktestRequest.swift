package import Model

/// Which rules are tried on which rows.
package struct BacktestRequest: Codable, Sendable, Hashable {
  /// The rules that are tried, `support@7`.
  package var rules: String
  /// The rows; nil for those that the rules' own gates name.
  package var on: String?
  /// The rules they are compared with; nil for what is live.
  package var active: String?
  /// Instead of rules, the target that would get everything.
  package var baseline: String?
  /// Rows with the outcomes of logged decisions; nil where the rows have them.
  package var outcomes: String?
  package var options: BacktestOptions?
  /// Where the report is kept; nil for nowhere.
  package var save: SaveOrder?

  /// A trial of `rules`.
  package init(rules: String, on: String? = nil) {
    self.rules = rules
    self.on = on
  }
}

/// How rules are tried: everything, besides rules and rows, that a number in the report depends on.
package struct BacktestOptions: Codable, Sendable, Hashable {
  /// The column that names the model of a row.
  package var by = "model"
  /// The columns that identify an item; nil for the version's key without `by`.
  package var key: [String]?
  /// Fields of a request and the columns they come from: `request.task` from `task`.
  package var map: [DataText: String] = [:]
  /// Targets and their values of `by`, where these are neither its name nor its model.
  package var targets: [DataText: String] = [:]
  /// Which columns play which part, where their names do not tell it.
  package var roles = MetricRoles()
  /// More metrics: those of which more is better, and those of which less is.
  package var higher: [String] = []
  package var lower: [String] = []
  /// Rows with the same value here share their luck.
  package var cluster: String?
  /// The column that numbers the attempts at an item.
  package var repeats: String?
  /// What SQL would say after WHERE.
  package var condition: String?
  /// The coverage of intervals; gates have their own.
  package var confidence = 0.95
  package var seed: UInt64 = 1
  /// Draws of the bootstrap.
  package var resamples = 9_999
  /// Below so many rows' worth of logged decisions, nothing is estimated from them.
  package var leastEffectiveRows = 30
  /// How many of the items that are decided otherwise are named.
  package var examples = 20

  /// The usual options.
  package init() {}

  private enum CodingKeys: String, CodingKey {
    case by, key, map, targets, roles, higher, lower, cluster, confidence, seed, resamples
    case leastEffectiveRows, examples
    case condition = "where"
    case repeats = "repeat"
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    by = try members.decodeIfPresent(String.self, forKey: .by) ?? by
    key = try members.decodeIfPresent([String].self, forKey: .key)
    map = try members.decodeIfPresent([DataText: String].self, forKey: .map) ?? [:]
    targets = try members.decodeIfPresent([DataText: String].self, forKey: .targets) ?? [:]
    roles = try members.decodeIfPresent(MetricRoles.self, forKey: .roles) ?? MetricRoles()
    higher = try members.decodeIfPresent([String].self, forKey: .higher) ?? []
    lower = try members.decodeIfPresent([String].self, forKey: .lower) ?? []
    cluster = try members.decodeIfPresent(String.self, forKey: .cluster)
    repeats = try members.decodeIfPresent(String.self, forKey: .repeats)
    condition = try members.decodeIfPresent(String.self, forKey: .condition)
    confidence = try members.decodeIfPresent(Double.self, forKey: .confidence) ?? confidence
    seed = try members.decodeIfPresent(UInt64.self, forKey: .seed) ?? seed
    resamples = try members.decodeIfPresent(Int.self, forKey: .resamples) ?? resamples
    leastEffectiveRows =
      try members.decodeIfPresent(Int.self, forKey: .leastEffectiveRows) ?? leastEffectiveRows
    examples = try members.decodeIfPresent(Int.self, forKey: .examples) ?? examples
  }
}
