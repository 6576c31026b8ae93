import Model
import Objects

extension Verification {
  /// Marks something else in the places of folders and of files, including files that are never
  /// read and that writers need: locks, uploads in progress, tokens.
  ///
  /// A writer is refused by it, or would take it for a file of another writer.
  mutating func checkPlaces(live: any ObjectStore, access: any Disk) throws(StoreError) {
    for folder in [StoreLayout.temporaries, StoreLayout.uploads, StoreLayout.packs] {
      try checkFolders(in: folder, of: objects)
    }
    for folder in [StoreLayout.logs, StoreLayout.files, StoreLayout.answers] {
      try checkFolders(in: folder, of: objects)
      for inner in try folders(in: folder, of: objects) {
        try checkFolders(in: inner, of: objects)
      }
    }
    try checkFolders(in: StoreLayout.live, of: live)
    for inner in try folders(in: StoreLayout.live, of: live) {
      try checkFolders(in: inner, of: live)
    }
    for folder in [StoreLayout.temporaries, StoreLayout.uploads] {
      for name in try names(in: folder) { try checkKind(of: name, in: objects) }
    }
    for name in try names(in: StoreLayout.live, of: live) where name == StoreLayout.liveLock {
      try checkKind(of: name, in: live)
    }
    try checkAccess(access)
  }

  /// The files in a folder of the store; something else in the place of a folder is damage.
  mutating func names(in folder: String) throws(StoreError) -> [String] {
    try names(in: folder, of: objects)
  }

  /// The files in a folder of `objects`; something else in the place of a folder is damage.
  mutating func names(
    in folder: String, of objects: any ObjectStore
  ) throws(StoreError) -> [String] {
    try requireFolder(folder) { () throws(StoreError) in try objects.list(folder) }
  }

  private mutating func folders(
    in folder: String, of objects: any ObjectStore
  ) throws(StoreError) -> [String] {
    try requireFolder(folder) { () throws(StoreError) in try objects.folders(folder) }
  }

  private mutating func requireFolder(
    _ folder: String, _ list: () throws(StoreError) -> [String]
  ) throws(StoreError) -> [String] {
    do throws(StoreError) {
      return try list()
    } catch  where error.kind == .corrupt {
      mark(file: folder, error.message, versions: [])
      return []
    }
  }

  private mutating func checkFolders(
    in folder: String, of objects: any ObjectStore
  ) throws(StoreError) {
    for inner in try folders(in: folder, of: objects) {
      let name = String(inner.dropLast())
      guard StoreLayout.isFile(name) else { continue }
      mark(file: name, StoreLayout.noFile(name, "a folder").message, versions: [])
    }
  }

  /// Marks a name that is not a file or cannot be opened; the file's bytes are not read.
  private mutating func checkKind(
    of name: String, in objects: any ObjectStore
  ) throws(StoreError) {
    objects.refresh(name)
    defer { objects.refresh(name) }
    do throws(StoreError) {
      _ = try objects.byteCount(of: name)
    } catch  where error.kind == .missing {
      // Its owner has removed it meanwhile.
    } catch {
      mark(file: name, try Self.finding(error), versions: [])
    }
  }

  /// Checks the folder of tokens, unless this process may not read it: it is private to its owner.
  private mutating func checkAccess(_ disk: any Disk) throws(StoreError) {
    let names: [String]
    do throws(StoreError) {
      names = try disk.list(String(StoreLayout.access.dropLast()))
    } catch  where error.kind == .corrupt {
      mark(file: StoreLayout.access, error.message, versions: [])
      return
    } catch  where [.missing, .denied].contains(error.kind) {
      return
    }
    for file in StoreLayout.accessFiles {
      let name = file.dropFirst(StoreLayout.access.utf8.count)
      if names.contains(name + "/") {
        mark(file: file, StoreLayout.noFile(file, "a folder").message, versions: [])
        continue
      }
      do throws(StoreError) {
        disk.close(try disk.open(file))
      } catch  where [.missing, .denied].contains(error.kind) {
        continue
      } catch {
        mark(file: file, try Self.finding(error), versions: [])
      }
    }
  }
}
