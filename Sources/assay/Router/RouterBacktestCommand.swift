import ArgumentParser
import Model
import Reports
import Wire

/// `assay router backtest`: rules tried on yesterday's rows before they touch anyone.
struct RouterBacktestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest", abstract: "Try rules on stored rows before they go live.",
    discussion: """
      assay router backtest support@7 --on outputs@12

      The rows are those of a bake-off, one for each item and model, or logged decisions with the chance that \
      each had. The evaluator is the one that live requests get. docs/routing.md tells which columns \
      become which fields of a request; --map request.task=task names others.

      Without --active the rules are compared with what is live, else with their default for everything. \
      The same rules, rows and options give the same bytes. Exit status, where the rules have gates: 0 passed, \
      1 failed, 2 not enough data to say; 2 without gates too, where nothing was known of what rules ask for.
      """)

  @Argument(help: "The rules: name@7.") var rules: String
  @Option(help: "The rows. Default: those that the rules' gates name.") var on: String?
  @Option(help: "The rules to compare with. Default: what is live.") var active: String?
  @Option(help: "Compare with this target for everything.") var baseline: String?
  @Option(help: "The outcomes of logged decisions. Default: those of the router.")
  var outcomes: String?
  @OptionGroup var flags: TrialFlags
  @Option(help: "Estimate nothing from logged decisions worth fewer rows. Default: 30.")
  var leastEffective: Int?
  @Option(help: "text, markdown or json.") var format = PageFormat.text
  @OptionGroup var keep: KeepFlags
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let service = try global.openService()
    var request = BacktestRequest(rules: rules, on: on)
    request.active = active
    request.baseline = baseline
    request.outcomes = outcomes
    var options = try flags.options
    options.leastEffectiveRows = leastEffective ?? options.leastEffectiveRows
    request.options = options
    request.save = keep.order
    let answer = try service.backtest(request)
    let output = try Output()
    if global.json || format == .json {
      try output.json(answer)
    } else {
      try format.write(BacktestPage(answer.document).page, to: output)
      if let saved = answer.saved, format == .text {
        try output.line("")
        try output.line("kept as \(saved)")
      }
    }
    try output.finish()
    switch answer.document.verdict {
    case .pass, .none: break
    case .fail: throw ExitCode(1)
    case .insufficient: throw ExitCode(2)
    }
  }
}

/// How a page is printed.
enum PageFormat: String, CaseIterable, ExpressibleByArgument {
  case text, markdown, json

  /// Writes a page as text or as Markdown.
  func write(_ page: ReportPage, to output: Output) throws(StoreError) {
    try output.write(Array((self == .markdown ? page.markdown : page.text).utf8))
  }
}

/// How rows are read as requests and results.
struct TrialFlags: ParsableArguments {
  @Option(help: "The column that names the model of a row. Default: model.") var by: String?
  @Option(help: "The columns that identify an item: a,b. Default: the version's key.")
  var key: [String] = []
  @Option(
    help: ArgumentHelp(
      "The column that a field of a request comes from: request.task=task.",
      valueName: "field=column"))
  var map: [String] = []
  @Option(
    help: ArgumentHelp(
      "The value of --by that stands for a target. Default: its name, else its model.",
      valueName: "target=value"))
  var target: [String] = []
  @Option(
    help: ArgumentHelp(
      "The part a column plays: success=win, cost=usd.", valueName: "part=column"))
  var role: [String] = []
  @Option(help: ArgumentHelp("Metrics of which more is better: a,b.", valueName: "column"))
  var higher: [String] = []
  @Option(help: ArgumentHelp("Metrics of which less is better: a,b.", valueName: "column"))
  var lower: [String] = []
  @Option(help: ArgumentHelp("Rows with the same value share their luck.", valueName: "column"))
  var cluster: String?
  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp("The column that numbers the attempts at an item.", valueName: "column"))
  var repeats: String?
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only rows for which this SQL expression is true.", valueName: "sql"))
  var condition: String?
  @Option(help: "The coverage of intervals. Default: 0.95.") var confidence: Double?
  @Option(help: "Where random draws begin. Default: 1.") var seed: UInt64?
  @Option(help: "How often rows are drawn again. Default: 9999.") var resamples: Int?

  /// What was said, else the usual.
  var options: BacktestOptions {
    get throws(StoreError) {
      var options = BacktestOptions()
      options.by = by ?? options.by
      options.key = try NameList.names(in: key)
      options.map = try Self.pairs(map, "field=column")
      options.targets = try Self.pairs(target, "target=value")
      options.roles = try MetricRoles(parsing: role)
      options.higher = try NameList.names(in: higher) ?? []
      options.lower = try NameList.names(in: lower) ?? []
      options.cluster = cluster
      options.repeats = repeats
      options.condition = condition
      options.confidence = confidence ?? options.confidence
      options.seed = seed ?? options.seed
      options.resamples = resamples ?? options.resamples
      return options
    }
  }

  private static func pairs(
    _ texts: [String], _ form: String
  ) throws(StoreError) -> [DataText: String] {
    var pairs: [DataText: String] = [:]
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
        pairs.updateValue(String(parts[1]), forKey: DataText(parts[0])) == nil
      else { throw StoreError(.usage, "'\(text)' is not of the form \(form), each once") }
    }
    return pairs
  }
}
