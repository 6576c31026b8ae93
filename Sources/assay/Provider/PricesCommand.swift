import ArgumentParser
import Model
import Service
import Wire

/// `assay prices`: manages prices of models.
struct PricesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prices", abstract: "Import the prices of models.",
    discussion: """
      Prices are rows of a dataset of kind prices, in integer picodollars for a unit, each from one moment \
      until another: docs/running.md lists the columns.
      """,
    subcommands: [PricesImportCommand.self])
}

/// `assay prices import`: merges a public table into the prices.
struct PricesImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Merge a public table of prices into the prices.",
    discussion: """
      The file is LiteLLM's model_prices_and_context_window.json, the api.json of models.dev, or the data \
      of genai-prices. A price that changed ends where the new one begins, so that earlier calls keep \
      theirs; one that the file does not have stays.
      """)

  @Argument(help: "The file; - reads standard input.") var file: String
  @Option(help: "Its shape: litellm, models.dev, genai-prices. Default: as it looks.")
  var format: String?
  @Option(
    help: ArgumentHelp(
      "The first moment of prices without a date. Default: now.", valueName: "date"))
  var from: String?
  @Option(
    help: ArgumentHelp("The dataset that has the prices.", valueName: "dataset"))
  var into = "prices"
  @Option(help: "What changed, in a sentence.") var message = ""
  @Option(help: "Who saves it. Default: $ASSAY_AUTHOR, else user@host.") var author: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    var start: Timestamp?
    if let from {
      guard let time = Timestamp(parsing: from) else {
        throw StoreError(.usage, "--from takes a date, such as 2026-10-01, or a time with a zone")
      }
      start = time
    }
    let imported = try global.openModels().importPrices(
      into: try DatasetName(into), try RouterCommand.read(file), format: format, from: start,
      message: message, author: Author.name(author))
    Output.confirm("\(imported.version.reference) is saved") { output throws(StoreError) in
      if global.json {
        try output.json(imported)
        return
      }
      let version = imported.version
      try output.line(
        imported.isNew
          ? "\(version.reference)  \(version.snapshot.short)  \(version.rows) prices"
          : "unchanged: \(version.reference)")
      try output.line("read \(imported.prices) prices of \(imported.format)")
      if !imported.ignored.isEmpty {
        let names = imported.ignored.prefix(8).joined(separator: ", ")
        let more = imported.ignored.count > 8 ? " and \(imported.ignored.count - 8) more" : ""
        try output.line("not taken: \(names)\(more)")
      }
    }
  }
}
