import Model
import Synchronization

/// Files kept open for reading, since opening costs more than a small read.
///
/// Files never change, so an open one stays right whatever happens to its name. Any thread may
/// call.
final class OpenFiles: Sendable {
  /// An open file, closed when its last reader lets go of it.
  final class Entry: Sendable {
    let file: DiskFile
    private let disk: any Disk

    init(_ path: String, on disk: any Disk) throws(StoreError) {
      self.disk = disk
      self.file = try disk.open(path)
    }

    deinit { disk.close(file) }
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
      entry = try Entry(name, on: disk)
    } catch let error where error.kind == .exhausted {
      entries.withLock { $0.removeAll() }
      entry = try Entry(name, on: disk)
    }
    entries.withLock { entries in
      // Any victim will do: a dictionary's order is random, which, unlike "least recently used",
      // keeps most of its hits when more files than fit are read in a circle.
      if entries.count >= limit, let victim = entries.keys.first { entries[victim] = nil }
      entries[name] = entry
    }
    return entry
  }

  /// Closes the file of that name once nobody reads it any more.
  func forget(_ name: String) {
    entries.withLock { $0[name] = nil }
  }
}
