import Model
package import Wire

/// A live split as a page: what to do, and why.
package struct ExperimentPage: Sendable {
  private let document: ExperimentDocument

  /// The page of a split.
  package init(_ document: ExperimentDocument) { self.document = document }

  /// The page.
  package var page: ReportPage {
    let request = document.request
    var page = ReportPage(
      "\(request.name)@\(request.version ?? ""), \(request.rule ?? "everything") by \(document.by), "
        + "against \(request.control ?? "")")
    page.lead = [verdict] + document.reasons + [ratio]
    page.lead += document.contrasts.map(sentence)
    page.lead += document.guardrails.map(guardrail)
    page.sections = [findings, arms, summaries, basis].compactMap { $0 }
    return page
  }

  private var verdict: String {
    switch document.verdict {
    case .continue: "CONTINUE: nothing speaks against it so far"
    case .stop: "STOP: a guardrail is broken"
    case .hold:
      [document.sampleRatio, document.outcomeRatio].contains { $0?.isAlarm == true }
        ? "HOLD: the split is not what was planned" : "HOLD: too many results are missing to say"
    }
  }

  private var ratio: String {
    guard let check = document.sampleRatio else { return "sample ratio: no data" }
    return "sample ratio: " + (check.isAlarm ? "ALARM, " : "as planned, ")
      + Figures.pValue(check.pValue) + " (alarm below 0.001)"
  }

  private func sentence(_ contrast: ExperimentDocument.Contrast) -> String {
    let name = "\(contrast.variant): \(contrast.metric)"
    guard let difference = contrast.difference else { return "\(name): no data" }
    let word =
      switch contrast.verdict {
      case .better: "better"
      case .worse: "WORSE"
      case .unclear: "no difference shown"
      case .noData: "no data"
      }
    let isShare = contrast.scale == .binary
    let form = MetricSentence.change(isShare ? .share : .number)
    func value(_ value: Double?) -> String {
      value.map { isShare ? Figures.percent($0) : Figures.number($0) } ?? ""
    }
    return "\(name): \(word), \(value(contrast.control)) → \(value(contrast.value)), by "
      + "\(form(difference.value)) \(Figures.interval(difference, form))"
      + (contrast.adjustedPValue.map { ", \(Figures.pValue($0)) with all" } ?? "")
  }

  private func guardrail(_ result: GateResult) -> String {
    let word =
      switch result.verdict {
      case .passed: "holds"
      case .failed: "BROKEN"
      case .undecided: "not shown either way"
      }
    // What a change is compared with is no number that people ask for; a limit's value is.
    let value = result.kind == .limit ? GateSentence(result).figure.map { ", " + $0 } ?? "" : ""
    return "guardrail \(result.gate) for \(result.candidate): \(word)\(value)"
  }

  private var findings: ReportPage.Section? {
    if document.findings.isEmpty { return nil }
    var section = ReportPage.Section("What to know before trusting this")
    section.lines = document.findings.map(ComparisonPage.sentence)
    return section
  }

  private var arms: ReportPage.Section {
    var section = ReportPage.Section("What each was given")
    section.columns = [
      document.by, "target", "planned", "units", "decisions", "outcomes", "served by another",
    ]
    section.rows = document.arms.map { arm in
      [
        arm.variant, arm.target, Figures.percent(arm.share, digits: 2), String(arm.units),
        String(arm.decisions), String(arm.outcomes),
        arm.servedElsewhere.map { "\($0.count ?? 0)/\($0.of)" } ?? "",
      ]
    }
    return section
  }

  private var summaries: ReportPage.Section? {
    let summaries = document.arms.compactMap { arm in arm.summary.map { (arm.variant, $0) } }
    if summaries.isEmpty { return nil }
    var section = ComparisonPage.arms(summaries)
    section.lines = ["intervals here are for one look; those above hold at every look"]
    return section
  }

  private var basis: ReportPage.Section {
    var section = ReportPage.Section("What it rests on")
    section.lines = document.sources.map { "\($0.reference)  \($0.snapshot)  \($0.rows) rows" }
    section.lines.append(
      "confidence sequences of \(Figures.level(document.request.confidence)), tightest at "
        + "\(document.request.planned) units; each unit counts for what it was given first")
    return section
  }
}
