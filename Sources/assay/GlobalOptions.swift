import ArgumentParser
import Foundation
import Model
import Store

/// The options that every command has.
struct GlobalOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The store to use.", valueName: "path"))
  var store: String?

  @Flag(help: "Print JSON for machines; errors too.")
  var json = false

  /// Opens the store that the options, the environment or the working directory name.
  /// - Throws: ``StoreError``: `missing` when there is none, `usage` for a URL.
  func openStore() throws(StoreError) -> Store {
    let path = try storePath()
    let store = try Store(path: path)
    // Also when the command fails: a process that ends need not tidy up the index.
    store.leaveIndexOpen()
    return store
  }

  /// The store named outright, by option or environment; nil when neither does.
  /// - Throws: ``StoreError`` of kind `usage` for a URL.
  func namedStore() throws(StoreError) -> String? {
    guard let named = store ?? ProcessInfo.processInfo.environment["ASSAY_STORE"], !named.isEmpty
    else { return nil }
    guard !named.hasPrefix("http://"), !named.hasPrefix("https://") else {
      throw StoreError(
        .usage, "'\(named)' is a remote store, for which this version has no client; name a folder")
    }
    return named
  }

  private func storePath() throws(StoreError) -> String {
    if let named = try namedStore() { return named }
    let files = FileManager.default
    var folder = files.currentDirectoryPath
    while true {
      let candidate = (folder == "/" ? "" : folder) + "/.assay"
      if files.fileExists(atPath: candidate + "/assay.json") { return candidate }
      guard folder != "/", let slash = folder.lastIndex(of: "/") else { break }
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
    throw StoreError(
      .missing,
      "there is no store here or above; make one with 'assay init', or name one with --store or "
        + "ASSAY_STORE")
  }
}
