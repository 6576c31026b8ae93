package import Model

/// The rules of a backtest, and the rows that they are tried on.
package struct BacktestRequest: Codable, Sendable, Hashable {
  /// The rules to try, `support@7`.
  package var rules: String
  /// The rows; nil for those that the rules' own gates name.
  package var on: String?
  /// The rules to compare with; nil for the live ones.
  package var active: String?
  /// The target that would get every request, in place of `active`.
  package var baseline: String?
  /// Rows with the outcomes of logged decisions; nil where the rows have them.
  package var outcomes: String?
  package var options: BacktestOptions?
  /// As in ``ComparisonRequest/scores``, of the rows.
  package var scores: [String]?
  /// The dataset that saves the report; nil to save nothing.
  package var save: SaveRequest?

  /// A backtest of `rules`.
  package init(rules: String, on: String? = nil) {
    self.rules = rules
    self.on = on
  }
}

/// The options of a backtest: everything, besides rules and rows, on which a number in the report
/// depends.
package struct BacktestOptions: Codable, Sendable, Hashable {
  /// The column that names the model of a row.
  package var by = "model"
  /// The columns that identify an item; nil for the version's key without `by`.
  package var key: [String]?
  /// The columns of fields of a request: `request.task` from `task`.
  package var map: [DataText: String] = [:]
  /// The values of `by` of targets for which it is neither their name nor their model.
  package var targets: [DataText: String] = [:]
  /// The columns of roles that do not follow from the columns' names.
  package var roles = MetricRoles()
  /// More metrics: those of which more is better, and those of which less is better.
  package var higher: [String] = []
  package var lower: [String] = []
  /// The column whose equal values make a cluster: rows that may succeed or fail together.
  package var cluster: String?
  /// The column that numbers the attempts at an item.
  package var repeats: String?
  /// The condition that rows must meet, as in SQL after WHERE.
  package var condition: String?
  /// The coverage of intervals; gates have their own.
  package var confidence = 0.95
  package var seed: UInt64 = 1
  /// The number of resamples of the bootstrap.
  package var resamples = 9_999
  /// The least effective sample size of logged decisions from which anything is estimated.
  package var leastEffectiveRows = 30
  /// The number of differently decided items to list.
  package var examples = 20

  /// The default options.
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
