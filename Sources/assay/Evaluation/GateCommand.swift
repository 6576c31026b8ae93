import ArgumentParser
import Model
import Query
import Reports
import Wire

/// `assay gate`: registers bounds before a run.
struct GateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate", abstract: "Register gates before a run, so that they stay fixed.",
    subcommands: [GateCreateCommand.self, GateShowCommand.self, GateListCommand.self])
}

/// `assay gate create`.
struct GateCreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Register gates for the items of a version.",
    discussion: """
      Saves the gates, all options and the digest of the items' keys as the next version of the dataset \
      NAME. 'assay compare … --registered NAME' then uses exactly these, and refuses other items.
      """)

  @Argument(help: "The dataset to save them in.") var name: String
  @Option(
    name: .customLong("on"),
    help: ArgumentHelp("The version with the items: inputs, or an earlier run.", valueName: "ref"))
  var reference: String
  @Option(
    help: ArgumentHelp(
      "The column whose values will be compared, which identifies no item.", valueName: "column"))
  var by: String?
  @OptionGroup var flags: ComparisonFlags
  @OptionGroup var scores: ScoresFlags
  @Option(help: "Why, in a sentence.") var message: String?
  @Option(help: "Who registers them. Default: $ASSAY_AUTHOR, else user@host.")
  var author: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    var request = GateRequest(
      reference: reference, options: try flags.options ?? ComparisonOptions(),
      save: SaveRequest(name: name, message: message, author: Author.name(author)))
    request.scores = scores.choice
    request.by = by
    let answer = try global.openService().createGate(request)
    try GateShowCommand.show(answer, isJSON: global.json)
  }
}

/// `assay gate show`.
struct GateShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show registered gates.")

  @Argument(help: "The gates: name, name@2.") var reference: String
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let answer = try global.openService().gate(try Reference(parsing: reference))
    try Self.show(answer, isJSON: global.json)
  }

  static func show(_ answer: Saved<GateDocument>, isJSON: Bool) throws(StoreError) {
    let output = try Output()
    if isJSON {
      try output.json(answer)
    } else {
      let (gate, items) = (answer.document, answer.document.items)
      try output.line(
        "\(answer.saved ?? "gates")  \(ComparisonPage.items(items.count)) of "
          + gate.source.reference
      )
      try output.line("items  \(items.digest)")
      try output.line("key    \(NameList.text(items.key))")
      if let repeats = gate.options.repeats { try output.line("repeat \(repeats)") }
      for text in gate.options.gates {
        let isFirst = (gate.options.grammar ?? 1) == 1
        try output.line("gate   \(text)" + (isFirst ? "  (grammar 1: a change)" : ""))
      }
      for finding in gate.findings ?? [] {
        try output.line("note   \(ComparisonPage.sentence(finding))")
      }
    }
    try output.finish()
  }
}

/// `assay gate ls`.
struct GateListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List the registered gates.",
    discussion: "With --json: an object per line.")

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let service = try global.openService()
    let output = try Output()
    var table = try RowOutput(
      ["gates", "items", "of", "registered", "by"], output, isJSON: global.json)
    for dataset in try service.datasets(limit: nil) where dataset.kind == .reports {
      let versions = try service.versions(of: dataset.name, limit: nil)
      for version in versions
      where GateDocument.formats.contains(version.attributes["format"] ?? "") {
        let answer = try service.gate(
          Reference(dataset: dataset.name, selector: .number(version.number)))
        let document = answer.document
        try table.row(
          [
            .text("\(version.reference): " + document.options.gates.joined(separator: "; ")),
            .integer(Int64(document.items.count)), .text(document.source.reference),
            .text(version.savedAt.description), .text(version.author),
          ], answer)
      }
    }
    try table.finish()
    try output.finish()
  }
}
