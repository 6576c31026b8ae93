/// A comparison of all models in a version: their quality, cost and latency, the models worth their
/// price, and the best one for each slice.
package struct ReportDocument: Codable, Sendable, Hashable {
  /// The name of the document's format, which its edition follows.
  package static let form = "assay.report"

  /// The rows of one model.
  package struct Entry: Codable, Sendable, Hashable {
    package let model: String
    /// The number of distinct items among its rows; nil where no key identifies items.
    package let items: Int?
    package let summary: ArmDocument
    /// The means of further metrics, in the order of the request.
    package let scores: [Score]

    /// The results of `model`.
    package init(model: String, items: Int?, summary: ArmDocument, scores: [Score]) {
      self.model = model
      self.items = items
      self.summary = summary
      self.scores = scores
    }
  }

  /// The mean of a column.
  package struct Score: Codable, Sendable, Hashable {
    package let metric: String
    /// Nil for no values.
    package let mean: EstimateDocument?

    /// The mean of `metric`.
    package init(metric: String, mean: EstimateDocument?) {
      self.metric = metric
      self.mean = mean
    }
  }

  /// The Pareto front of quality and cost: a model is on it when no other is at least as good for
  /// at most its cost.
  package struct Front: Codable, Sendable, Hashable {
    /// The coverage of each interval of the front, by which all hold together at the report's
    /// level.
    package let level: Double
    /// By ascending cost.
    package let points: [Point]

    /// The models that have both a quality and a cost.
    package init(level: Double, points: [Point]) {
      self.level = level
      self.points = points
    }
  }

  /// A model's place between quality and cost.
  package struct Point: Codable, Sendable, Hashable {
    package let model: String
    /// The model's success.
    package let quality: EstimateDocument
    /// The model's cost per row.
    package let cost: EstimateDocument
    package let isOnFront: Bool
    /// True when the rows are enough to show it: for a model on the front, that every other is
    /// worse or costs more; for another, that some model is as good and costs no more.
    package let isClear: Bool
    /// The models that are at least as good for at most its cost, best first.
    package let dominatedBy: [Domination]

    /// A model with its quality and cost.
    package init(
      model: String, quality: EstimateDocument, cost: EstimateDocument, isOnFront: Bool,
      isClear: Bool, dominatedBy: [Domination]
    ) {
      self.model = model
      self.quality = quality
      self.cost = cost
      self.isOnFront = isOnFront
      self.isClear = isClear
      self.dominatedBy = dominatedBy
    }
  }

  /// A model that is at least as good for at most the cost of another.
  package struct Domination: Codable, Sendable, Hashable {
    package let model: String
    package let isClear: Bool
    /// The dominating model's number less the dominated one's, on the items that both have; nil for
    /// none.
    package let quality: EstimateDocument?
    package let cost: EstimateDocument?

    /// A domination by `model`.
    package init(
      model: String, isClear: Bool, quality: EstimateDocument?, cost: EstimateDocument?
    ) {
      self.model = model
      self.isClear = isClear
      self.quality = quality
      self.cost = cost
    }
  }

  /// The best model for each value of a column.
  package struct Routing: Codable, Sendable, Hashable {
    package let column: String
    /// In the order of the values.
    package let slices: [Slice]

    /// The slices of `column`.
    package init(column: String, slices: [Slice]) {
      self.column = column
      self.slices = slices
    }
  }

  /// The rows with one value of a column.
  package struct Slice: Codable, Sendable, Hashable {
    package let value: String
    package let rows: Int
    /// Parallel to the report's models, but only those with rows in the slice.
    package let models: [Cell]
    /// The model with the highest success, the cheaper of equals; nil where none is known.
    package let best: String?
    /// Models that the rows cannot distinguish from the best.
    package let notToldApart: [String]

    /// The rows whose value is `value`.
    package init(
      value: String, rows: Int, models: [Cell], best: String?, notToldApart: [String]
    ) {
      self.value = value
      self.rows = rows
      self.models = models
      self.best = best
      self.notToldApart = notToldApart
    }
  }

  /// A model's results on the rows of a slice.
  package struct Cell: Codable, Sendable, Hashable {
    package let model: String
    package let rows: Int
    package let success: EstimateDocument?
    /// Successes among rows, where success is yes or no.
    package let successCount: ArmDocument.Rate?
    /// The cost per row.
    package let cost: EstimateDocument?
    package let latency: ArmDocument.Latency?
    /// Its success less the best model's, on the items that both have; nil for the best.
    package let difference: EstimateDocument?

    /// The results of `model` on the rows of `summary`.
    package init(
      model: String, summary: ArmDocument, difference: EstimateDocument?
    ) {
      self.model = model
      rows = summary.rows
      success = summary.success
      successCount = summary.successCount
      cost = summary.cost?.perRow
      latency = summary.latency
      self.difference = difference
    }
  }

  package let format: String
  /// The request, with the version's number.
  package let request: ReportRequest
  package let source: ComparisonDocument.Source
  /// The versions of scores beside its own columns; nil for none.
  package var scores: [ComparisonDocument.Source]?
  /// The columns that have a role.
  package let roles: MetricRoles
  /// The best first.
  package let models: [Entry]
  /// Nil where quality or cost is not known.
  package let front: Front?
  package let routing: [Routing]
  /// Notes for the reader: rows that were not used, items that models do not share.
  package let findings: [String]

  /// A report with all of its members.
  package init(
    _ edition: Edition = .current, request: ReportRequest, source: ComparisonDocument.Source,
    roles: MetricRoles,
    models: [Entry], front: Front?, routing: [Routing], findings: [String]
  ) {
    format = edition.format(Self.form)
    self.request = request
    self.source = source
    self.roles = roles
    self.models = models
    self.front = front
    self.routing = routing
    self.findings = findings
  }
}
