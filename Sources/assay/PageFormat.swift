import ArgumentParser
import Model
import Reports
import Wire

/// An output format of a page.
enum PageFormat: String, CaseIterable, ExpressibleByArgument {
  case text, markdown, json

  /// Writes a page as text or as Markdown.
  func write(_ page: ReportPage, to output: Output) throws(StoreError) {
    try output.write(Array((self == .markdown ? page.markdown : page.text).utf8))
  }

  /// Writes an answer as JSON or as its page; the text also names the version that saves it.
  func write<Document>(
    _ answer: Saved<Document>, _ page: ReportPage, asJSON: Bool, to output: Output
  ) throws(StoreError) {
    if asJSON || self == .json { return try output.json(answer) }
    try write(page, to: output)
    if let saved = answer.saved, self == .text {
      try output.line("")
      try output.line("kept as \(saved)")
    }
  }
}
