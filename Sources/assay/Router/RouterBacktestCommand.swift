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
    try format.write(answer, BacktestPage(answer.document).page, asJSON: global.json, to: output)
    try output.finish()
    switch answer.document.verdict {
    case .pass, .none: break
    case .fail: throw ExitCode(1)
    case .insufficient: throw ExitCode(2)
    }
  }
}
