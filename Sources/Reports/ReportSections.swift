package import Wire

/// A report's numbers as tables, the same for every form it is printed in.
package struct ReportSections {
  private let document: ReportDocument
  private let hasNewestScores: Bool
  /// True when success is yes or no in every model, and so a percentage.
  private let isRate: Bool
  private let volume: ReportVolume?

  /// The tables of `document`; with a volume also what models cost a month at it.
  /// - Parameter hasNewestScores: Whether its scores are known to be the newest.
  package init(
    _ document: ReportDocument, hasNewestScores: Bool = false, volume: ReportVolume? = nil
  ) {
    self.document = document
    self.hasNewestScores = hasNewestScores
    self.volume = volume
    isRate = document.models.allSatisfy { $0.summary.successCount != nil }
  }

  /// For a terminal and for Markdown.
  package var page: ReportPage {
    var page = ReportPage(title)
    page.lead = lead
    page.sections = all.map { section in
      var section = section
      section.isOpen = true
      return section
    }
    return page
  }

  /// The title of the report.
  var title: String {
    let condition = document.request.condition.map { " where \($0)" } ?? ""
    return "\(document.source.reference) by \(document.request.by)\(condition)"
      + ComparisonPage.attempts(document.request.repeats)
  }

  /// The facts to know before the numbers.
  var lead: [String] {
    [
      "\(document.models.count) model\(document.models.count == 1 ? "" : "s"); intervals are "
        + Figures.level(document.request.confidence)
    ]
      + [ScoresText.used(document.request.scores, areNewest: hasNewestScores)]
      .compactMap(\.self)
      + document.findings
  }

  /// All tables, in order.
  var all: [ReportPage.Section] {
    [models, front, bill, outputs, lengths, scores].compactMap { $0 }
      + document.routing.map(routing)
  }

  /// The summary columns, without metrics that no model has.
  var models: ReportPage.Section {
    let latency = document.roles[.latency] ?? "latency"
    return section(
      "Models",
      [
        Column("rows") { String($0.summary.rows) },
        Column(quality) { $0.summary.success.map(success) },
        Column("p50 \(latency)") { ($0.summary.latency?.p50).map(number) },
        Column("p95 \(latency)") { ($0.summary.latency?.p95).map(number) },
        Column("\(cost) per row") { ($0.summary.cost?.perRow).map(number) },
        Column("\(cost) per success") { entry in
          entry.summary.cost.map { $0.perSuccess.map(number) ?? "undefined" }
        },
      ])
  }

  /// Cost and quality, and who is worth their price.
  var front: ReportPage.Section? {
    guard let front = document.front else { return nil }
    var section = ReportPage.Section("Cost and quality")
    section.lines = [
      "On the front: no other model is at least as good for at most the cost. Sure means that all "
        + "differences, taken item by item, hold together at \(Figures.level(document.request.confidence))."
    ]
    section.columns = ["model", "\(cost) per row", quality, "standing"]
    section.rows = front.points.map { point in
      [point.model, number(point.cost), success(point.quality), Self.standing(point)]
    }
    return section
  }

  private var bill: ReportPage.Section? {
    guard let volume else { return nil }
    let bill = VolumeBill(volume, document)
    return bill.entries.isEmpty ? nil : bill.section(unit: cost)
  }

  private var outputs: ReportPage.Section? {
    optional(
      "Outputs",
      [
        Column("parsed") { rate($0.summary.schema?.parsed) },
        Column("valid") { rate($0.summary.schema?.valid) },
        Column("valid and successful") { rate($0.summary.schema?.validAndSuccess) },
        Column("tool calls") { $0.summary.toolCall.map(number) },
        Column("refusals") { rate($0.summary.refusals) },
        Column("expected refusals") { rate($0.summary.expectedRefusals) },
        Column("unexpected refusals") { rate($0.summary.unexpectedRefusals) },
        Column("cut off") { rate($0.summary.truncations) },
      ])
  }

  private var lengths: ReportPage.Section? {
    let names = document.models.compactMap(\.summary.buckets).first?.map(\.name) ?? []
    return optional(
      "\(quality) by input length",
      names.enumerated().map { place, name in
        Column("\(name) tokens") { entry in
          guard let bucket = entry.summary.buckets?[place] else { return nil }
          guard bucket.rows > 0 else { return "no data" }
          return "\(bucket.success.map(success) ?? "no result"), \(bucket.rows) rows"
        }
      })
  }

  private var scores: ReportPage.Section? {
    optional(
      "Scores",
      document.request.metrics.enumerated().map { place, metric in
        Column(metric) { $0.scores[place].mean.map(number) }
      })
  }

  private func routing(_ routing: ReportDocument.Routing) -> ReportPage.Section {
    var section = ReportPage.Section("Which model for which \(routing.column)")
    section.lines = [
      "Indistinguishable: models whose difference to the best, item by item, may be none."
    ]
    let hasCost = document.roles[.cost] != nil
    section.columns =
      [routing.column, "rows", "best", quality] + (hasCost ? ["\(cost) per row"] : [])
      + ["indistinguishable from it"]
    section.rows = routing.slices.map { slice in
      let best = slice.models.first { $0.model == slice.best }
      let others = slice.notToldApart.joined(separator: ", ")
      let price = hasCost ? [best?.cost.map(number) ?? "no data"] : []
      return [
        slice.value, String(slice.rows), slice.best ?? "no data",
        best?.success.map(success) ?? "no data",
      ] + price + [others.isEmpty ? "none" : others]
    }
    return section
  }

  /// The name of the column for success.
  var quality: String { document.roles[.success] ?? "success" }

  /// The name of the column for cost.
  var cost: String { document.roles[.cost] ?? "cost" }

  /// A number of success as people read it.
  func figure(_ value: Double) -> String {
    isRate ? Figures.percent(value) : Figures.number(value)
  }

  /// Success with its interval.
  func success(_ estimate: EstimateDocument) -> String {
    figure(estimate.value) + " " + Figures.interval(estimate, figure)
  }

  /// A number with its interval.
  func number(_ estimate: EstimateDocument) -> String {
    Figures.number(estimate.value) + " " + Figures.interval(estimate, Figures.number)
  }

  /// The position of a model between cost and quality, in words.
  static func standing(_ point: ReportDocument.Point) -> String {
    if point.isOnFront {
      return point.isClear ? "on the front" : "on the front, with too few rows to be sure"
    }
    let clear = point.dominatedBy.filter(\.isClear).map(\.model)
    guard clear.isEmpty else { return "dominated by " + clear.joined(separator: ", ") }
    let models = point.dominatedBy.map(\.model).joined(separator: ", ")
    return "perhaps dominated by \(models), with too few rows to be sure"
  }

  private func rate(_ rate: ArmDocument.Rate?) -> String? {
    guard let rate else { return nil }
    guard let estimate = rate.rate else { return "no data" }
    let interval = Figures.interval(estimate) { Figures.percent($0) }
    let count = rate.count.map { "\($0)/\(rate.of) " } ?? ""
    return "\(count)\(Figures.percent(estimate.value)) \(interval)"
  }

  /// A column with a text for each model; nil for a model without a value.
  private struct Column {
    let title: String
    let cell: (ReportDocument.Entry) -> String?

    init(_ title: String, _ cell: @escaping (ReportDocument.Entry) -> String?) {
      self.title = title
      self.cell = cell
    }
  }

  private func section(_ title: String, _ columns: [Column]) -> ReportPage.Section {
    let used = columns.filter { column in document.models.contains { column.cell($0) != nil } }
    var section = ReportPage.Section(title)
    section.columns = ["model"] + used.map(\.title)
    section.rows = document.models.map { entry in
      [entry.model] + used.map { $0.cell(entry) ?? "no data" }
    }
    return section
  }

  private func optional(_ title: String, _ columns: [Column]) -> ReportPage.Section? {
    let section = section(title, columns)
    return section.columns.count > 1 ? section : nil
  }
}
