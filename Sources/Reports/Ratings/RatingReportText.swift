import Model
package import Wire

/// A report on ratings for people: as plain text, or as Markdown.
package struct RatingReportText {
  private let isMarkdown: Bool
  private var lines: [String] = []

  private init(isMarkdown: Bool) { self.isMarkdown = isMarkdown }

  /// The report as plain text, or as Markdown.
  package static func text(_ report: RatingReportDocument, isMarkdown: Bool = false) -> String {
    var page = RatingReportText(isMarkdown: isMarkdown)
    page.head(report)
    for metric in report.metrics { page.section(metric) }
    let lines = isMarkdown ? page.lines : page.lines.map(TerminalText.line)
    return lines.joined(separator: "\n") + "\n"
  }

  private mutating func head(_ report: RatingReportDocument) {
    lines.append((isMarkdown ? "## Ratings " : "ratings ") + safe(report.version))
    if isMarkdown { lines.append("") }
    lines.append(
      "\(Self.counted(report.events, "event")), of which \(report.corrected) corrected and "
        + "\(report.superseded) replaced by a later one of the same rater; intervals of "
        + "\(Self.percent(report.level)), items drawn again \(report.resamples) times, seed "
        + "\(report.seed)")
  }

  private mutating func section(_ metric: RatingReportDocument.Metric) {
    var title = "\(safe(metric.kind)) · \(safe(metric.rubric))"
    if let scorer = metric.scorer, let version = metric.scorerVersion {
      title += " · \(safe(scorer)) \(safe(version))"
    } else {
      title += " · all scorers"
    }
    lines += ["", isMarkdown ? "### " + title : title]
    if isMarkdown { lines.append("") }
    lines.append(
      "\(Self.counted(metric.ratings, "rating")) of \(Self.counted(metric.items, "item")) by "
        + Self.counted(metric.raters.count, "rater"))
    if let preference = metric.preference { show(preference) }
    if let arms = metric.arms { show(arms) }
    show(metric.agreement)
    show(metric.raters)
  }

  private mutating func show(_ preference: RatingReportDocument.Preference) {
    table(
      ["wins of ↓ over →"] + preference.arms,
      zip(preference.arms, preference.wins.enumerated()).map { arm, row in
        [arm]
          + row.element.enumerated().map { column, wins in
            column == row.offset ? "" : Self.number(wins, 1)
          }
      })
    lines += ["", "\(preference.votes) votes, \(preference.ties) ties (half a win to each)"]
    if let strengths = preference.strengths {
      table(
        ["arm", "β", "interval", "rating", "interval", "rank"],
        strengths.map { strength in
          let ranks = strength.bestRank.map { best in
            best == strength.worstRank ? "\(best)" : "\(best)–\(strength.worstRank ?? best)"
          }
          return [
            strength.arm, Self.number(strength.beta.value, 3), Self.interval(strength.beta, 3),
            Self.number(strength.rating.value, 1), Self.interval(strength.rating, 1), ranks ?? "",
          ]
        })
      lines += ["", "Bradley–Terry; \(safe(preference.anchor)) is β 0 and rating 1000"]
    }
    if let refusal = preference.refusal { lines += ["", safe(refusal)] }
    if let groups = preference.groups {
      lines += groups.map { "- " + $0.map(safe).joined(separator: ", ") }
    }
    guard let position = preference.position else { return }
    lines += [
      "",
      "left wins \(Self.points(position.difference.value)) more often than right, "
        + "\(Self.pointInterval(position.difference)), p \(Self.pValue(position.pValue)), of "
        + "\(position.decided) votes for a side"
        + (position.unrecorded > 0 ? "; \(position.unrecorded) do not say what was left" : ""),
    ]
  }

  private mutating func show(_ arms: [RatingReportDocument.Arm]) {
    if arms.contains(where: { $0.mean != nil }) {
      table(
        ["arm", "ratings", "items", "mean", "interval"],
        arms.map { arm in
          [
            arm.arm, "\(arm.ratings)", "\(arm.items)",
            arm.mean.map { Self.number($0.value, 3) } ?? "",
            arm.mean.map { Self.interval($0, 3) } ?? "",
          ]
        })
    } else {
      table(
        ["arm", "label", "count", "share", "interval"],
        arms.flatMap { arm in
          (arm.labels ?? []).map {
            [
              arm.arm, $0.label, "\($0.count)", Self.number($0.share.value, 3),
              Self.interval($0.share, 3),
            ]
          }
        })
    }
  }

  private mutating func show(_ agreement: RatingReportDocument.Agreement) {
    lines.append("")
    if let note = agreement.note { lines.append("no agreement: \(safe(note))") }
    for alpha in agreement.alphas {
      lines.append(
        "Krippendorff's α (\(safe(alpha.distance))) \(Self.number(alpha.alpha.value, 3)) "
          + "\(Self.interval(alpha.alpha, 3)) over \(agreement.units) that two or more rated")
    }
    guard !agreement.pairs.isEmpty else { return }
    table(
      ["rater", "and", "both rated", "agree", "Cohen's κ", "interval"],
      agreement.pairs.map { pair in
        [
          pair.first, pair.second, "\(pair.units)", Self.number(pair.agreement, 3),
          pair.kappa.map { Self.number($0.value, 3) } ?? "undefined",
          pair.kappa.map { Self.interval($0, 3) } ?? "",
        ]
      })
  }

  private mutating func show(_ raters: [RatingReportDocument.Rater]) {
    guard raters.contains(where: { $0.drift != nil }) else { return }
    table(
      ["rater", "ratings", "above others", "drift a rating", "interval", "p", "p (Holm)"],
      raters.map { rater in
        let drift = rater.drift
        return [
          rater.rater, "\(rater.ratings)", drift.map { Self.number($0.leniency, 3) } ?? "",
          drift.map { Self.number($0.slope.value, 4) } ?? "",
          drift.map { Self.interval($0.slope, 4) } ?? "",
          drift.map { Self.pValue($0.pValue) } ?? "",
          drift.map { Self.pValue($0.adjustedPValue) } ?? "",
        ]
      })
  }

  private mutating func table(_ head: [String], _ rows: [[String]]) {
    lines.append("")
    let rows = rows.map { $0.map(safe) }
    if isMarkdown {
      lines.append("| " + head.map(safe).joined(separator: " | ") + " |")
      lines.append("|" + head.indices.map { $0 == 0 ? " --- |" : " ---: |" }.joined())
      lines += rows.map { "| " + $0.joined(separator: " | ") + " |" }
    } else {
      lines += Self.aligned([head.map(safe)] + rows)
    }
  }

  /// Columns of equal width: the first from the left, the others from the right.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { TerminalText.width($0[column]) }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        line +=
          (column == 0 ? "" : "  ")
          + TerminalText.padded(cell, to: widths[column], isRight: column > 0)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  private func safe(_ text: String) -> String {
    isMarkdown ? Escaping.markdown(text) : TerminalText.line(text)
  }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)" + (count == 1 ? "" : "s")
  }

  private static func pValue(_ value: Double) -> String {
    value < 0.001 ? "<0.001" : number(value, 3)
  }

  private static func percent(_ share: Double) -> String { number(share * 100, 0) + " %" }

  private static func points(_ share: Double) -> String { number(share * 100, 1) + " points" }

  private static func pointInterval(_ range: RatingReportDocument.Range) -> String {
    interval(
      .init(
        value: range.value * 100, lower: range.lower.map { $0 * 100 },
        upper: range.upper.map { $0 * 100 }), 1)
  }

  private static func interval(_ range: RatingReportDocument.Range, _ digits: Int) -> String {
    guard range.lower != nil || range.upper != nil else { return "" }
    let bounds = [range.lower, range.upper].map { $0.map { number($0, digits) } ?? "no bound" }
    return "[\(bounds[0]), \(bounds[1])]"
  }

  /// A number with so many digits after the point, the last one rounded to even.
  static func number(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (value * scale).rounded()
    guard abs(scaled) < 1e15 else { return "\(value)" }
    let whole = Int(abs(scaled))
    let sign = scaled < 0 ? "−" : ""
    guard digits > 0 else { return sign + "\(whole)" }
    let text = String(whole % Int(scale))
    let zeros = String(repeating: "0", count: digits - text.count)
    return sign + "\(whole / Int(scale)).\(zeros)\(text)"
  }
}
