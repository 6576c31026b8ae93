import ArgumentParser
import Model
import Query
import Store

/// `assay stats`: what takes how much space.
struct StatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Show the bytes of datasets and versions.",
    discussion: """
      raw: the values uncompressed. stored: what the commit added to the store. shared: stored bytes \
      that other versions added and this one reads too.
      """)

  @Argument(help: "A dataset, to show its versions.") var name: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let names = try name.map { [try DatasetName($0)] }
    let store = try global.openStore()
    let progress = ProgressLine()
    let sizes = try store.statistics(of: names) { done, total in
      progress.show("\(done) of \(total) versions")
    }
    progress.clear()
    let output = try Output()
    if global.json {
      try output.json(json(sizes))
    } else if name != nil {
      try printVersions(sizes, output)
    } else {
      try printDatasets(sizes, output)
    }
    try output.finish()
  }

  private func printDatasets(_ sizes: StoreStatistics, _ output: Output) throws {
    var table = try RowsOut(["dataset", "versions", "raw", "stored"], output, isJSON: false)
    for dataset in sizes.datasets {
      try table.row(
        [.text(dataset.dataset.text)]
          + [dataset.versions.count, dataset.rawBytes, dataset.storedBytes].map {
            .integer(Int64($0))
          }, json: .null)
    }
    try table.finish()
    try output.line("")
    try output.line(
      "\(sizes.files) files, \(sizes.fileBytes) bytes, and an index of \(sizes.indexBytes) bytes")
  }

  private func printVersions(_ sizes: StoreStatistics, _ output: Output) throws {
    var table = try RowsOut(["version", "rows", "raw", "stored", "shared"], output, isJSON: false)
    for size in sizes.datasets.flatMap(\.versions) {
      try table.row(
        [.text(size.version.reference)]
          + [size.version.record.rows, size.rawBytes, size.storedBytes, size.sharedBytes].map {
            .integer(Int64($0))
          }, json: .null)
    }
    try table.finish()
  }

  private func json(_ sizes: StoreStatistics) -> JSONValue {
    [
      "datasets": .array(
        sizes.datasets.map { dataset in
          [
            "name": .text(dataset.dataset.text),
            "rawBytes": .integer(dataset.rawBytes),
            "storedBytes": .integer(dataset.storedBytes),
            "versions": .array(
              dataset.versions.map { size in
                [
                  "number": .integer(size.version.number),
                  "rows": .integer(size.version.record.rows),
                  "rawBytes": .integer(size.rawBytes),
                  "storedBytes": .integer(size.storedBytes),
                  "sharedBytes": .integer(size.sharedBytes),
                ]
              }),
          ]
        }),
      "files": .integer(sizes.files),
      "fileBytes": .integer(sizes.fileBytes),
      "indexBytes": .integer(sizes.indexBytes),
    ]
  }
}
