import ArgumentParser
import Foundation
import Model
import Reports
import Wire

/// `assay router suggest`: drafts rules from measurements.
struct RouterSuggestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest", abstract: "Draft rules from measurements: which slice to which model.",
    discussion: """
      assay router suggest support --on outputs@12 --slice task --objective 'min cost s.t. success >= -1pp' -o rules.json

      Objectives: 'min cost s.t. success >= -1pp', 'max success s.t. cost <= +10%', 'min p95 s.t. success >= -1pp'. \
      A slice leaves the default only where its rows show both that the bound holds and that something is \
      gained, corrected for all that was examined. The rows that chose the rules also favour \
      them: try the draft on others, assay router backtest, before it goes live.
      """)

  @Argument(help: "The router.") var name: String
  @Option(help: "The rows: one for each item and model.") var on: String?
  @Option(help: "A saved report, instead: its rows, its column of models, its slices.")
  var from: String?
  @Option(help: "The column whose values may get models of their own.") var slice: String?
  @Option(help: "The field of a request that has that value. Default: metadata.COLUMN.")
  var field: String?
  @Option(help: "The metric to optimize, and the bound to hold.") var objective: String
  @Option(help: "The model the bound is measured against. Default: the best by it.")
  var base: String?
  @Option(help: "The provider of all targets. Default: unspecified.") var provider: String?
  @Option(help: "Gate the draft on these rows, which had no part in it.") var holdout: String?
  @OptionGroup var flags: TrialFlags
  @Option(name: [.customShort("o"), .long], help: "Write the draft to this file.")
  var output: String?
  @Option(help: "text, markdown or json.") var format = PageFormat.text
  @OptionGroup var keep: SaveFlags
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let service = try global.openService()
    var request = SuggestionRequest(name: name, objective: objective)
    request.on = on
    request.from = from
    request.slice = slice
    request.field = field
    request.base = base
    request.provider = provider
    request.holdout = holdout
    request.options = try flags.options
    request.scores = flags.scores.choice
    request.save = keep.order
    let answer = try service.suggest(request)
    if let output {
      do {
        try Data(answer.document.document.canonicalBytes + [UInt8(ascii: "\n")])
          .write(to: URL(fileURLWithPath: output), options: .atomic)
      } catch {
        throw StoreError(
          .unavailable, "cannot write '\(output)': \(error.localizedDescription)")
      }
    }
    let out = try Output()
    var page = SuggestionPage(answer.document).page
    let areNewest = flags.scores.choice == nil && from == nil
    page.lead += [ScoresText.used(answer.document.request.scores, areNewest: areNewest)]
      .compactMap(\.self)
    try format.write(answer, page, asJSON: global.json, to: out)
    try out.finish()
  }
}
