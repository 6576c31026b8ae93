import ArgumentParser
import Model
import Wire

/// `assay reindex`: rebuilds the index.
struct ReindexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reindex", abstract: "Rebuild the index from logs and packs; loses nothing.",
    discussion: """
      Refuses when a log file is lost whose record the index still has: restore the file from a copy. \
      With --accept-loss that record and the versions after it are lost.
      """)

  @Flag(help: "Continue although a log file is lost whose record only the index has.")
  var acceptLoss = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let index = try global.openService().reindex(acceptsLoss: acceptLoss)
    let output = try Output()
    if global.json {
      try output.json(index)
    } else {
      try output.line("indexed \(index.records) records of \(index.datasets) datasets")
    }
    try output.finish()
  }
}
