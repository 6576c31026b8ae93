import ArgumentParser
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
  @Option(help: "Gates registered by 'assay gate create', with their options and items.")
  var registered: String?
  @Option(help: "text, markdown, junit or json.") var format = Format.text
  @OptionGroup var keep: SaveFlags
  @OptionGroup var global: GlobalOptions

  /// The output format of a comparison.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, markdown, junit, json
  }

  func run() throws {
    let service = try global.openService()
    let progress = ProgressLine()
    let answer = try service.compare(try request()) { progress.show(part: $0) }
    progress.clear()
    let output = try Output()
    switch global.json ? .json : format {
    case .json: try output.json(answer)
    case .text:
      try output.write(Array(ComparisonPage(answer.document).page.text.utf8))
      if let saved = answer.saved {
        try output.line("")
        try output.line("kept as \(saved)")
      }
    case .markdown: try output.write(Array(ComparisonPage(answer.document).page.markdown.utf8))
    case .junit: try output.write(Array(ComparisonJUnit(answer.document).text.utf8))
    }
    try output.finish()
    switch answer.document.verdict {
    case .passed, nil: break
    case .failed: throw ExitCode(1)
    case .undecided: throw ExitCode(2)
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
    request.save = keep.order
    return request
  }
}
