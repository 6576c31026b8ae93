import ArgumentParser
import Model
import Reports
import Wire

/// `assay router experiment`: reports on a live split.
struct RouterExperimentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiment", abstract: "Report on a live split: continue, stop or hold.",
    discussion: """
      Units count by the variant they were assigned (intention to treat), whichever target answered. The intervals \
      are valid at every look, so looking early and often does no harm. While one version replaces another \
      in steps, the two versions are compared, over the current step.

      Exit status: 0 continue; 1 stop, a guardrail is shown to be broken: roll back; 2 hold, the split is not \
      what was planned (sample ratio, p < 0.001), so nothing else can be trusted, or too many outcomes lack what \
      a guardrail is about.
      """)

  @Argument(help: "The router.") var name: String
  @Option(help: "The version that splits. Default: the live one.") var version: Int?
  @Option(help: "The rule that splits. Default: the only one.") var rule: String?
  @Option(help: "The variant to compare with. Default: the one with the most weight.")
  var control: String?
  @Option(
    help: ArgumentHelp(
      "'latency <= +20%', 'cost <= +10%', 'error <= +1pp'. Default: any worsening of success and errors.",
      valueName: "bound"))
  var guardrail: [String] = []
  @Option(help: "The planned number of units, fixed before the first look. Default: 10000.")
  var planned: Int?
  @Option(help: "The coverage of intervals, over all looks. Default: 0.95.")
  var confidence: Double?
  @Option(
    help: ArgumentHelp(
      "The role of a column: success=win, cost=usd.", valueName: "role=column"))
  var role: [String] = []
  @Option(
    help: ArgumentHelp(
      "Guardrails where more than 5% of an arm's outcomes lack the metric: undecided, ignore (judges the others) or fail.",
      valueName: "what"))
  var missing: ComparisonOptions.Missing?
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
    request.missing = missing
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
