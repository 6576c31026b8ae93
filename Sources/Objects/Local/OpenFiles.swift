import Model
import Synchronization

/// An open file that is closed, and unlocked, when it is released.
final class HeldFile: Sendable {
  private let file: DiskFile
  private let disk: any Disk

  init(_ file: DiskFile, on disk: any Disk) {
    self.file = file
    self.disk = disk
  }

  deinit { disk.close(file) }
}

/// A cache of files that are open for reading, since opening costs more than a small read.
///
/// Files never change, so an open one stays right whatever happens to its name. Any thread may
/// call.
final class OpenFiles: Sendable {
  /// An open file, closed when its last reader releases it.
  final class Entry: Sendable {
    let file: DiskFile
    private let disk: any Disk
    /// The checksum in the trailer, once it was read; 0 for a file that is no pack.
    private let knownChecksum = Mutex<UInt64?>(nil)

    init(_ path: String, on disk: any Disk) throws(StoreError) {
      self.disk = disk
      self.file = try disk.open(path)
    }

    deinit { disk.close(file) }

    /// The size of the file, which is the same as long as it is open.
    func byteCount() throws(StoreError) -> Int { try disk.byteCount(of: file) }

    /// The checksum in the pack's trailer; nil when the file does not end as a pack does.
    func trailerChecksum() throws(StoreError) -> UInt64? {
      if let known = knownChecksum.withLock({ $0 }) { return known == 0 ? nil : known }
      let offset = try byteCount() - PackFormat.trailerBytes
      let trailer =
        offset < 0 ? [] : try disk.read(file, at: offset, count: PackFormat.trailerBytes)
      let trailerChecksum = PackFormat.statedChecksum(trailer: trailer)
      knownChecksum.withLock { $0 = trailerChecksum ?? 0 }
      return trailerChecksum
    }
  }

  private let disk: any Disk
  private let limit: Int
  private let entries = Mutex<[String: Entry]>([:])

  init(disk: any Disk, limit: Int) {
    self.disk = disk
    self.limit = limit
  }

  /// The open file of that name.
  func file(_ name: String) throws(StoreError) -> Entry {
    if let entry = entries.withLock({ $0[name] }) { return entry }
    let entry: Entry
    do throws(StoreError) {
      entry = try open(name)
    } catch let error where error.kind == .exhausted {
      entries.withLock { $0.removeAll() }
      entry = try open(name)
    }
    entries.withLock { entries in
      // Any victim will do: a dictionary's order is random, which, unlike "least recently used",
      // keeps most of its hits when more files than fit are read in a circle.
      if entries.count >= limit, let victim = entries.keys.first { entries[victim] = nil }
      entries[name] = entry
    }
    return entry
  }

  /// Opens the file of that name, also while `gc` has taken it.
  private func open(_ name: String) throws(StoreError) -> Entry {
    let failure: StoreError
    do throws(StoreError) {
      return try Entry(name, on: disk)
    } catch  where error.kind == .missing && StoreLayout.isCollectable(name) {
      failure = error
    }
    for path in [StoreLayout.collectedName(name), name] {
      do throws(StoreError) {
        return try Entry(path, on: disk)
      } catch  where error.kind == .missing {
        // It may have its name back by now, or is gone.
      }
    }
    throw failure
  }

  /// Closes all files without a reader.
  func forgetAll() { entries.withLock { $0.removeAll() } }

  /// Closes the file of that name as soon as it has no reader.
  func forget(_ name: String) {
    entries.withLock { $0[name] = nil }
  }
}
