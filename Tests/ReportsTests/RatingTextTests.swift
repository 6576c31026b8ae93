import Model
import Reports
import Testing
import Wire

@Suite struct RatingTextTests {
  private func task(_ left: String, _ right: String?) -> RatingTask {
    RatingTask(
      task: "0123456789abcdef", item: "q", kind: "preference", seed: 1,
      shared: [.init(column: "prompt", text: "Why?")],
      left: [.init(column: "output", text: left)],
      right: right.map { [.init(column: "output", text: $0)] })
  }

  @Test func `text is wrapped at spaces, and broken where there are none`() {
    #expect(TerminalText.wrap("one two three", to: 7) == ["one two", "three"])
    #expect(TerminalText.wrap("abcdefgh", to: 3) == ["abc", "def", "gh"])
    #expect(TerminalText.wrap("a\n\nb", to: 5) == ["a", "", "b"])
    #expect(TerminalText.wrap("  code", to: 10) == ["  code"])
    #expect(TerminalText.wrap("", to: 10) == [""])
    #expect(TerminalText.wrap("日本語の文", to: 4) == ["日本", "語の", "文"])
    for width in 2...30 {
      let text = "Eine längere Zeile 日本語 mit\tTabs,\r\nUmbrüchen und einemsehrlangenwort."
      #expect(TerminalText.wrap(text, to: width).allSatisfy { TerminalText.width($0) <= width })
    }
  }

  @Test func `nothing in a text is obeyed by the terminal`() {
    let hostile = "\u{1B}[2J\u{7}x\u{9B}31m\u{202E}y\u{0}"
    let shown = RatingTaskText.lines(task(hostile, hostile), width: 80).joined()
    #expect(
      shown.unicodeScalars.allSatisfy {
        !"\u{1B}\u{7}\u{9B}\u{202E}\u{0}".unicodeScalars.contains($0)
      })
    #expect(TerminalText.line("a\nb\tc") == "a⏎b→c")
  }

  @Test func `outputs stand side by side, and one below the other where it is narrow`() {
    let both = task("left one two", "right one two three")
    for width in 76...120 {
      let lines = RatingTaskText.lines(both, width: width)
      #expect(lines.allSatisfy { TerminalText.width($0) <= width })
      #expect(lines.contains { $0.contains("left one two") && $0.contains("right one two") })
    }
    for width in 20...74 {
      let lines = RatingTaskText.lines(both, width: width)
      #expect(lines.allSatisfy { TerminalText.width($0) <= width || $0.hasPrefix("── ") })
      let left = lines.firstIndex { $0.contains("LEFT") }
      let right = lines.firstIndex { $0.contains("RIGHT") }
      #expect(left ?? 99 < right ?? 0)
    }
    #expect(!RatingTaskText.lines(task("x", nil), width: 80).joined().contains("LEFT"))
  }

  @Test func `a report says why strengths are not there, and escapes names`() {
    var report = RatingReportDocument(
      version: "v@1", snapshot: Digest(hashing: []), events: 3, corrected: 0, superseded: 0,
      seed: 1, resamples: 100, level: 0.95, metrics: [])
    let preference = RatingReportDocument.Preference(
      arms: ["a|b", "\u{1B}c"], votes: 3, ties: 1, wins: [[0, 2.5], [0.5, 0]], anchor: "a|b",
      refusal: "they are apart", groups: [["a|b"], ["\u{1B}c"]])
    report.metrics = [
      RatingReportDocument.Metric(
        kind: "preference", rubric: "overall", scorer: "human", scorerVersion: "1", ratings: 3,
        items: 2, raters: [.init(rater: "ann", ratings: 3)],
        agreement: .init(units: 0, alphas: [], pairs: [], note: "no two raters rated the same"),
        preference: preference)
    ]
    let text = RatingReportText.text(report)
    #expect(text.contains("they are apart") && text.contains("- a|b") && !text.contains("\u{1B}"))
    #expect(text.contains("2.5") && text.contains("no agreement: no two raters"))
    let markdown = RatingReportText.text(report, isMarkdown: true)
    #expect(markdown.contains("a\\|b") && !markdown.contains(" a|b "))
  }
}
