import ArgumentParser
import Model
import Query
import Wire

/// `assay router diff`: shows the differences between two rule sets.
struct RouterDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show the differences between two versions of rules.",
    discussion: """
      + is a rule added, - removed, ~ changed (its members follow), ↕ moved. With --on, both versions decide \
      every row of a dataset: a column context of JSON objects is the context, else the columns principal, \
      request, metadata and headers are its parts, else every column is a field of metadata.
      """)

  @Argument(help: "The old version.") var old: String
  @Argument(help: "The new version.") var new: String
  @Option(help: "Rows to decide, to list those that get another target.") var on: String?
  @Option(help: "The most such rows.") var limit = 20
  @Flag(help: "Exit with 1 when there are differences.") var exitCode = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    guard limit >= 0 else { throw StoreError(.usage, "--limit takes a number of rows") }
    var request = RuleDiffRequest()
    request.rows = try on.map { try Reference(parsing: $0) }
    request.limit = limit
    let found = try global.openService().compareRules(
      try Reference(parsing: old), try Reference(parsing: new), request)
    let output = try Output()
    if global.json {
      try output.json(found)
    } else {
      try output.line("\(found.old) → \(found.new)")
      try RuleText.write(found.changes, found.movement, output)
      if let decisions = found.decisions { try print(decisions, output) }
    }
    try output.finish()
    if exitCode, !found.changes.isEmpty { throw ExitCode(1) }
  }

  private func print(
    _ decisions: RuleDiffDocument.Decisions, _ output: Output
  ) throws(StoreError) {
    try output.line("")
    try output.line(
      "\(decisions.changed) of the \(decisions.rows) rows of \(decisions.version) "
        + "get another target")
    guard decisions.rows > 0 else { return }
    var matrix = try RowOutput(["from", "to", "rows"], output)
    for cell in decisions.matrix {
      try matrix.row([.text(cell.oldTarget), .text(cell.newTarget), .integer(Int64(cell.rows))])
    }
    try matrix.finish()
    guard !decisions.examples.isEmpty else { return }
    try output.line("")
    var rows = try RowOutput(["row", "item", "from", "to", "rule before", "rule now"], output)
    for row in decisions.examples {
      try rows.row([
        .integer(Int64(row.row + 1)), .text(row.item), .text(row.oldTarget), .text(row.newTarget),
        .text(row.oldRule ?? "default"), .text(row.newRule ?? "default"),
      ])
    }
    try rows.finish()
  }
}
