import ArgumentParser
import Model
import Query
import Wire

/// `assay stats`: shows the space that datasets and versions take.
struct StatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Show the bytes of datasets and versions.",
    discussion: """
      raw: the values uncompressed. stored: what the commit added to the store. shared: stored bytes \
      that other versions added and this one reads too. attached: bytes of the distinct files that \
      versions name.
      """)

  @Argument(help: "A dataset, to show its versions.") var name: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let names = try name.map { [try DatasetName($0)] }
    let service = try global.openService()
    let progress = ProgressLine()
    let sizes = try service.statistics(of: names) { progress.show("\($0)") }
    progress.clear()
    let output = try Output()
    if global.json {
      try output.json(sizes)
    } else if name != nil {
      try printVersions(sizes, output)
    } else {
      try printDatasets(sizes, output)
    }
    try output.finish()
  }

  private func printDatasets(_ sizes: StatisticsDocument, _ output: Output) throws {
    var table = try RowOutput(
      ["dataset", "versions", "raw", "stored", "attachments", "attached"], output)
    for dataset in sizes.datasets {
      try table.row(
        [.text(dataset.name.text)]
          + [
            dataset.versions.count, dataset.rawBytes, dataset.storedBytes, dataset.attachments,
            dataset.attachmentBytes,
          ].map { .integer(Int64($0)) })
    }
    try table.finish()
    try output.line("")
    try output.line(
      "\(sizes.files) files, \(sizes.fileBytes) bytes, and an index of \(sizes.indexBytes) bytes")
  }

  private func printVersions(_ sizes: StatisticsDocument, _ output: Output) throws {
    var table = try RowOutput(["version", "rows", "raw", "stored", "shared"], output)
    for dataset in sizes.datasets {
      for size in dataset.versions {
        try table.row(
          [.text("\(dataset.name)@\(size.number)")]
            + [size.rows, size.rawBytes, size.storedBytes, size.sharedBytes].map {
              .integer(Int64($0))
            })
      }
    }
    try table.finish()
  }
}
