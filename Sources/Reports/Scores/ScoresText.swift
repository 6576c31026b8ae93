import Model
package import Wire

/// The scores of a version as lines for people.
package struct ScoresText {
  private let document: ScoresDocument

  /// The lines of a document.
  package init(_ document: ScoresDocument) { self.document = document }

  /// The version that keeps the scores, a table of their means, and the failures.
  package var lines: [String] {
    let version = document.version
    let first =
      document.isNew
      ? "\(version.reference)  \(version.rows) rows  of \(document.source)"
      : "unchanged: \(version.reference)"
    let notes = document.summaries.compactMap { summary in
      (summary.set?.note).map { note in
        summary.scorer + (summary.model.map { " (\($0))" } ?? "") + ": \(note)"
      }
    }
    let failures = document.failures.map { failure in
      "\(failure.scorer): \(failure.count) not scored: \(failure.message)"
    }
    return [first] + table + notes + failures
  }

  /// As many versions of scores as a line names.
  private static let most = 4

  /// The scores that a document was computed with, in a line; nil for none.
  /// - Parameter areNewest: Whether they are known to be the newest of the versions compared.
  package static func used(_ scores: [String]?, areNewest: Bool = false) -> String? {
    guard let scores, !scores.isEmpty else { return nil }
    let more = scores.count - most
    return "scores: " + scores.prefix(most).joined(separator: ", ")
      + (more > 0 ? " and \(more) more" : "") + (areNewest ? ", newest" : "")
  }

  private var table: [String] {
    let hasModels = document.summaries.contains { $0.model != nil }
    func line(_ scorer: String, _ model: String, _ numbers: [String]) -> [String] {
      [scorer] + (hasModels ? [model] : []) + numbers
    }
    let head = line("scorer", "model", ["scored", "errors", "mean"])
    let rows = document.summaries.map { summary in
      line(
        summary.scorer, summary.model ?? "",
        ["\(summary.scored)", "\(summary.errors)", Self.mean(summary)])
    }
    return Self.aligned([head] + rows, texts: hasModels ? 2 : 1)
  }

  private static func mean(_ summary: ScoresDocument.Summary) -> String {
    guard let mean = summary.mean else { return "–" }
    if let set = summary.set, let lower = set.lower, let upper = set.upper {
      return "\(Figures.number(mean)) (\(Figures.number(lower)) to \(Figures.number(upper)))"
    }
    return summary.isRate ? Figures.percent(mean) : Figures.number(mean)
  }

  /// Columns of equal width: texts from the left, numbers from the right.
  private static func aligned(_ rows: [[String]], texts: Int) -> [String] {
    let rows = rows.map { $0.map { TerminalText.line($0) } }
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { TerminalText.width($0[column]) }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, cell in
        TerminalText.padded(cell, to: widths[column], isRight: column >= texts)
      }.joined(separator: "  ")
    }
  }
}
