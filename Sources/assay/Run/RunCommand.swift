import ArgumentParser
import Client
import Foundation
import Model
import Service
import Wire

/// `assay run`: calls models on the rows of a version.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Call models on stored inputs, and keep the outputs.",
    discussion: """
      assay run prompts@3 --target gpt-4o-mini --prompt-column text --into triage

      Each item goes to each target, attempt by attempt. The outputs are the next version of triage, with \
      the key item, model, attempt; the run's document is kept as triage.run. An answer that is there \
      already is not bought again: the same run makes no call, one more target only its own. Everything \
      is on disk before it counts: a run that was killed goes on with 'assay run resume triage'.

      Ctrl-c sends no more calls and waits for those under way; a second one cancels them. A server \
      executes its runs itself, with its own keys, and this command follows them; there a second ctrl-c \
      ends only the command. docs/running.md has the document, the columns and the limits.

      Exit status: 0 every call has an answer; 1 some failed or were not sent, or outputs could not be \
      scored; 75 cancelled.
      """,
    subcommands: [
      RunStartCommand.self, RunStatusCommand.self, RunResumeCommand.self, RunCancelCommand.self,
      RunAgainCommand.self, RunEstimateCommand.self, RunCostCommand.self,
    ],
    defaultSubcommand: RunStartCommand.self)

  /// Executes a run, and ends the process with the status of its outcome.
  /// - Parameter alarms: True to end with 1 where answers changed.
  static func execute(
    _ request: RunRequest, _ unknown: UnknownFlags, _ change: ProviderChangeOptions,
    _ global: GlobalOptions, alarms: Bool = false
  ) throws {
    var request = request
    request.message = change.message
    request.author = Author.name(change.author)
    let report =
      if let url = global.url {
        try follow(request, unknown, try global.remote(url))
      } else {
        try execute(request, unknown, try global.openFolder())
      }
    try finish(report, isJSON: global.json)
    if alarms, report.changes?.isAlarming == true { throw ExitCode(1) }
  }

  /// Executes a run in this process.
  private static func execute(
    _ request: RunRequest, _ unknown: UnknownFlags, _ service: LocalStoreService
  ) throws(StoreError) -> RunReportDocument {
    let ready = try service.ready(request)
    let line = ProgressLine()
    defer { line.clear() }
    let choice = unknown.onUnknown
    return try Waiting.value(
      interrupted: {
        line.clear()
        ErrorReport.report(
          note: "no more calls are sent; waiting for those under way (again cancels them)",
          isPartOfAnswer: false)
        ready.stop()
      }
    ) { () async throws(StoreError) in
      try await service.run(
        ready,
        repeatsUnknown: { (count, bound) throws(StoreError) in
          try choice.repeats(count, atMost: bound)
        }
      ) { progress in line.show(RunText.line(progress)) }
    }
  }

  /// Has a server execute a run, and waits for its end.
  private static func follow(
    _ request: RunRequest, _ unknown: UnknownFlags, _ service: RemoteStoreService
  ) throws(StoreError) -> RunReportDocument {
    var request = request
    switch unknown.onUnknown {
    case .retry: break
    case .skip: request.onUnknown = .skip
    case .ask:
      throw StoreError(
        .usage, "a server cannot ask: take --on-unknown retry, or skip to leave such calls out")
    }
    let line = ProgressLine()
    defer { line.clear() }
    let job = try service.startRun(request)
    return try Waiting.value(
      interrupted: {
        line.clear()
        ErrorReport.report(
          note:
            "no more calls are sent; waiting for those under way (again leaves them to the server)",
          isPartOfAnswer: false)
        do throws(StoreError) {
          _ = try service.cancelRun(job.run)
        } catch {
          ErrorReport.report(
            note:
              "the run goes on, since the server could not be asked to end it: \(error.message)",
            isPartOfAnswer: false)
        }
      }
    ) { () async throws(StoreError) in
      try service.follow(job) { progress in line.show(RunText.line(progress)) }
    }
  }

  /// Prints the outcome of a run.
  static func finish(_ report: RunReportDocument, isJSON: Bool) throws {
    for note in report.notes { ErrorReport.report(note: note) }
    Output.confirm("\(report.version?.reference ?? report.run) is saved") {
      output throws(StoreError) in
      if isJSON {
        try output.json(report)
      } else {
        for line in RunText.outcome(report) { try output.line(line) }
      }
    }
    switch report.state {
    case "complete":
      if report.unscored != nil || report.scores?.hasUnaskedJudge == true { throw ExitCode(1) }
    case "cancelled": throw ExitCode(75)
    default: throw ExitCode(1)
    }
  }
}

/// `assay run start`: begins a run.
struct RunStartCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Begin a run; one that was interrupted goes on.",
    discussion: """
      With --target, SOURCE is a version of inputs and the options are the run; 'start' may be left out. \
      Without, it is the file of a document run/1; - reads standard input.
      """)

  @Argument(help: "The inputs, such as prompts@3; without --target a document's file.")
  var source: String
  @OptionGroup var flags: RunFlags
  @OptionGroup var unknown: UnknownFlags
  @OptionGroup var change: ProviderChangeOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try RunCommand.execute(
      RunRequest(document: try flags.document(source)), unknown, change, global)
  }
}

/// `assay run status`: shows the state of a run.
struct RunStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show the state of a run, also while it goes on.",
    discussion: "Exit status: 0 whatever the state is.")

  @Argument(
    help: ArgumentHelp(
      "The run: its outputs, triage@4, or its document, triage.run@2.", valueName: "run"))
  var reference: String
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let report = try global.openModels().runStatus(reference)
    let output = try Output()
    if global.json {
      try output.json(report)
    } else {
      for line in RunText.status(report) { try output.line(line) }
    }
    try output.finish()
  }
}

/// `assay run resume`: goes on with a run.
struct RunResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Go on with a run: make the calls that have no answer.",
    discussion: """
      No call that ended is made again. Calls that were under way when the process ended are, unless \
      --on-unknown says otherwise: how many those are and what they can have cost at most is said. Jobs \
      are asked for by their ids. Of a run that ended, the failed calls are made again.
      """)

  @Argument(
    help: ArgumentHelp(
      "The run: its outputs, triage@4, or its document, triage.run@2.", valueName: "run"))
  var reference: String
  @OptionGroup var unknown: UnknownFlags
  @OptionGroup var change: ProviderChangeOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try RunCommand.execute(RunRequest(resuming: reference), unknown, change, global)
  }
}

/// `assay run again`: measures a run again.
struct RunAgainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "again", abstract: "Make a run's calls again, and say which answers changed.",
    discussion: """
      Every call is made, on the same version of the inputs, and the outputs are the next version. An \
      answer that differs under an equal call key, or another model or fingerprint that answers report, \
      is a change nobody announced; attempts of the earlier run show how much differs by itself.
      """)

  @Argument(
    help: ArgumentHelp(
      "The run: its outputs, triage@4, or its document, triage.run@2.", valueName: "run"))
  var reference: String
  @Option(
    help: ArgumentHelp(
      "A target to call too; may be given several times.", valueName: "target"))
  var addTarget: [String] = []
  @Flag(help: "Keep the answers of calls that are the same: make only new ones.")
  var reuse = false
  @Option(
    name: .customLong("in"),
    help: ArgumentHelp(
      "The providers. Default: those of the run; with --add-target the present ones.",
      valueName: "reference"))
  var providers: String?
  @Flag(help: "Exit with 1 when answers changed, more than by themselves where that is known.")
  var exitCode = false
  @OptionGroup var unknown: UnknownFlags
  @OptionGroup var change: ProviderChangeOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    var repetition = RunRequest.Repetition(reference)
    repetition.addTargets = addTarget.isEmpty ? nil : addTarget
    repetition.providers = providers
    repetition.reuse = reuse ? true : nil
    try RunCommand.execute(
      RunRequest(again: repetition), unknown, change, global, alarms: exitCode)
  }
}

/// `assay run cancel`: ends a run.
struct RunCancelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "End a run that goes on, with what it has.",
    discussion: """
      The process that executes it sends no more calls, waits for those under way, and saves their \
      outputs. A run whose process was killed ends at once, with what its journal has.
      """)

  @Argument(
    help: ArgumentHelp("The run: its dataset, or its document, triage.run@2.", valueName: "run"))
  var reference: String
  @Option(help: "Who saves it. Default: $ASSAY_AUTHOR, else user@host.") var author: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    guard let report = try cancelled() else {
      ErrorReport.report(
        note: "\(reference) sends no more calls, and ends when those under way do",
        isPartOfAnswer: false)
      return
    }
    try RunCommand.finish(report, isJSON: global.json)
  }

  /// The outcome of the run; nil while calls are under way.
  private func cancelled() throws(StoreError) -> RunReportDocument? {
    if let url = global.url {
      let report = try global.remote(url).cancelRun(reference)
      return report.state == "running" ? nil : report
    }
    let service = try global.openFolder()
    let (name, author) = (reference, Author.name(author))
    return try Waiting.value { () async throws(StoreError) in
      try await service.cancelRun(name, author: author)
    }
  }
}

/// `assay run estimate`: counts the calls of a run.
struct RunEstimateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "estimate", abstract: "Count the calls of a run and bound their costs; send none.",
    discussion: """
      It takes what 'start' takes. 'likely' is the mean cost of the target's earlier calls, 'at most' a \
      token for each byte that is sent and all tokens that an answer may have.
      """)

  @Argument(help: "The inputs, such as prompts@3; without --target a document's file.")
  var source: String
  @OptionGroup var flags: RunFlags
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let estimate = try global.openModels().estimateRun(try flags.document(source))
    for note in estimate.notes { ErrorReport.report(note: note) }
    let output = try Output()
    if global.json {
      try output.json(estimate)
    } else {
      for line in RunText.estimate(estimate) { try output.line(line) }
    }
    try output.finish()
  }
}

/// `assay run cost`: prices a run again.
struct RunCostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cost", abstract: "Price a run by other prices; no row is changed.",
    discussion: "Failed attempts before an answer are not in it: what they used is not known.")

  @Argument(
    help: ArgumentHelp(
      "The run: its outputs, triage@4, or its document, triage.run@2.", valueName: "run"))
  var reference: String
  @Option(help: "The prices: a reference, such as prices@9.") var prices = "prices"
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let cost = try global.openModels().runCost(reference, prices: prices)
    for note in cost.notes { ErrorReport.report(note: note) }
    let output = try Output()
    if global.json {
      try output.json(cost)
    } else {
      for line in RunText.cost(cost) { try output.line(line) }
    }
    try output.finish()
  }
}
