import ArgumentParser
import Model
import Store

/// `assay init`: makes a store.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a store.",
    discussion: "Without a path, the store is --store, else $ASSAY_STORE, else ./.assay.")

  @Argument(help: "The folder to make.") var path: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let folder = try path.map(GlobalOptions.folder) ?? global.namedFolder() ?? ".assay"
    try Store.create(path: folder)
    let store = try Store(path: folder)
    store.leaveIndexOpen()
    let output = try Output()
    if global.json {
      try output.json(["path": folder, "id": store.id])
    } else {
      try output.line("made the store \(folder)")
    }
    try output.finish()
  }
}
