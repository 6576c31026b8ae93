import ArgumentParser
import Client
import Model
import Query
import Wire

/// `assay router evaluate`: decides one request.
struct RouterEvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Decide one request, and explain the decision.",
    discussion: "Nothing is recorded. Without a version, the live one decides.")

  @Argument(help: "The router, or a version of it: name, name@3.") var reference: String
  @Argument(help: "The context: a JSON object, a file with one, or -.") var context: String
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let isText = context.hasPrefix("{")
    let json = isText ? Array(context.utf8) : try RouterCommand.read(context)
    let parsed = try Reference(parsing: reference)
    let bytes = try global.openService().evaluate(
      parsed.dataset, version: reference.contains("@") ? parsed.selectorText : nil, context: json)
    let output = try Output()
    if global.json {
      try output.write(bytes)
      try output.line("")
    } else {
      try print(try Documents.decode(DecisionDocument.self, from: bytes), parsed, output)
    }
    try output.finish()
  }

  private func print(
    _ decision: DecisionDocument, _ reference: Reference, _ output: Output
  ) throws(StoreError) {
    var text = "\(decision.target)  \(decision.reason)"
    if let variant = decision.variant { text += "  variant \(variant)" }
    if let bucket = decision.bucket, let source = decision.unitSource {
      text += "  bucket \(bucket) by \(source)"
    }
    try output.line(text + "  (\(reference.dataset)@\(decision.version))")
    if !decision.shadow.isEmpty {
      try output.line("shadow: " + decision.shadow.joined(separator: ", "))
    }
    var table = try RowOutput(["rule", "is"], output)
    for rule in decision.checked { try table.row(rule.map { .text($0) }) }
    try table.finish()
  }
}

/// `assay router decisions`: lists recorded decisions with their outcomes.
struct RouterDecisionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decisions",
    abstract: "List recorded decisions with their outcomes, newest first.",
    discussion: """
      They are rows of the datasets NAME.decisions and NAME.outcomes, joined by decision_id; a server makes \
      versions of them as they come. Anything else about them is a question for 'assay query'.
      """)

  @Argument(help: "The router.") var name: String
  @Option(name: .customLong("where"), help: "Only those for which this SQL condition is true.")
  var condition: String?
  @Option(help: "At most so many.") var limit = 50
  @Option(help: "table, jsonl, json, csv or markdown.") var format: TextFormat?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    guard limit >= 0 else { throw StoreError(.usage, "--limit takes a number of decisions") }
    let service = try global.openService()
    let decisions = try DatasetName(name + ".decisions")
    let outcomes = try DatasetName(name + ".outcomes")
    let known = Set(try service.datasets(limit: nil).map(\.name))
    guard known.contains(decisions) else {
      throw StoreError(.missing, "no decision of \(name) was recorded; a server records them")
    }
    let join = known.contains(outcomes) ? " LEFT JOIN \"\(outcomes)\" USING (decision_id)" : ""
    // In brackets and on a line of its own, so that it is one expression and ends as such.
    let filter = condition.map { " WHERE (\($0)\n)" } ?? ""
    var request = QueryRequest(
      sql:
        "SELECT * FROM \"\(decisions)\"\(join)\(filter) ORDER BY decision_id DESC LIMIT \(limit)",
      format: QueryCommand.chosen(format, isJSON: global.json))
    request.limit = limit
    let output = try Output()
    let result = try output.result(isCSV: request.format == .csv) { write throws(StoreError) in
      try service.query(request, write: write)
    }
    try output.finish()
    try QueryCommand.requireAll(result, limit: limit)
  }
}
