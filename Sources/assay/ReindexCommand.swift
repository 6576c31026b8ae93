import ArgumentParser
import Model
import Wire

/// `assay reindex`: makes the index anew.
struct ReindexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reindex", abstract: "Make the index anew from logs and packs; loses nothing.")

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let index = try global.openService().reindex()
    let output = try Output()
    if global.json {
      try output.json(index)
    } else {
      try output.line("indexed \(index.records) records of \(index.datasets) datasets")
    }
    try output.finish()
  }
}
