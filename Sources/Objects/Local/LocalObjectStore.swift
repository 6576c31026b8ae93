package import Model
import Synchronization

/// An object store in a folder.
///
/// A file is written under `tmp/`, synced, linked to its name (which never replaces another) and
/// the folder is synced; the temporary name is removed last. So a crash leaves the file absent or
/// whole, and at most a temporary file that nothing refers to.
package final class LocalObjectStore: MaintainableObjectStore {
  let disk: any Disk
  private let files: OpenFiles
  /// A read of more bytes than this looks at the size of the file first.
  private static let unquestionedBytes = 16 << 20
  /// Folders that this process knows to be durable in their parents.
  private let durableFolders = Mutex<Set<String>>([""])

  /// A store on `disk`, which keeps up to `openFileLimit` files open for reading.
  package init(disk: any Disk, openFileLimit: Int = 512) {
    self.disk = disk
    self.files = OpenFiles(disk: disk, limit: openFileLimit)
  }

  package func create(_ name: String, _ pieces: [[UInt8]]) throws(StoreError) -> Creation {
    let upload = try begin()
    for piece in pieces { try upload.append(piece) }
    let creation = try upload.create(as: name)
    let failure: StoreError?
    switch creation {
    case .created, .visible: return creation
    case .taken: failure = nil
    case .unknown(let error): failure = error
    }
    // A network's file system that repeats a call whose answer was lost may find what it made.
    let isOurs: Bool
    do throws(StoreError) {
      isOurs = try holds(name, pieces)
    } catch {
      return .unknown(failure ?? error)
    }
    guard let failure else { return isOurs ? .created : .taken }
    guard isOurs else { throw failure }
    return .visible(failure)
  }

  /// Returns true when the file of that name has the bytes of `pieces`; false without such a file.
  private func holds(_ name: String, _ pieces: [[UInt8]]) throws(StoreError) -> Bool {
    let byteCount = pieces.reduce(0) { $0 + $1.count }
    guard try disk.status(of: name)?.byteCount == byteCount else { return false }
    let file = try disk.open(name)
    defer { disk.close(file) }
    return try disk.read(file, at: 0, count: byteCount).elementsEqual(pieces.joined())
  }

  package func begin() throws(StoreError) -> any Upload {
    let path = StoreLayout.temporaryName()
    let file: DiskFile
    do throws(StoreError) {
      file = try relieving { () throws(StoreError) in try disk.create(path) }
    } catch let error where error.kind == .missing {
      _ = try disk.makeDirectory(Self.folder(of: path))
      file = try disk.create(path)
    }
    return LocalUpload(disk: disk, file: file) { [self] path, name throws(StoreError) in
      try publish(path, as: name)
    }
  }

  package func touch(_ name: String) throws(StoreError) {
    do throws(StoreError) {
      try disk.touch(name)
    } catch  where error.kind == .missing && StoreLayout.isCollectable(name) {
      // A file that `gc` has taken stays under the name that it gets back.
      _ = try disk.link(StoreLayout.collectedName(name), to: name)
      try disk.touch(name)
      try disk.syncDirectory(Self.folder(of: name))
    }
  }

  /// Links a synced file of its disk to a name and makes the name durable.
  func publish(_ path: String, as name: String) throws(StoreError) -> Creation {
    let folder = Self.folder(of: name)
    try makeDurable(folder)
    let isNew: Bool
    do throws(StoreError) {
      isNew = try disk.link(path, to: name)
    } catch {
      return .unknown(error)
    }
    // A folder of that name is not a file that another process was first with.
    if !isNew, let status = try disk.status(of: name), !status.isFile {
      throw StoreLayout.noFile(name)
    }
    do throws(StoreError) {
      // Also when the file was there: the process that made it may have crashed before syncing the
      // folder, and the caller will rely on it from now on.
      try disk.syncDirectory(folder)
    } catch  where isNew {
      return .visible(error)
    }
    return isNew ? .created : .taken
  }

  /// Makes a folder and those above it, durably.
  ///
  /// A folder that exists already is synced in its parent too, once per process: its maker may have
  /// crashed, or may be about to, before doing so.
  private func makeDurable(_ folder: String) throws(StoreError) {
    if durableFolders.withLock({ $0.contains(folder) }) { return }
    let parent = Self.folder(of: folder)
    try makeDurable(parent)
    _ = try disk.makeDirectory(folder)
    try disk.syncDirectory(parent)
    durableFolders.withLock { _ = $0.insert(folder) }
  }

  package func get(
    _ name: String, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8] {
    try read(files.file(name), at: offset, count: count)
  }

  package func get(
    _ name: String, matching checksum: UInt64, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8] {
    try read(file(name, matching: checksum), at: offset, count: count)
  }

  package func tail(_ name: String, count: Int) throws(StoreError) -> [UInt8] {
    try tail(files.file(name), count: count)
  }

  package func tail(
    _ name: String, matching checksum: UInt64, count: Int
  ) throws(StoreError) -> [UInt8] {
    try tail(file(name, matching: checksum), count: count)
  }

  package func trailerChecksum(of name: String) throws(StoreError) -> UInt64? {
    files.forget(name)
    do throws(StoreError) {
      return try files.file(name).trailerChecksum()
    } catch  where error.kind == .missing {
      return nil
    }
  }

  package func byteCount(of name: String) throws(StoreError) -> Int {
    try files.file(name).byteCount()
  }

  package func refresh(_ name: String) { files.forget(name) }

  package func changed(_ prefix: String) throws(StoreError) -> Timestamp? {
    try disk.status(of: Self.folder(of: prefix))?.modified
  }

  /// The open pack of that name and checksum, opened again when the one that is open is another.
  private func file(_ name: String, matching checksum: UInt64) throws(StoreError) -> OpenFiles.Entry
  {
    let open = try files.file(name)
    if try open.trailerChecksum() == checksum { return open }
    files.forget(name)
    let fresh = try files.file(name)
    guard try fresh.trailerChecksum() == checksum else {
      throw StoreError(.missing, "\(name) is another file than the index says; run verify")
    }
    return fresh
  }

  private func read(
    _ open: OpenFiles.Entry, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8] {
    let name = open.file.path
    // The entry may leave the cache meanwhile, and closes the file when no reader holds it.
    defer { withExtendedLifetime(open) {} }
    let end = offset.addingReportingOverflow(count)
    guard offset >= 0, count >= 0, !end.overflow else {
      throw Self.short(name, offset: offset, count: count)
    }
    // Memory for much that a damaged place asks for is not taken before it is known to be there.
    if count > Self.unquestionedBytes, try open.byteCount() < end.partialValue {
      throw Self.short(name, offset: offset, count: count)
    }
    let bytes = try disk.read(open.file, at: offset, count: count)
    guard bytes.count == count else { throw Self.short(name, offset: offset, count: count) }
    return bytes
  }

  private func tail(_ open: OpenFiles.Entry, count: Int) throws(StoreError) -> [UInt8] {
    let byteCount = try open.byteCount()
    let count = min(count, byteCount)
    return try read(open, at: byteCount - count, count: count)
  }

  package func status(of name: String) throws(StoreError) -> FileStatus? {
    if let status = try statusOfFile(name) { return status }
    guard StoreLayout.isCollectable(name) else { return nil }
    if let status = try statusOfFile(StoreLayout.collectedName(name)) { return status }
    return try statusOfFile(name)
  }

  private func statusOfFile(_ name: String) throws(StoreError) -> FileStatus? {
    try disk.status(of: name).flatMap { $0.isFile ? $0 : nil }
  }

  package func list(
    _ prefix: String, after name: String, limit: Int
  ) throws(StoreError) -> [String] {
    var names: [String] = []
    try collect(Self.folder(of: prefix), prefix: prefix, after: name, limit: limit, into: &names)
    guard prefix == StoreLayout.packs || prefix == StoreLayout.files else { return names }
    let held = try collected().filter { $0.hasPrefix(prefix) && $0 > name }
    return held.isEmpty ? names : Array(Set(names).union(held).sorted().prefix(limit))
  }

  /// The files that `gc` has in hand; none where something else stands in the place of its folder.
  private func collected() throws(StoreError) -> [String] {
    do throws(StoreError) {
      return try entries(Self.folder(of: StoreLayout.temporaries))
        .compactMap { StoreLayout.parseCollectedName(StoreLayout.temporaries + $0) }
    } catch  where error.kind == .corrupt {
      return []
    }
  }

  /// Lists a folder and those in it.
  ///
  /// Folder names carry their `/` while they are compared, so the order is that of whole names.
  private func collect(
    _ folder: String, prefix: String, after name: String, limit: Int, into names: inout [String]
  ) throws(StoreError) {
    for entry in try entries(folder) {
      guard names.count < limit else { return }
      let path = folder.isEmpty ? entry : folder + "/" + entry
      guard path.hasPrefix(prefix) || prefix.hasPrefix(path) else { continue }
      if path.hasSuffix("/") {
        try collect(
          String(path.dropLast()), prefix: prefix, after: name, limit: limit, into: &names)
      } else if path > name {
        names.append(path)
      }
    }
  }

  package func folders(_ prefix: String) throws(StoreError) -> [String] {
    try entries(Self.folder(of: prefix)).filter { $0.hasSuffix("/") }.map { prefix + $0 }
  }

  /// Tries again without the files that are kept open for later, should there be too many.
  private func relieving<Result>(
    _ body: () throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    do throws(StoreError) {
      return try body()
    } catch  where error.kind == .exhausted {
      files.forgetAll()
      return try body()
    }
  }

  /// A folder that nothing was put into yet is an empty one.
  private func entries(_ folder: String) throws(StoreError) -> [String] {
    do throws(StoreError) {
      return try relieving { () throws(StoreError) in try disk.list(folder) }
    } catch let error where error.kind == .missing {
      return []
    }
  }

  package func replace(_ name: String, _ pieces: [[UInt8]]) throws(StoreError) {
    let path = StoreLayout.temporaryName()
    let file = try disk.create(path)
    do throws(StoreError) {
      defer { disk.close(file) }
      for piece in pieces { try disk.write(piece, to: file) }
      try disk.sync(file)
    } catch {
      try? disk.unlink(path)
      throw error
    }
    try disk.rename(path, to: name)
    try disk.syncDirectory(Self.folder(of: name))
    files.forget(name)
  }

  package func delete(_ name: String) throws(StoreError) -> Bool {
    files.forget(name)
    do throws(StoreError) {
      try disk.unlink(name)
      return true
    } catch let error where error.kind == .missing {
      return false
    }
  }

  package func delete(
    _ name: String, unlessTouchedAfter time: Timestamp
  ) throws(StoreError) -> Bool {
    files.forget(name)
    let path = StoreLayout.collectedName(name)
    do throws(StoreError) {
      // Renamed first, so that a later touch reports that it is gone.
      _ = try disk.makeDirectory(Self.folder(of: path))
      try disk.rename(name, to: path)
    } catch let error where error.kind == .missing {
      return false
    }
    let isYoung = try disk.status(of: path).map { $0.modified > time } ?? false
    if isYoung { _ = try disk.link(path, to: name) }
    try disk.unlink(path)
    return !isYoung
  }

  package func holding(_ key: String) throws(StoreError) -> any Sendable {
    // Two keys of one place wait for each other, which does no harm.
    let place = Digest(hashing: Array(key.utf8)).bytes.prefix(7).reduce(0) { $0 << 8 | Int($1) }
    do throws(StoreError) {
      return HeldFile(try disk.hold(place, of: StoreLayout.keyLock), on: disk)
    } catch  where error.kind == .missing {
      _ = try disk.makeDirectory(Self.folder(of: StoreLayout.keyLock))
      return HeldFile(try disk.hold(place, of: StoreLayout.keyLock), on: disk)
    }
  }

  package func collecting() throws(StoreError) -> any Sendable {
    _ = try disk.makeDirectory(Self.folder(of: StoreLayout.collectionLock))
    do throws(StoreError) {
      let held = HeldFile(try disk.openExclusively(StoreLayout.collectionLock), on: disk)
      try takeBack()
      return held
    } catch let error where error.kind == .conflict {
      throw StoreError(.conflict, "another gc is at work in this store; try again when it is done")
    }
  }

  /// Returns files to their names that an interrupted collection had taken: a version may refer to
  /// them.
  private func takeBack() throws(StoreError) {
    for path in try list(StoreLayout.temporaries) {
      guard let name = StoreLayout.parseCollectedName(path) else { continue }
      _ = try disk.link(path, to: name)
      try disk.unlink(path)
    }
  }

  /// The folder that a path is in, without a `/` at its end; empty for the store's own.
  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  private static func short(_ name: String, offset: Int, count: Int) -> StoreError {
    StoreError(
      .corrupt,
      "\(name) ends before byte \(offset.addingReportingOverflow(count).partialValue); "
        + "it was cut short: restore it from a copy")
  }
}
