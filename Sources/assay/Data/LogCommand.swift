import ArgumentParser
import Model
import Query
import Wire

/// `assay log`: shows the events of a dataset.
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Show the events of a dataset, newest first.",
    discussion: "With --json: an object per line.")

  @Argument(help: "The dataset.") var name: String
  @Flag(help: "Count the rows each version added, removed and changed.") var stat = false
  @Option(help: "At most so many records.") var limit: Int?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    if let limit, limit < 0 { throw StoreError(.usage, "--limit takes a number of records") }
    let service = try global.openService()
    let entries = try service.log(of: try DatasetName(name), stat: stat, limit: limit)
    let output = try Output()
    var titles = ["time", "change", "digest", "rows"]
    if stat { titles.append("against parent") }
    var table = try RowOutput(titles + ["author", "message"], output, isJSON: global.json)
    for entry in entries { try table.row(cells(entry), entry) }
    try table.finish()
    try output.finish()
  }

  private func cells(_ entry: LogDocument) -> [QueryValue] {
    switch entry {
    case .version(let version, let changes):
      let cells: [QueryValue] = [
        .text(version.createdAt.description), .text(version.reference),
        .text(version.snapshot.short), .integer(Int64(version.rows)),
      ]
      let counts: [QueryValue] = stat ? [changes.map { .text($0.text) } ?? .null] : []
      return cells + counts + [.text(version.author), .text(version.message)]
    case .tag(let move):
      let target = move.number.map { "→ \(move.dataset)@\($0)" } ?? "removed"
      let cells: [QueryValue] = [
        .text(move.savedAt.description), .text("tag \(move.tag) \(target)"), .null, .null,
      ]
      return cells + (stat ? [.null] : []) + [.text(move.author), .text(move.message)]
    case .deployment(let deployment):
      let cells: [QueryValue] = [
        .text(deployment.savedAt.description),
        .text("\(deployment.reason.rawValue) → \(deployment.reference)"), .null, .null,
      ]
      return cells + (stat ? [.null] : []) + [.text(deployment.author), .text(deployment.message)]
    }
  }
}
