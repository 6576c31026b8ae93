import ArgumentParser
import Model
import Query
import Store

/// `assay ls`: the datasets of a store, or the versions of one.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List the datasets, or the versions of one.",
    discussion: "With --json: an object a line.")

  @Argument(help: "A dataset, to list its versions, newest first.") var name: String?
  @Option(help: "At most so many.") var limit: Int?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    if let limit, limit < 0 { throw StoreError(.usage, "--limit takes a number") }
    let store = try global.openStore()
    let output = try Output()
    if let name {
      try listVersions(of: try DatasetName(name), store, output)
    } else {
      try listDatasets(store, output)
    }
    try output.finish()
  }

  private func listDatasets(_ store: Store, _ output: Output) throws {
    var table = try RowsOut(
      ["name", "kind", "versions", "rows", "created", "tags"], output, isJSON: global.json)
    for dataset in try store.datasets().prefix(limit ?? Int.max) {
      guard let latest = try store.versions(of: dataset, limit: 1).first else { continue }
      let tags = try store.tags(of: dataset)
      try table.row(
        [
          .text(dataset.text), .text(latest.record.kind.rawValue), .integer(Int64(latest.number)),
          .integer(Int64(latest.record.rows)), .text(latest.record.createdAt.description),
          .text(tags.map { "\($0.name)@\($0.number)" }.joined(separator: " ")),
        ],
        json: [
          "name": .text(dataset.text),
          "kind": .text(latest.record.kind.rawValue),
          "versions": .integer(latest.number),
          "rows": .integer(latest.record.rows),
          "createdAt": .text(latest.record.createdAt.description),
          "savedAt": .text(latest.time.description),
          "snapshot": .text(latest.snapshot.description),
          "tags": .object(tags.map { (name: $0.name, value: .integer($0.number)) }),
        ])
    }
    try table.finish()
  }

  private func listVersions(of dataset: DatasetName, _ store: Store, _ output: Output) throws {
    let tags = Dictionary(grouping: try store.tags(of: dataset)) { $0.number }
    var table = try RowsOut(
      ["version", "digest", "rows", "created", "author", "tags", "message"], output,
      isJSON: global.json)
    for version in try store.versions(of: dataset, limit: limit ?? Int.max) {
      let names = tags[version.number, default: []].map(\.name)
      try table.row(
        [
          .text(version.reference), .text(version.snapshot.short),
          .integer(Int64(version.record.rows)), .text(version.record.createdAt.description),
          .text(version.author), .text(names.joined(separator: " ")),
          .text(version.record.message),
        ],
        json: .object(version.json + [("tags", JSONValue(names))]))
    }
    try table.finish()
  }
}
