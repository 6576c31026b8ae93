import Foundation
import Model
import Reports
import Testing
import Wire

@Suite struct ReportHTMLTests {
  private static func estimate(
    _ value: Double, _ lower: Double?, _ upper: Double?
  ) -> EstimateDocument {
    EstimateDocument(value: value, lower: lower, upper: upper, method: "Wilson", rows: 40)
  }

  private static func entry(
    _ model: String, _ success: EstimateDocument, _ cost: EstimateDocument
  ) -> ReportDocument.Entry {
    var summary = ArmDocument(rows: 40)
    summary.success = success
    summary.successCount = .init(count: Int(success.value * 40), of: 40, rate: success)
    summary.latency = .init(
      p50: estimate(800, 700, 950), p95: estimate(2100, 1500, nil), rowsForUpperBound: 72)
    summary.cost = .init(total: cost.value * 40, perRow: cost, unpriced: 0, perSuccess: nil)
    return ReportDocument.Entry(model: model, items: 40, summary: summary, scores: [])
  }

  /// Two models, one of them with a name that is markup.
  static let document: ReportDocument = {
    let models = [
      entry("<b>big & \"loud\"</b>", estimate(0.9, 0.77, 0.96), estimate(0.02, 0.018, 0.022)),
      entry("small", estimate(0.6, 0.45, 0.74), estimate(0.001, 0.0009, 0.0011)),
    ]
    var roles = MetricRoles()
    roles[.success] = "passed"
    roles[.cost] = "usd"
    roles[.latency] = "latency_ms"
    var request = ReportRequest("runs@3", by: "model")
    request.slices = ["task"]
    let points = models.reversed().compactMap { entry -> ReportDocument.Point? in
      guard let quality = entry.summary.success, let cost = entry.summary.cost?.perRow else {
        return nil
      }
      return ReportDocument.Point(
        model: entry.model, quality: quality, cost: cost, isOnFront: true,
        isClear: entry.model == "small", dominatedBy: [])
    }
    let slice = ReportDocument.Slice(
      value: "qa", rows: 80,
      models: models.map {
        ReportDocument.Cell(model: $0.model, summary: $0.summary, difference: nil)
      }, best: models[0].model, notToldApart: ["small"])
    return ReportDocument(
      request: request,
      source: .init(reference: "runs@3", snapshot: Digest(hashing: [1]), rows: 80), roles: roles,
      models: models, front: .init(level: 0.975, points: points),
      routing: [.init(column: "task", slices: [slice])], findings: ["2 rows take <no> part"])
  }()

  @Test func `the page is the one that was looked at`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/report.html")
    let page = ReportHTML.page(Self.document)
    if ProcessInfo.processInfo.environment["ASSAY_RECORD"] != nil {
      try Data(page.utf8).write(to: file)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == page)
  }

  @Test func `the page is well formed, holds no script and asks for nothing from elsewhere`() throws
  {
    let page = ReportHTML.page(Self.document)
    for word in ["<script", "http:", "https:", "src=", "@import", "url(", "<link", "onload"] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(!page.contains("<b>big") && page.contains("&lt;b&gt;big &amp; &quot;loud&quot;"))
    #expect(page.contains("prefers-color-scheme: dark") && page.contains("lang=\"en\""))
    // Every drawing is told in words, too.
    #expect(page.split(separator: "<svg").count == 4)
    #expect(page.split(separator: "role=\"img\"").count == 4)
    // But for what HTML leaves open, it reads as XML.
    let text =
      page.replacing("<!doctype html>", with: "")
      .replacing(/<meta [^>]*>/) { $0.output.dropLast() + "/>" }
    var open: [Substring] = []
    for match in text.matches(of: /<(\/?)([a-z][a-z0-9]*)([^>]*?)(\/?)>/) {
      let (_, close, name, _, isEmpty) = match.output
      if !isEmpty.isEmpty { continue }
      if close.isEmpty { open.append(name) } else { #expect(open.popLast() == name) }
    }
    #expect(open.isEmpty)
  }

  @Test func `text and Markdown say the same as the page`() {
    let page = ReportSections(Self.document).page
    for text in [page.text, page.markdown] {
      #expect(text.contains("90.0 %") && text.contains("no upper bound"))
      #expect(text.contains("on the front, with too few rows to be sure"))
      #expect(text.contains("Which model for which task") && text.contains("undefined"))
    }
    #expect(page.markdown.contains("2 rows take \\<no\\> part"))
    #expect(page.markdown.contains("<details open><summary>Models</summary>"))
  }
}
