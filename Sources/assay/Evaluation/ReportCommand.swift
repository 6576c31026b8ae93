import ArgumentParser
import Formats
import Model
import Reports
import Wire

/// `assay report`: compares all models in a version.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Compare all models in a version.",
    discussion: """
      assay report REF --by model   of the values of a column of a version
      assay report REF              that was saved with --save

      Success, latency, cost per success, schema compliance, tool calls, refusals and long inputs with \
      their intervals, where the version has columns for them; the models on the cost–quality front; \
      with --slice the best model for each value. --format html writes one self-contained page with \
      charts. --json is --format json.
      """)

  @Argument(help: "The version, or a saved report.") var reference: String
  @Option(help: ArgumentHelp("The column whose values are the models.", valueName: "column"))
  var by: String?
  @Option(
    help: ArgumentHelp(
      "The role of a column: success=win, cost=usd; see 'assay compare'.",
      valueName: "role=column"))
  var role: [String] = []
  @Option(help: ArgumentHelp("Report the mean of this column too.", valueName: "column"))
  var metric: [String] = []
  @Option(help: ArgumentHelp("Find the best model for each value.", valueName: "column"))
  var slice: [String] = []
  @Option(help: "The columns that identify an item: a,b. Default: the version's key without --by.")
  var key: [String] = []
  @OptionGroup var rows: RowFlags
  @Option(help: "The coverage of intervals. Default: 0.95.") var confidence: Double?
  @Option(help: "text, markdown, html or json. Default: by the file's extension, else text.")
  var format: Format?
  @Option(name: .shortAndLong, help: "The file; - for standard output.") var output = "-"
  @OptionGroup var keep: SaveFlags
  @OptionGroup var global: GlobalOptions

  /// The output format of a report.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, markdown, html, json

    /// The format that a file's extension names; nil for another extension.
    init?(path: String) {
      guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return nil }
      switch path[dot...].lowercased() {
      case ".html", ".htm": self = .html
      case ".md", ".markdown": self = .markdown
      case ".json": self = .json
      case ".txt": self = .text
      default: return nil
      }
    }
  }

  /// An HTML file is opened by its name: another format in it would show markup that is in the
  /// data.
  private var form: Format {
    global.json ? .json : format ?? Format(path: output) ?? .text
  }

  func run() throws {
    let service = try global.openService()
    let report = try self.report(service)
    let sink = try ByteSink.open(path: output)
    if output == "-" { Output.endWithClosedPipe() }
    try sink.write(bytes(report))
    try sink.finish()
    // The other forms are whole without it, and JSON says it itself.
    guard let saved = report.saved, by != nil, output != "-" || form == .text, !global.json else {
      return
    }
    let terminal = try Output()
    if output == "-" { try terminal.line("") }
    try terminal.line("kept as \(saved)")
    try terminal.finish()
  }

  private func report(_ service: any StoreService) throws -> Saved<ReportDocument> {
    guard let by else {
      let isPlain =
        [role, metric, slice].allSatisfy(\.isEmpty)
        && key.isEmpty
        && [
          rows.cluster, rows.repeats, rows.condition, keep.save, keep.message, keep.author,
        ].allSatisfy { $0 == nil }
        && confidence == nil
      guard isPlain else {
        throw StoreError(.usage, "--by names the column whose values are the models, such as model")
      }
      return try service.report(try Reference(parsing: reference))
    }
    var request = ReportRequest(reference, by: by)
    request.roles = try MetricRoles(parsing: role)
    request.metrics = metric
    request.slices = slice
    request.key = try NameList.names(in: key)
    request.cluster = rows.cluster
    request.repeats = rows.repeats
    request.condition = rows.condition
    request.confidence = confidence ?? request.confidence
    request.save = keep.order
    return try service.report(request)
  }

  private func bytes(_ report: Saved<ReportDocument>) -> [UInt8] {
    switch form {
    case .text: Array(ReportSections(report.document).page.text.utf8)
    case .markdown: Array(ReportSections(report.document).page.markdown.utf8)
    case .html: Array(ReportHTML.page(report.document).utf8)
    case .json: Documents.encode(report) + [UInt8(ascii: "\n")]
    }
  }
}
