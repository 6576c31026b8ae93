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
    let accepted = AcceptedTypes(fields)
    guard let form = accepted.areStated ? accepted.best(Self.form) : .json else {
      throw HTTPProblem(
        .notAcceptable, .usage,
        "a report comes as application/json, text/html, text/markdown or text/plain")
    }
    self = form
  }

  /// The form that a media type asks for; nil for none.
  private static func form(_ type: String) -> ReportForm? {
    switch type {
    case "*/*", "application/*", "application/json": .json
    case "text/html", "text/*": .html
    case "text/markdown": .markdown
    case "text/plain": .text
    default: nil
    }
  }

  /// The report in this form.
  func bytes(_ report: Saved<ReportDocument>) -> [UInt8] {
    switch self {
    case .json: Documents.encode(report)
    case .html: Array(ReportHTML.page(report.document).utf8)
    case .markdown: Array(ReportSections(report.document).page.markdown.utf8)
    case .text: Array(ReportSections(report.document).page.text.utf8)
    }
  }
}
