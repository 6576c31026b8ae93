package import Wire

/// A comparison as a page: the verdict first, then what it rests on.
package struct ComparisonPage: Sendable {
  private let document: ComparisonDocument
  private let hasNewestScores: Bool

  /// The page of a comparison.
  /// - Parameter hasNewestScores: Whether its scores are known to be the newest.
  package init(_ document: ComparisonDocument, hasNewestScores: Bool = false) {
    self.document = document
    self.hasNewestScores = hasNewestScores
  }

  /// The page.
  package var page: ReportPage {
    let base = document.arms.first?.name ?? ""
    let others = document.arms.dropFirst().map(\.name).joined(separator: ", ")
    let repeats = document.request.options?.repeats
    var page = ReportPage(
      "\(others) against \(base), \(Self.items(document.items.count))\(Self.attempts(repeats))")
    page.lead = document.gates.map { result in
      GateSentence(result, of: document.pairs.count > 1 ? result.candidate : nil).text
    }
    page.lead += document.findings.filter(Self.isOfMetrics).map(\.what)
    let tests = document.pairs.flatMap(\.metrics).count { $0.test != nil }
    for pair in document.pairs {
      let prefix = document.pairs.count > 1 ? pair.candidate + ": " : ""
      for metric in pair.metrics {
        page.lead.append(prefix + MetricSentence(metric, tests: tests).text)
      }
      if let cost = pair.costPerSuccess { page.lead.append(prefix + Self.sentence(cost)) }
    }
    page.lead += [ScoresText.used(document.request.scores, areNewest: hasNewestScores)]
      .compactMap(\.self)
    page.sections = [findings, arms, differences, worse].compactMap { $0 } + parts + [basis]
    return page
  }

  package static func items(_ count: Int) -> String { count == 1 ? "1 item" : "\(count) items" }

  /// The note on items with several attempts; empty without a column that numbers them.
  package static func attempts(_ column: String?) -> String {
    column.map { ", each the mean of its attempts (column \($0))" } ?? ""
  }

  /// The same for a number of a trend: counts and sums are of all rows.
  package static func attempts(
    _ column: String?, of statistic: TrendRequest.Statistic
  ) -> String {
    switch statistic {
    case .count, .sum: column.map { ", over all attempts (column \($0))" } ?? ""
    case .mean, .rate, .p50, .p95: attempts(column)
    }
  }

  private static func isOfMetrics(_ finding: ComparisonDocument.Finding) -> Bool {
    finding.subject == ComparisonDocument.Finding.metrics
  }

  static func sentence(_ cost: PairDocument.CostChange) -> String {
    func side(_ estimate: EstimateDocument?) -> String {
      estimate.map { Figures.number($0.value) } ?? "undefined (no success)"
    }
    var text = "cost per success: \(side(cost.base)) → \(side(cost.candidate))"
    if let change = cost.change {
      let form = MetricSentence.change(.relative)
      text += ", by \(form(change.value)) \(Figures.interval(change, form))"
    }
    return text
  }

  private var findings: ReportPage.Section? {
    let findings = document.findings.filter { !Self.isOfMetrics($0) }
    if findings.isEmpty { return nil }
    var section = ReportPage.Section("What to know before trusting this")
    section.lines = findings.map(Self.sentence)
    return section
  }

  /// A finding in one line.
  package static func sentence(_ finding: ComparisonDocument.Finding) -> String {
    let arm = finding.arm.map { "\($0): " } ?? ""
    let count = finding.count.map { "\($0) " } ?? ""
    let keys = finding.examples.map { $0.joined(separator: " · ") }.joined(separator: ", ")
    let more = (finding.count ?? 0) > finding.examples.count ? ", …" : ""
    return "\(arm)\(finding.subject): \(count)\(finding.what)"
      + (keys.isEmpty ? "" : " (\(keys)\(more))") + (finding.isLeftOut ? "; left out" : "")
  }

  private var arms: ReportPage.Section {
    Self.arms(document.arms.map { ($0.name, $0.summary) }, items: document.items.count)
  }

  /// The results of each arm, in the columns that have values.
  /// - Parameter items: The number of items, so that a value of fewer gives their number; nil when
  ///   an arm has as many items as rows.
  static func arms(
    _ arms: [(name: String, summary: ArmDocument)], items: Int? = nil
  ) -> ReportPage.Section {
    var section = ReportPage.Section("Each on its own, on the items that all have")
    let rows = arms.map { ArmCells($0.summary, items: items ?? $0.summary.rows) }
    let used = ArmCells.titles.indices.filter { column in
      rows.contains { $0.cells[column] != "" }
    }
    section.columns = ["arm"] + used.map { ArmCells.titles[$0] }
    section.rows = zip(arms, rows).map { arm, row in [arm.name] + used.map { row.cells[$0] } }
    return section
  }

  private var differences: ReportPage.Section {
    var section = ReportPage.Section("Item by item")
    section.columns = [
      "candidate", "metric", "items", "better", "worse", "same", "change", "test", "with all tests",
      "effect", "would have shown",
    ]
    for pair in document.pairs {
      section.rows += pair.metrics.map { [pair.candidate] + MetricSentence($0, tests: 0).cells }
    }
    return section
  }

  private var worse: ReportPage.Section? {
    var section = ReportPage.Section("Items that got worse, worst first")
    section.columns = ["candidate", "metric", "item", "base", "candidate's"]
    for pair in document.pairs {
      for metric in pair.metrics {
        section.rows += metric.worse.map { item in
          [
            pair.candidate, metric.metric, item.key.joined(separator: " · "),
            Figures.number(item.base), Figures.number(item.candidate),
          ]
        }
      }
    }
    return section.rows.isEmpty ? nil : section
  }

  private var parts: [ReportPage.Section] {
    var sections: [ReportPage.Section] = []
    for pair in document.pairs {
      let name = document.pairs.count > 1 ? "\(pair.candidate), " : ""
      func add(_ title: String, _ parts: [SliceDocument]) {
        if parts.isEmpty { return }
        var section = ReportPage.Section(name + title)
        section.lines = [
          "Each interval is for itself; verdicts count in all that is looked at here."
        ]
        section.columns = ["part", "items", "metric", "base", "candidate", "change", "verdict"]
        section.rows = parts.flatMap { part in
          part.metrics.isEmpty
            ? [[part.value, "0", "no data", "", "", "", ""]]
            : part.metrics.map { metric in
              [part.value, String(part.items)] + MetricSentence(metric, tests: 0).shortCells
            }
        }
        sections.append(section)
      }
      var columns: [String] = []
      for slice in pair.slices where !columns.contains(slice.column) {
        columns.append(slice.column)
      }
      for column in columns { add("by \(column)", pair.slices.filter { $0.column == column }) }
      add("by input tokens", pair.buckets ?? [])
    }
    return sections
  }

  private var basis: ReportPage.Section {
    let options = document.request.options ?? ComparisonOptions()
    var section = ReportPage.Section("What it rests on")
    section.lines = document.sources.map {
      "\($0.reference)  \($0.snapshot)  \($0.rows) rows"
    }
    section.lines.append("items  \(document.items.digest)")
    if let registered = document.request.registered {
      section.lines.append("gates registered in \(registered)")
    }
    var how = "intervals of \(Figures.level(options.confidence)), seed \(options.seed), "
    how += "\(options.resamples) draws"
    if let cluster = options.cluster { how += ", clustered by \(cluster)" }
    if let condition = options.condition { how += ", where \(condition)" }
    section.lines.append(how)
    return section
  }
}
