package import Wire

/// A draft of rules as a page: which slice goes where, and what it rests on.
package struct SuggestionPage: Sendable {
  private let document: SuggestionDocument

  /// The page of a draft.
  package init(_ document: SuggestionDocument) { self.document = document }

  /// The page.
  package var page: ReportPage {
    let rules = document.slices.filter(\.isRule)
    var page = ReportPage(
      "rules for \(document.request.name), drafted from \(document.source.reference), "
        + ComparisonPage.items(document.items.count)
        + ComparisonPage.attempts(document.request.options?.repeats))
    page.lead = ["objective: \(document.request.objective)", fallback]
    page.lead += rules.map { "\($0.value): \($0.model)" }
    page.lead.append(
      "\(rules.count) of \(document.slices.count) slices left the default; \(document.sliceTests) "
        + "tests counted in (Holm), one-sided at \(Figures.number(document.alpha))")
    page.sections = [findings, models, overall, slices, basis].compactMap { $0 }
    return page
  }

  private var fallback: String {
    let name = document.fallback
    if name != document.base {
      return "default: \(name), shown to be better than \(document.base) within the bound"
    }
    return document.overall.contains(where: \.isShown)
      ? "default: \(name)" : "default: \(name), since the rows speak clearly for no other model"
  }

  private var findings: ReportPage.Section? {
    if document.findings.isEmpty { return nil }
    var section = ReportPage.Section("What to know before trusting this")
    section.lines = document.findings.map(ComparisonPage.sentence)
    return section
  }

  private var models: ReportPage.Section {
    ComparisonPage.arms(document.models.map { ($0.model, $0.summary) })
  }

  private static func row(_ trial: SuggestionDocument.Trial, of slice: String) -> [String] {
    func change(_ estimate: EstimateDocument?, _ isUp: Bool) -> String {
      guard let estimate else { return "" }
      let isShare = ["Tango", "t", "clustered t"].contains(estimate.method)
      let form = MetricSentence.change(isShare ? .share : .relative)
      return "\(form(estimate.value)) \(Figures.interval(estimate, form))"
    }
    return [
      slice, String(trial.items), trial.model, trial.over, change(trial.bound, true),
      change(trial.gain, true), trial.adjustedPValue.map(Figures.pValue) ?? "unknown",
      trial.isShown ? "shown" : "not shown",
    ]
  }

  private static let columns = [
    "slice", "items", "model", "in the place of", "bound, against the base", "gain",
    "with all tests",
    "",
  ]

  private var overall: ReportPage.Section {
    var section = ReportPage.Section("In the place of \(document.base), on all items")
    section.columns = Self.columns
    section.rows = document.overall.map { Self.row($0, of: "(all)") }
    return section
  }

  private var slices: ReportPage.Section {
    var section = ReportPage.Section("Slice by slice")
    section.columns = Self.columns
    for slice in document.slices {
      section.rows += slice.trials.map { Self.row($0, of: slice.value) }
    }
    return section
  }

  private var basis: ReportPage.Section {
    let options = document.request.options ?? BacktestOptions()
    var section = ReportPage.Section("What it rests on")
    section.lines = [
      "\(document.source.reference)  \(document.source.snapshot)  \(document.source.rows) rows",
      "items  \(document.items.digest)", "rules  \(document.rules)",
      "intervals of \(Figures.level(options.confidence)), seed \(options.seed)",
      "the same rows chose the rules and praise them: try the draft on others before it goes live",
    ]
    return section
  }
}
