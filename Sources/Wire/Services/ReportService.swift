package import Model

/// The calls on reports that compare all models in a version.
package protocol ReportService: Sendable {
  /// Compares all models in a version, and saves the report where the request says so.
  /// - Throws: ``StoreError``: `usage` for columns that are missing or hold nothing of use,
  ///   `missing` for a version that does not exist.
  func report(_ request: ReportRequest) throws(StoreError) -> Saved<ReportDocument>

  /// Returns a report that was saved.
  func report(_ reference: Reference) throws(StoreError) -> Saved<ReportDocument>

  /// Computes a saved report again, from the version it names.
  func verifyReport(_ reference: Reference) throws(StoreError) -> RecomputationDocument
}

/// The rows and the options of a report.
package struct ReportRequest: Codable, Sendable, Hashable {
  /// The version.
  package var reference: String
  /// The column whose values are the models.
  package var by: String
  /// The columns of roles that do not follow from the columns' names.
  package var roles = MetricRoles()
  /// Further columns whose means are reported.
  package var metrics: [String] = []
  /// Columns for each of whose values the best model is looked for.
  package var slices: [String] = []
  /// The columns that identify an item; nil for the version's key without `by`.
  package var key: [String]?
  /// The column whose equal values make a cluster, rows that may succeed or fail together; nil for
  /// rows of the same item.
  package var cluster: String?
  /// The column that numbers the attempts at an item.
  package var repeats: String?
  /// The condition that rows must meet, as in SQL after WHERE.
  package var condition: String?
  /// The coverage of intervals, from 0 to 1.
  package var confidence = 0.95
  /// As in ``ComparisonRequest/scores``; without `metrics`, the means of all of them are reported.
  package var scores: [String]?
  /// The dataset that saves the report; nil to save nothing.
  package var save: SaveRequest?

  /// A report of a version whose models are the values of `by`.
  package init(_ reference: String, by: String) {
    self.reference = reference
    self.by = by
  }

  private enum CodingKeys: String, CodingKey {
    case reference, by, roles, metrics, slices, key, cluster, confidence, scores, save
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
    scores = try members.decodeIfPresent([String].self, forKey: .scores)
    save = try members.decodeIfPresent(SaveRequest.self, forKey: .save)
  }
}
