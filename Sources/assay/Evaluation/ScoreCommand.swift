import ArgumentParser
import Foundation
import Model
import Reports
import Scoring
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
    let scores = try global.openService().score(request)
    for warning in scores.warnings ?? [] { ErrorReport.warn(warning) }
    Output.confirm("\(scores.version.reference) is saved") { output throws(StoreError) in
      if global.json {
        try output.json(scores)
      } else {
        for line in ScoresText(scores).lines { try output.line(line) }
      }
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

  private static func bytes(_ path: String) throws(StoreError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw StoreError(.missing, "the file \(path) cannot be read; check its path")
    }
    return Array(data)
  }
}
