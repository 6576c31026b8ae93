import ArgumentParser
import Foundation
import Model
import Running
import Scoring
import Service
import Wire

/// `assay score`: applies scorers to stored outputs.
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Score stored outputs.",
    discussion: """
      assay score triage@4 --scorer exact:answer --scorer json_valid

      Applies scorers to the column 'output' of each row and saves the scores as the next version of \
      triage.scores: a row for each item, model, attempt and scorer, with the scorer's version and the \
      digest of its configuration. Nothing is run or bought again, and no score is overwritten: equal \
      scores make no new version, other scorers are added to those of the same outputs.

      A scorer is written [NAME=]TYPE[:OPTIONS]: options name=value with commas between, lists with +, and \
      those in <> also without their name:

      exact:answer                      the output is the text in a column
      exact:answer,normalize=trim+nfc   after these changes to both texts
      near=contains:value=Paris         one text for all items; named 'near'
      'regex:^\\d{1,3}$'                behind regex: is the pattern

      \(ScorerType.help)

      'expected' is a column with reference answers, of the outputs or of the inputs in their lineage. \
      'normalize' takes trim, nfc, casefold, whitespace and strip_fence; without it texts are equal when \
      their bytes are. An output that cannot be scored has no score, and is counted as an error, \
      never as 0. docs/scoring.md has every rule.

      'command', 'judge' and 'human' work on a store in a folder. A program gets rows as JSON lines and \
      writes {"id": …, "score": …} for each. A judge is asked by a rubric, a prompt of 'assay prompt', and \
      its calls are kept as the outputs of a run, triage.scores.NAME: an answer that is there is not \
      bought again.

      Exit status: 0 done; 1 a judge's call failed or was not sent; 75 cancelled.
      """)

  @Argument(help: "The version with the outputs.") var reference: String
  @Option(
    help: ArgumentHelp("A scorer, as above; may be given several times.", valueName: "scorer"))
  var scorer: [String] = []
  @Option(
    help: ArgumentHelp(
      "A file of scorers: {\"schema\": \"scorers/1\", \"scorers\": [{\"type\": …}, …]}.",
      valueName: "file"))
  var scorers: String?
  @Option(help: "The column that is scored. Default: output, response or completion.")
  var output: String?
  @Option(help: ArgumentHelp("The column with the models. Default: model.", valueName: "column"))
  var by: String?
  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp(
      "The column that numbers the attempts at an item. Default: attempt, trial, … of the key.",
      valueName: "column"))
  var repeats: String?
  @Option(
    help: ArgumentHelp(
      "The version with further columns of the items. Default: the inputs in the lineage.",
      valueName: "version"))
  var inputs: String?
  @Option(help: "The dataset that keeps the scores. Default: NAME.scores.") var into: String?
  @Option(
    name: .customLong("in"),
    help: ArgumentHelp("The providers of judges: a dataset or a version.", valueName: "reference"))
  var providers = "providers"
  @Option(
    help: ArgumentHelp(
      "Never spend more than this on judges; calls that might are not sent.", valueName: "dollars"))
  var maxUsd: String?
  @Flag(help: "With --max-usd: call also judges whose costs have no bound.")
  var allowUnpriced = false
  @Option(help: ArgumentHelp("The most calls of judges at a time.", valueName: "count"))
  var concurrency: Int?
  @Option(help: "Why it is saved, in a sentence.") var message: String?
  @Option(help: "Who saves it. Default: $ASSAY_AUTHOR, else user@host.") var author: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    var request = ScoreRequest(reference, scorers: try list())
    request.output = output
    request.by = by
    request.repeats = repeats
    request.inputs = inputs
    request.into = into
    request.message = message
    request.author = Author.name(author)
    let scores =
      try ScorerDocument.hasOutside(request.scorers) && global.url == nil
      ? scoreOutside(request) : global.openService().score(request)
    for warning in scores.warnings ?? [] { ErrorReport.warn(warning) }
    for call in scores.calls ?? [] {
      for note in call.run?.notes ?? [] { ErrorReport.report(note: note) }
    }
    Output.confirm("\(scores.version.reference) is saved") { output throws(StoreError) in
      if global.json {
        try output.json(scores)
      } else {
        for line in ScoringText.lines(scores) { try output.line(line) }
      }
    }
    if scores.calls?.contains(where: { $0.run?.state == "cancelled" }) == true {
      throw ExitCode(75)
    }
    if scores.hasUnaskedJudge { throw ExitCode(1) }
  }

  /// Applies scorers of which some start programs, call models or ask people.
  private func scoreOutside(_ request: ScoreRequest) throws(StoreError) -> ScoresDocument {
    let service = try global.openFolder()
    let line = ProgressLine()
    var calls = ScoringCalls()
    calls.providers = providers
    if let maxUsd { calls.maxMicrodollars = try RunFlags.microdollars(maxUsd) }
    calls.allowsUnpriced = allowUnpriced
    calls.concurrency = concurrency
    calls.progress = { line.show(RunText.line(RunProgressDocument($0))) }
    let given = calls
    defer { line.clear() }
    let stop: @Sendable () -> Void = {
      line.clear()
      ErrorReport.report(
        note: "no more calls are sent; waiting for those under way (again cancels them)",
        isPartOfAnswer: false)
      given.control.stop()
    }
    let asks = request.scorers.contains { $0.object?["type"] == .string(JudgeScorer.type) }
    return try Waiting.value(interrupted: asks ? stop : nil) { () async throws(StoreError) in
      try await service.score(request, calling: given)
    }
  }

  /// The scorers of the file and of the command line.
  private func list() throws(StoreError) -> [JSON] {
    var items: [JSON] = []
    if let scorers {
      let bytes = try Self.bytes(scorers)
      let json: JSON
      do throws(JSONFault) {
        json = try JSON(parsing: bytes, depth: 64)
      } catch {
        throw StoreError(.usage, "\(scorers) is not JSON: \(error.description(in: bytes))")
      }
      items += try ScorerDocument.items(json)
    }
    for text in scorer { items.append(try ScorerShortForm.json(text, read: Self.bytes)) }
    guard !items.isEmpty else {
      throw StoreError(
        .usage,
        "name a scorer, such as --scorer exact:answer, or a file of them with --scorers; "
          + "'assay score --help' lists them")
    }
    return items
  }

  static func bytes(_ path: String) throws(StoreError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw StoreError(.missing, "the file \(path) cannot be read; check its path")
    }
    return Array(data)
  }
}
