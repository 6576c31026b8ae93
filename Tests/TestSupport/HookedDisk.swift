package import Model
package import Objects
import Synchronization

/// A disk that lets somebody else do something before one of its calls, reads included.
///
/// Calls are counted from 0, so that a run without a rival tells how many there are to try.
package final class HookedDisk: Disk {
  private let disk: any Disk
  private let call: Int
  private let rival: @Sendable () -> Void
  private let holding: @Sendable () -> Void
  private let calls = Mutex(0)

  /// Wraps `disk`; `rival` is called once, before the call number `call`, and `holding` before each
  /// call that may wait for somebody else.
  package init(
    _ disk: any Disk, before call: Int = -1, holding: @escaping @Sendable () -> Void = {},
    _ rival: @escaping @Sendable () -> Void
  ) {
    self.holding = holding
    self.disk = disk
    self.call = call
    self.rival = rival
  }

  /// The number of calls so far.
  package var callCount: Int { calls.withLock { $0 } }

  private func count() {
    let number = calls.withLock { count in
      defer { count += 1 }
      return count
    }
    if number == call { rival() }
  }

  package func create(_ path: String) throws(StoreError) -> DiskFile {
    count()
    return try disk.create(path)
  }

  package func open(_ path: String) throws(StoreError) -> DiskFile {
    count()
    return try disk.open(path)
  }

  package func openExclusively(_ path: String) throws(StoreError) -> DiskFile {
    count()
    return try disk.openExclusively(path)
  }

  package func hold(_ place: Int, of path: String) throws(StoreError) -> DiskFile {
    count()
    holding()
    return try disk.hold(place, of: path)
  }

  package func write(_ bytes: [UInt8], to file: DiskFile) throws(StoreError) {
    count()
    try disk.write(bytes, to: file)
  }

  package func byteCount(of file: DiskFile) throws(StoreError) -> Int {
    count()
    return try disk.byteCount(of: file)
  }

  package func read(
    _ file: DiskFile, at offset: Int, count byteCount: Int
  ) throws(StoreError) -> [UInt8] {
    count()
    return try disk.read(file, at: offset, count: byteCount)
  }

  package func sync(_ file: DiskFile) throws(StoreError) {
    count()
    try disk.sync(file)
  }

  package func close(_ file: DiskFile) { disk.close(file) }

  package func link(_ source: String, to target: String) throws(StoreError) -> Bool {
    count()
    return try disk.link(source, to: target)
  }

  package func rename(_ source: String, to target: String) throws(StoreError) {
    count()
    try disk.rename(source, to: target)
  }

  package func unlink(_ path: String) throws(StoreError) {
    count()
    try disk.unlink(path)
  }

  package func syncDirectory(_ path: String) throws(StoreError) {
    count()
    try disk.syncDirectory(path)
  }

  package func makeDirectory(_ path: String) throws(StoreError) -> Bool {
    count()
    return try disk.makeDirectory(path)
  }

  package func list(_ path: String) throws(StoreError) -> [String] {
    count()
    return try disk.list(path)
  }

  package func touch(_ path: String) throws(StoreError) {
    count()
    try disk.touch(path)
  }

  package func status(of path: String) throws(StoreError) -> FileStatus? {
    count()
    return try disk.status(of: path)
  }
}
