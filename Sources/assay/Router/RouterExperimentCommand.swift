import ArgumentParser
import Model
import Reports
import Wire

/// `assay router experiment`: how a live split is going.
struct RouterExperimentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiment", abstract: "Tell how a live split is going: continue, stop or hold.",
    discussion: """
      By what each unit was given (intention to treat), whoever answered in the end. The intervals hold at every look \
      at once, so looking early and often does no harm. While a version takes another's place step by \
      step, the two versions are compared, over the current step.

      Exit status: 0 continue; 1 stop, a guardrail is shown to be broken: roll back; 2 hold, the split is not \
      what was planned (sample ratio, p < 0.001), so nothing else can be trusted.
      """)

  @Argument(help: "The router.") var name: String
  @Option(help: "The version that splits. Default: the live one.") var version: Int?
  @Option(help: "The rule that splits. Default: the only one.") var rule: String?
  @Option(help: "The variant to compare with. Default: that of most weight.")
  var control: String?
  @Option(
    help: ArgumentHelp(
      "'latency <= +20%', 'cost <= +10%', 'error <= +1pp'. Default: success and errors that get worse at all.",
      valueName: "bound"))
  var guardrail: [String] = []
  @Option(help: "The units that were planned, fixed before looking. Default: 10000.")
  var planned: Int?
  @Option(help: "The coverage of intervals, over all looks. Default: 0.95.")
  var confidence: Double?
  @Option(
    help: ArgumentHelp(
      "The part a column plays: success=win, cost=usd.", valueName: "part=column"))
  var role: [String] = []
  @Option(help: "The decisions. Default: those of the router.") var decisions: String?
  @Option(help: "The outcomes. Default: those of the router.") var outcomes: String?
  @Option(help: "text, markdown or json.") var format = PageFormat.text
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let service = try global.openService()
    var request = ExperimentRequest(name: name)
    request.version = version.map(String.init)
    request.rule = rule
    request.control = control
    request.guardrails = guardrail.isEmpty ? nil : guardrail
    request.planned = planned ?? request.planned
    request.confidence = confidence ?? request.confidence
    request.roles = try MetricRoles(parsing: role)
    request.decisions = decisions
    request.outcomes = outcomes
    let document = try service.experiment(request)
    let output = try Output()
    if global.json || format == .json {
      try output.json(document)
    } else {
      try format.write(ExperimentPage(document).page, to: output)
    }
    try output.finish()
    switch document.verdict {
    case .continue: break
    case .stop: throw ExitCode(1)
    case .hold: throw ExitCode(2)
    }
  }
}
