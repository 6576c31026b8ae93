import HTTPTypes
import Model
import Reports
import Wire

/// The form in which a report is answered.
enum ReportForm {
  case json, html, markdown, text

  /// The media type in HTTP.
  var mediaType: String {
    switch self {
    case .json: "application/json"
    case .html: "text/html; charset=utf-8"
    case .markdown: "text/markdown; charset=utf-8"
    case .text: "text/plain; charset=utf-8"
    }
  }

  /// The form that a client wants most, by its `Accept` headers; JSON where it does not say.
  /// - Throws: ``HTTPProblem`` with 406 when it wants none of them.
  init(accepting fields: [String]) throws(HTTPProblem) {
    let wishes = fields.joined(separator: ",").split(separator: ",").map(Wish.init)
    let best = wishes.sorted { $0.quality > $1.quality }.first { $0.form != nil && $0.quality > 0 }
    guard let form = wishes.isEmpty ? .json : best?.form else {
      throw HTTPProblem(
        .notAcceptable, .usage,
        "a report comes as application/json, text/html, text/markdown or text/plain")
    }
    self = form
  }

  /// The report in this form.
  func bytes(_ report: Kept<ReportDocument>) -> [UInt8] {
    switch self {
    case .json: Documents.encode(report)
    case .html: Array(ReportHTML.page(report.document).utf8)
    case .markdown: Array(ReportSections(report.document).page.markdown.utf8)
    case .text: Array(ReportSections(report.document).page.text.utf8)
    }
  }

  /// One item of an `Accept` header.
  private struct Wish {
    let form: ReportForm?
    let quality: Double

    init(_ text: Substring) {
      let parts = text.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
      form =
        switch parts.first {
        case "*/*", "application/*", "application/json": .json
        case "text/html", "text/*": .html
        case "text/markdown": .markdown
        case "text/plain": .text
        default: nil
        }
      let quality = parts.dropFirst().first { $0.hasPrefix("q=") }
      self.quality = quality.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
    }
  }
}
