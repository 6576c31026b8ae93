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
  @OptionGroup var scores: ScoresFlags
  @Option(
    help: ArgumentHelp(
      "Say what models cost a month at this volume: 2M/month, 500k/day, 3/s.", valueName: "volume"))
  var volume: String?
  @Option(
    help: ArgumentHelp(
      "With --volume: what a model costs a month besides, such as small=1200.",
      valueName: "model=cost"))
  var fixed: [String] = []
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

  /// Throws for a file whose extension names a format that is not written.
  /// - Throws: ``StoreError`` of kind `usage`.
  static func requireFormat(of path: String, _ isStated: Bool) throws(StoreError) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard !isStated, let dot = name.lastIndex(of: "."), dot != name.startIndex,
      Format(path: path) == nil
    else { return }
    throw StoreError(
      .usage,
      "there are no files \(name[dot...]): write .html, .md, .json or .txt, or name what it holds "
        + "with --format")
  }

  func run() throws {
    try Self.requireFormat(of: output, format != nil || global.json)
    let volume = try monthly()
    let service = try global.openService()
    let report = try self.report(service)
    let sink = try ByteSink.open(path: output)
    if output == "-" { Output.endWithClosedPipe() }
    try sink.write(bytes(report, volume))
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
        && key.isEmpty && scores.scores.isEmpty
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
    request.scores = scores.choice
    request.save = keep.order
    return try service.report(request)
  }

  /// The volume; nil without one.
  /// - Throws: ``StoreError`` of kind `usage` for options that do not go together.
  private func monthly() throws(StoreError) -> ReportVolume? {
    guard let volume else {
      if !fixed.isEmpty { throw StoreError(.usage, "--fixed goes with --volume") }
      return nil
    }
    guard form != .json else {
      throw StoreError(
        .usage, "a bill is in the other forms only: multiply cost.perRow by the volume")
    }
    return try ReportVolume(parsing: volume, fixed: fixed)
  }

  private func bytes(_ report: Saved<ReportDocument>, _ volume: ReportVolume?) -> [UInt8] {
    // Those of a kept report were the newest once.
    let sections = ReportSections(
      report.document, hasNewestScores: by != nil && scores.choice == nil, volume: volume)
    return switch form {
    case .text: Array(sections.page.text.utf8)
    case .markdown: Array(sections.page.markdown.utf8)
    case .html: Array(ReportHTML.page(report.document, volume: volume).utf8)
    case .json: Documents.encode(report) + [UInt8(ascii: "\n")]
    }
  }
}
