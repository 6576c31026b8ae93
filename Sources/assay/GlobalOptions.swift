import Access
import ArgumentParser
import Client
import Foundation
import Model
import Objects
import Service
import Store
import Wire

/// The options that every command has.
struct GlobalOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The store to use: a folder or a server's URL.", valueName: "store"))
  var store: String?

  @Flag(help: "Print JSON for machines; errors too.")
  var json = false

  /// Opens the store that the options, the environment or the working directory name.
  /// - Parameter toleratesDamage: True to leave a damaged format file for the call to report.
  /// - Throws: ``StoreError``: `missing` without a store, `usage` for an invalid URL.
  func openService(toleratesDamage: Bool = false) throws(StoreError) -> any StoreService {
    if let url { return try remote(url) }
    let store = try Store(
      path: folder(), toleratesDamage: toleratesDamage, warn: ErrorReport.warn)
    // Also when the command fails: a process that ends need not tidy up the index.
    store.leaveIndexOpen()
    return LocalStoreService(store, author: Author.local)
  }

  /// Opens the store that the options, the environment or the working directory name, for calls on
  /// models.
  /// - Throws: As ``openService(toleratesDamage:)``.
  func openModels() throws(StoreError) -> any ModelService {
    if let url { return try remote(url) }
    return try openFolder()
  }

  /// The store of a server.
  func remote(_ url: String) throws(StoreError) -> RemoteStoreService {
    try RemoteStoreService(url: url, token: Self.environment("ASSAY_TOKEN"))
  }

  /// Opens the store in the folder that the options, the environment or the working directory name,
  /// for a long-running process.
  /// - Throws: ``StoreError``: `missing` without a store, `usage` for a URL.
  func openFolder() throws(StoreError) -> LocalStoreService {
    if let url {
      throw StoreError(
        .usage,
        "'\(url)' is a server's store; this works on a store in a folder: name one with --store")
    }
    return LocalStoreService(
      try Store(path: folder(), warn: ErrorReport.warn), author: Author.local)
  }

  /// Opens the tokens of the store that the options, the environment or the working directory name.
  /// - Throws: ``StoreError``: `missing` without a store, `usage` for an invalid URL.
  func openTokens() throws(StoreError) -> any TokenService {
    if let url { return try remote(url) }
    return LocalTokenService(disk: try openFolder().home.access, clock: Store.systemClock)
  }

  /// The server's URL; nil for a store in a folder.
  var url: String? { named.flatMap { Self.isURL($0) ? $0 : nil } }

  private func folder() throws(StoreError) -> String {
    if let named { return named }
    return try nearestStore()
  }

  /// The folder that an option or the environment names; nil when neither does.
  /// - Throws: ``StoreError`` of kind `usage` for a URL.
  func namedFolder() throws(StoreError) -> String? { try named.map(Self.folder) }

  /// The path of a folder to make a store in.
  /// - Throws: ``StoreError`` of kind `usage` for a URL.
  static func folder(_ path: String) throws(StoreError) -> String {
    guard !isURL(path) else {
      throw StoreError(
        .usage, "'\(path)' is a server's store, which is there already; name a folder")
    }
    return path
  }

  private var named: String? {
    (store ?? Self.environment("ASSAY_STORE")).flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func isURL(_ store: String) -> Bool {
    store.hasPrefix("http://") || store.hasPrefix("https://")
  }

  private static func environment(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name]
  }

  private func nearestStore() throws(StoreError) -> String {
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
