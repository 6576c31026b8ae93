import ArgumentParser
import Model
import Reports
import Wire

/// `assay router backtest`: tries rules on stored rows before they serve requests.
struct RouterBacktestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest", abstract: "Try rules on stored rows before they go live.",
    discussion: """
      assay router backtest support@7 --on outputs@12

      The rows are those of a bake-off, one for each item and model, or logged decisions with their \
      propensities. The evaluator is the same as for live requests. docs/routing.md lists which columns \
      become which fields of a request; --map request.task=task names others.

      Without --active the rules are compared with the live ones, else with their default for everything. \
      The same rules, rows and options give the same bytes. Exit status, where the rules have gates: 0 passed, \
      1 failed, 2 too little data; 2 without gates too, where no condition could be evaluated.
      """)

  @Argument(help: "The rules: name@7.") var rules: String
  @Option(help: "The rows. Default: those that the rules' gates name.") var on: String?
  @Option(help: "The rules to compare with. Default: the live ones.") var active: String?
  @Option(help: "Compare with sending every request to this target.") var baseline: String?
  @Option(help: "The outcomes of logged decisions. Default: those of the router.")
  var outcomes: String?
  @OptionGroup var flags: TrialFlags
  @Option(help: "The least effective sample size to estimate from. Default: 30.")
  var leastEffective: Int?
  @Option(help: "text, markdown or json.") var format = PageFormat.text
  @OptionGroup var keep: SaveFlags
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
    request.scores = flags.scores.choice
    request.save = keep.order
    let answer = try service.backtest(request)
    let output = try Output()
    var page = BacktestPage(answer.document).page
    page.lead += [
      ScoresText.used(answer.document.request.scores, areNewest: flags.scores.choice == nil)
    ].compactMap(\.self)
    try format.write(answer, page, asJSON: global.json, to: output)
    try output.finish()
    switch answer.document.verdict {
    case .pass, .none: break
    case .fail: throw ExitCode(1)
    case .insufficient: throw ExitCode(2)
    }
  }
}
