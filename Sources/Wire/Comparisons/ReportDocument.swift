/// All models of a version beside one another: what each can do, what it costs, which is worth its
/// price, and which is the best for what.
package struct ReportDocument: Codable, Sendable, Hashable {
  /// The form of the document, whose edition stands behind it.
  package static let form = "assay.report"

  /// The rows of one model.
  package struct Entry: Codable, Sendable, Hashable {
    package let model: String
    /// Different items among its rows; nil where no key tells items apart.
    package let items: Int?
    package let summary: ArmDocument
    /// The means of further metrics, in the order they were asked for.
    package let scores: [Score]

    /// What is told of `model`.
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

  /// Who is worth their price: a model is on the front when no other is at least as good for at
  /// most its cost.
  package struct Front: Codable, Sendable, Hashable {
    /// The coverage of each interval here, at which all of them hold together at the report's.
    package let level: Double
    /// By ascending cost.
    package let points: [Point]

    /// The models with a quality and a cost.
    package init(level: Double, points: [Point]) {
      self.level = level
      self.points = points
    }
  }

  /// A model between quality and cost.
  package struct Point: Codable, Sendable, Hashable {
    package let model: String
    /// Its success.
    package let quality: EstimateDocument
    /// Its cost a row.
    package let cost: EstimateDocument
    package let isOnFront: Bool
    /// Whether the rows are enough to say so: for one on the front, that every other is worse or
    /// costs more; for another, that some model is as good and costs no more.
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

  /// A model that is at least as good for at most the cost.
  package struct Domination: Codable, Sendable, Hashable {
    package let model: String
    package let isClear: Bool
    /// Its number less the dominated model's, on the items that both have; nil for none.
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

  /// Which model for which value of a column.
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
    /// Parallel to the report's models, those with rows here.
    package let models: [Cell]
    /// The model with the highest success, the cheaper of equals; nil where none is known.
    package let best: String?
    /// Models that the rows do not tell apart from the best.
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

  /// One model on the rows of a slice.
  package struct Cell: Codable, Sendable, Hashable {
    package let model: String
    package let rows: Int
    package let success: EstimateDocument?
    /// Successes among rows, where success is yes or no.
    package let successCount: ArmDocument.Rate?
    /// The cost a row.
    package let cost: EstimateDocument?
    package let latency: ArmDocument.Latency?
    /// Its success less the best model's, on the items that both have; nil for the best.
    package let difference: EstimateDocument?

    /// What is told of `model` on `rows` rows.
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
  /// What was asked, with the version's number.
  package let request: ReportRequest
  package let source: ComparisonDocument.Source
  /// The columns that play a part.
  package let roles: MetricRoles
  /// The best first.
  package let models: [Entry]
  /// Nil where quality or cost is not known.
  package let front: Front?
  package let routing: [Routing]
  /// What a reader has to know: rows that take no part, items that models do not share.
  package let findings: [String]

  /// A report of everything asked for.
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
