import Model
import Objects

/// The folder `access/` of a store (docs/format.md): the tokens and the audit log, readable only by
/// their owner.
enum AccessFolder {
  /// The folder's name below the store's root.
  static let name = String(StoreLayout.access.dropLast())

  private static let files = StoreLayout.accessFiles.map {
    String($0.dropFirst(StoreLayout.access.utf8.count))
  }

  /// Makes the folder durably when it is not there, and private when it is.
  static func make(on disk: any Disk) throws(StoreError) {
    _ = try disk.makePrivateDirectory(name)
    // Also where it is there: the process that made it may have failed to sync its name.
    try disk.syncDirectory("")
    makePrivate(on: disk)
  }

  /// Takes rights to the folder and its files, which an earlier program left to others, from them.
  static func makePrivate(on disk: any Disk) { disk.makePrivate(name, files: files) }
}
