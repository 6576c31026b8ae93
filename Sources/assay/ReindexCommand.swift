import ArgumentParser
import Model
import Store

/// `assay reindex`: makes the index anew.
struct ReindexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reindex", abstract: "Make the index anew from logs and packs; loses nothing.")

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let store = try global.openStore()
    let (datasets, records) = try store.reindex()
    store.leaveIndexOpen()
    let output = try Output()
    if global.json {
      try output.json(["datasets": .integer(datasets), "records": .integer(records)])
    } else {
      try output.line("indexed \(records) records of \(datasets) datasets")
    }
    try output.finish()
  }
}
