package import Model

/// What a door asks of a store about which model to use.
package protocol ReportService: Sendable {
  /// Lays all models of a version beside one another, and keeps that where the request says so.
  /// - Throws: ``StoreError``: `usage` for columns that are not there or tell nothing, `missing`
  ///   for a version that is not there.
  func report(_ request: ReportRequest) throws(StoreError) -> Kept<ReportDocument>

  /// A report that was kept.
  func report(_ reference: Reference) throws(StoreError) -> Kept<ReportDocument>

  /// Computes a report that was kept again, from the version it names.
  func verifyReport(_ reference: Reference) throws(StoreError) -> RecomputationDocument
}

/// Which rows a report is of, and what it tells of them.
package struct ReportRequest: Codable, Sendable, Hashable {
  /// The version.
  package var reference: String
  /// The column that tells models apart.
  package var by: String
  /// Which columns play which part, where their names do not tell it.
  package var roles = MetricRoles()
  /// Further columns whose means are told.
  package var metrics: [String] = []
  /// Columns for each value of which a model is looked for.
  package var slices: [String] = []
  /// The columns that identify an item; nil for the version's key without `by`.
  package var key: [String]?
  /// Rows with the same value here share their luck; nil for rows of the same item.
  package var cluster: String?
  /// The column that numbers the attempts at an item.
  package var repeats: String?
  /// What SQL would say after WHERE.
  package var condition: String?
  /// The coverage of intervals.
  package var confidence = 0.95
  /// Where the report is kept; nil for nowhere.
  package var save: SaveOrder?

  /// A report of a version whose models are the values of `by`.
  package init(_ reference: String, by: String) {
    self.reference = reference
    self.by = by
  }

  private enum CodingKeys: String, CodingKey {
    case reference, by, roles, metrics, slices, key, cluster, confidence, save
    case condition = "where"
    case repeats = "repeat"
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    reference = try members.decode(String.self, forKey: .reference)
    by = try members.decode(String.self, forKey: .by)
    roles = try members.decodeIfPresent(MetricRoles.self, forKey: .roles) ?? MetricRoles()
    metrics = try members.decodeIfPresent([String].self, forKey: .metrics) ?? []
    slices = try members.decodeIfPresent([String].self, forKey: .slices) ?? []
    key = try members.decodeIfPresent([String].self, forKey: .key)
    cluster = try members.decodeIfPresent(String.self, forKey: .cluster)
    repeats = try members.decodeIfPresent(String.self, forKey: .repeats)
    condition = try members.decodeIfPresent(String.self, forKey: .condition)
    confidence = try members.decodeIfPresent(Double.self, forKey: .confidence) ?? confidence
    save = try members.decodeIfPresent(SaveOrder.self, forKey: .save)
  }
}
