import ArgumentParser
import Model
import Query
import Wire

/// `assay ls`: lists the datasets of a store, or the versions of one.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List the datasets, or the versions of one.",
    discussion: "With --json: an object per line.")

  @Argument(help: "A dataset, to list its versions, newest first.") var name: String?
  @Option(help: "At most so many.") var limit: Int?
  @Option(help: "text or json, which is --json.") var format = Format.text
  @OptionGroup var global: GlobalOptions

  /// The output format of a list.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, json
  }

  private var isJSON: Bool { global.json || format == .json }

  func run() throws {
    if let limit, limit < 0 { throw StoreError(.usage, "--limit takes a number") }
    let service = try global.openService()
    let output = try Output()
    if let name {
      try listVersions(of: try DatasetName(name), service, output)
    } else {
      try listDatasets(service, output)
    }
    try output.finish()
  }

  private func listDatasets(_ service: any DatasetService, _ output: Output) throws(StoreError) {
    var table = try RowOutput(
      ["name", "kind", "versions", "rows", "created", "tags"], output, isJSON: isJSON)
    for dataset in try service.datasets(limit: limit) {
      let tags = dataset.tags.sorted { $0.key < $1.key }.map { "\($0.key)@\($0.value)" }
      try table.row(
        [
          .text(dataset.name.text), .text(dataset.kind?.rawValue ?? ""),
          .integer(Int64(dataset.versions)), .integer(Int64(dataset.rows)),
          .text(dataset.createdAt?.description ?? ""),
          .text(dataset.problem ?? tags.joined(separator: " ")),
        ], dataset)
    }
    try table.finish()
  }

  private func listVersions(
    of dataset: DatasetName, _ service: any DatasetService, _ output: Output
  ) throws(StoreError) {
    var table = try RowOutput(
      ["version", "digest", "rows", "created", "author", "tags", "message"], output,
      isJSON: isJSON)
    for version in try service.versions(of: dataset, limit: limit) {
      try table.row(
        [
          .text(version.reference), .text(version.snapshot.short),
          .integer(Int64(version.rows)), .text(version.createdAt.description),
          .text(version.author), .text((version.tags ?? []).joined(separator: " ")),
          .text(version.message),
        ], version)
    }
    try table.finish()
  }
}
