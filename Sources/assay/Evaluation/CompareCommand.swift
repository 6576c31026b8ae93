import ArgumentParser
import Formats
import Model
import Reports
import Wire

/// `assay compare`: compares runs item by item, with the uncertainty of each difference.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare runs item by item, and gate on the difference.",
    discussion: """
      assay compare BASE CANDIDATE…               versions
      assay compare REF --by model [BASE CAND…]   the values of a column of one version
      assay compare REF                           that was saved with --save

      Items are paired by key; those that not all arms have are counted and left out. Without \
      --metric, --higher and --lower the metrics are the columns whose names imply a direction.

      A gate is METRIC >= BOUND or METRIC <= BOUND. A bound with a sign limits the change: +2pp, +10% \
      (of the base) or +500. One without limits the candidate's own value: 'latency_ms <= 500', \
      'success >= 80%'. A gate passes where the whole interval meets the bound, on all of the base's \
      items, or as many as 'items >= 95%' says. Exit status: 0 passed, 1 failed, 2 too little data.
      """)

  @Argument(help: "The base, then the candidates; with --by the version, then values.")
  var arms: [String]
  @Option(help: "Compare the values of this column.") var by: String?
  @OptionGroup var flags: ComparisonFlags
  @OptionGroup var scores: ScoresFlags
  @Option(help: "Gates registered by 'assay gate create', with their options and items.")
  var registered: String?
  @Option(
    help: "text, markdown, html, junit or json. Default: by the file's extension, else text.")
  var format: Format?
  @Option(name: .shortAndLong, help: "The file; - for standard output.") var output = "-"
  @OptionGroup var keep: SaveFlags
  @OptionGroup var global: GlobalOptions

  /// The output format of a comparison.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, markdown, html, junit, json
  }

  /// An HTML file is opened by its name: another format in it would show markup that is in the
  /// data.
  private var form: Format {
    if global.json { return .json }
    let named = ReportCommand.Format(path: output).flatMap { Format(rawValue: $0.rawValue) }
    return format ?? (output.lowercased().hasSuffix(".xml") ? .junit : named) ?? .text
  }

  func run() throws {
    try ReportCommand.requireFormat(of: output, format != nil || global.json || form == .junit)
    let service = try global.openService()
    let answer = try comparison(service)
    let sink = try ByteSink.open(path: output)
    if output == "-" { Output.endWithClosedPipe() }
    try sink.write(bytes(answer))
    try sink.finish()
    if keep.save != nil, let saved = answer.saved, output != "-" || form == .text {
      let terminal = try Output()
      if output == "-" { try terminal.line("") }
      try terminal.line("kept as \(saved)")
      try terminal.finish()
    }
    switch answer.document.verdict {
    case .passed, nil: break
    case .failed: throw ExitCode(1)
    case .undecided: throw ExitCode(2)
    }
  }

  private func bytes(_ answer: Saved<ComparisonDocument>) -> [UInt8] {
    // Those of a kept comparison were the newest once.
    let isKept = by == nil && arms.count == 1
    let page = ComparisonPage(
      answer.document, hasNewestScores: scores.choice == nil && !isKept
    ).page
    switch form {
    case .text: return Array(page.text.utf8)
    case .markdown: return Array(page.markdown.utf8)
    case .html: return Array(ReportHTML.page(page, sources: answer.document.sources).utf8)
    case .junit: return Array(ComparisonJUnit(answer.document).text.utf8)
    case .json: return Documents.encode(answer) + [UInt8(ascii: "\n")]
    }
  }

  /// The comparison that is asked for, or one that was saved.
  private func comparison(
    _ service: any StoreService
  ) throws(StoreError) -> Saved<ComparisonDocument> {
    if try isOfKept() { return try kept(service) }
    let progress = ProgressLine()
    let answer = try service.compare(try request()) { progress.show(part: $0) }
    progress.clear()
    return answer
  }

  /// Returns true when nothing but the name of a comparison is given.
  private func isOfKept() throws(StoreError) -> Bool {
    guard by == nil, arms.count == 1, registered == nil else { return false }
    let options = try flags.options
    return options == nil && scores.choice == nil && keep.order == nil
  }

  private func kept(
    _ service: any StoreService
  ) throws(StoreError) -> Saved<ComparisonDocument> {
    do throws(StoreError) {
      return try service.comparison(try Reference(parsing: arms[0]))
    } catch {
      guard error.kind == .usage else { throw error }
      throw StoreError(
        .usage,
        "compare takes a base and a candidate, or one version and --by COLUMN, or a saved "
          + "comparison, which \(arms[0]) is not")
    }
  }

  private func request() throws(StoreError) -> ComparisonRequest {
    var request: ComparisonRequest
    if let by {
      request = ComparisonRequest(
        of: arms[0], by: by, base: arms.dropFirst().first, candidates: Array(arms.dropFirst(2)))
    } else {
      guard arms.count > 1 else {
        throw StoreError(
          .usage, "compare takes a base and a candidate, or one version and --by COLUMN")
      }
      request = ComparisonRequest(base: arms[0], candidates: Array(arms.dropFirst()))
    }
    request.options = try flags.options
    request.registered = registered
    request.scores = scores.choice
    request.save = keep.order
    return request
  }
}
