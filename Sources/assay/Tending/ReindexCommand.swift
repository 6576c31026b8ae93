import ArgumentParser
import Model
import Wire

/// `assay reindex`: makes the index anew.
struct ReindexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reindex", abstract: "Make the index anew from logs and packs; loses nothing.",
    discussion: """
      Refuses when a log file is lost whose record the index still knows: restore the file from a copy. \
      With --accept-loss that record and the versions after it are given up.
      """)

  @Flag(help: "Go on although a log file is lost, whose record only the index knows.")
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
