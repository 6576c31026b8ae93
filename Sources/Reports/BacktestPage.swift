package import Wire

/// The report of a backtest as a page: the verdict first, then what it rests on.
package struct BacktestPage: Sendable {
  private let document: BacktestDocument

  /// The page of a report.
  package init(_ document: BacktestDocument) { self.document = document }

  /// The page.
  package var page: ReportPage {
    let source = document.sources.first?.reference ?? ""
    var page = ReportPage(
      "\(document.request.rules) against \(document.active.name) on \(source), "
        + ComparisonPage.items(document.items.count)
        + ComparisonPage.attempts(document.request.options?.repeats))
    page.lead = [verdict] + document.gates.map { GateSentence($0).text } + [coverage, changes]
    if let pair = document.pair {
      let tests = pair.metrics.count { $0.test != nil }
      page.lead += pair.metrics.map { MetricSentence($0, tests: tests).text }
      if let cost = pair.costPerSuccess { page.lead.append(ComparisonPage.sentence(cost)) }
      page.lead += latency(pair)
    }
    page.sections = [findings, limits, matrix, rules, arms, differences, examples, moves, basis]
      .compactMap { $0 }
    return page
  }

  private var verdict: String {
    switch document.verdict {
    case .pass: "gates: PASSED"
    case .fail: "gates: FAILED"
    case .insufficient:
      document.gates.isEmpty
        ? "NOT ENOUGH DATA: " + document.failures.joined(separator: "; ")
        : "gates: NOT ENOUGH DATA to say"
    case .none: "the rules have no gates, so nothing had to be shown"
    }
  }

  private func share(_ part: Int, of whole: Int) -> String {
    whole == 0 ? "no data" : "\(part)/\(whole) (\(Figures.percent(Double(part) / Double(whole))))"
  }

  private var coverage: String {
    let found = document.coverage
    if let worth = document.offPolicy {
      return "\(worth.rows) of \(found.items) decisions have an outcome, worth "
        + "\(Figures.number(worth.effectiveRows)) by these rules (at least "
        + "\(worth.leastEffectiveRows) needed)"
    }
    return "with a known choice and its whole result: "
      + "\(share(found.candidate, of: found.items)); "
      + "a stored result for both, and so compared: \(share(found.both, of: found.items))"
  }

  private var changes: String {
    let conditions = document.conditions
    return "decided otherwise: \(share(document.changed, of: document.items.count)); by default: "
      + "\(share(conditions.defaulted, of: document.items.count)); unknown conditions: "
      + share(conditions.unknown, of: conditions.checked)
  }

  private func latency(_ pair: PairDocument) -> [String] {
    let form = MetricSentence.change(.relative)
    return [("p50", pair.latency?.p50), ("p95", pair.latency?.p95)].compactMap { name, change in
      change.map { "latency \(name): \(form($0.value)) \(Figures.interval($0, form))" }
    }
  }

  private var findings: ReportPage.Section? {
    if document.findings.isEmpty { return nil }
    var section = ReportPage.Section("What to know before trusting this")
    section.lines = document.findings.map(ComparisonPage.sentence)
    return section
  }

  /// The differences that so few items cannot show.
  private var limits: ReportPage.Section? {
    var section = ReportPage.Section("What this many items cannot show")
    for metric in document.pair?.metrics ?? [] {
      let sentence = MetricSentence(metric, tests: 0)
      if let size = sentence.detectable {
        section.lines.append(
          "\(metric.metric): on \(ComparisonPage.items(metric.items)) a difference below \(size) is "
            + "more often missed than the usual 1 in 5")
      } else if metric.items > 0, let difference = metric.difference {
        let items = ComparisonPage.items(metric.items)
        let isSteady = (difference.standardError ?? 0) == 0
        section.lines.append(
          "\(metric.metric): "
            + (!isSteady
              ? "on \(items) any difference is more often missed than the usual 1 in 5"
              : difference.value == 0
                ? "nothing differs on \(items), which does not show how much could"
                : "the difference is the same on \(items), which does not show how it varies"))
      }
    }
    if let p95 = document.summary?.latency, p95.p95.upper == nil, let rows = p95.rowsForUpperBound {
      section.lines.append("p95 has no upper bound below \(rows) items")
    }
    return section.lines.isEmpty ? nil : section
  }

  private var matrix: ReportPage.Section? {
    if document.changes.isEmpty { return nil }
    var section = ReportPage.Section("Which decisions change")
    section.columns = ["active rule", "target", "rule", "target", "items", ""]
    section.rows = document.changes.map { cell in
      [
        cell.activeRule ?? "(default)", cell.activeTarget, cell.rule ?? "(default)", cell.target,
        String(cell.items), cell.activeTarget == cell.target ? "" : "changed",
      ]
    }
    return section
  }

  private var rules: ReportPage.Section? {
    var section = ReportPage.Section("Rule by rule")
    section.columns = ["rule", "items", "with a result", "unknown", "change"]
    section.rows = document.conditions.rules.map { use in
      let name = use.rule ?? "(default)"
      let slice = document.pair?.slices.first { $0.value == name }
      let metric = slice?.metrics.first.map { metric in
        let cells = MetricSentence(metric, tests: 0).shortCells
        return "\(cells[0]) \(cells[1]) → \(cells[2]), \(cells[3])"
      }
      return [
        name, String(use.items), String(use.covered), use.rule == nil ? "" : String(use.unknown),
        metric ?? "no data",
      ]
    }
    return section
  }

  private var arms: ReportPage.Section? {
    guard let active = document.activeSummary, let candidate = document.summary else { return nil }
    return ComparisonPage.arms([
      (document.active.name, active), (document.request.rules, candidate),
    ])
  }

  private var differences: ReportPage.Section? {
    guard let pair = document.pair else { return nil }
    var section = ReportPage.Section("Item by item")
    section.columns = [
      "metric", "items", "better", "worse", "same", "change", "test", "with all tests", "effect",
      "would have shown",
    ]
    section.rows = pair.metrics.map { MetricSentence($0, tests: 0).cells }
    return section
  }

  private var examples: ReportPage.Section? {
    if document.examples.isEmpty { return nil }
    var section = ReportPage.Section("Some of the items that are decided otherwise")
    section.columns = ["item", "active target", "target"]
    section.rows = document.examples.map {
      [$0.key.joined(separator: " · "), $0.activeTarget, $0.target]
    }
    return section
  }

  private var moves: ReportPage.Section? {
    var section = ReportPage.Section("Who moves")
    section.lines = document.movement.map { move in
      "\(move.rule): \(Figures.percent(Double(move.basisPoints) / 10_000, digits: 2)) of its units "
        + "(\(move.cause))"
    }
    if let units = document.units {
      section.lines.append("of the units in these rows: \(share(units.moved, of: units.units))")
    }
    return section.lines.isEmpty ? nil : section
  }

  private var basis: ReportPage.Section {
    let options = document.request.options ?? BacktestOptions()
    var section = ReportPage.Section("What it rests on")
    section.lines = document.sources.map { "\($0.reference)  \($0.snapshot)  \($0.rows) rows" }
    section.lines.append("rules  \(document.request.rules)  \(document.rules)")
    section.lines.append(
      "active  \(document.active.name)  "
        + (document.active.digest.map { "\($0)" } ?? "a target, for everything"))
    section.lines.append("items  \(document.items.digest)")
    section.lines.append(
      "intervals of \(Figures.level(options.confidence)), seed \(options.seed), "
        + "\(options.resamples) draws")
    return section
  }
}
