import Model
import Synchronization

/// A file under `uploads/` that becomes a file of a ``LocalObjectStore`` when it is complete.
///
/// It is locked while it is open, so that two who send the same bytes do not mix them.
final class LocalPartialUpload: PartialUpload {
  private struct State {
    var byteCount: Int
    var isOpen = true
  }

  private let disk: any Disk
  private let file: DiskFile
  private let reading: DiskFile
  /// Gives the file, by now durable, its name.
  private let publish: @Sendable (String, String) throws(StoreError) -> Creation
  private let state: Mutex<State>

  /// Opens the file at `path`, whose folder must exist.
  init(
    disk: any Disk, path: String,
    publish: @escaping @Sendable (String, String) throws(StoreError) -> Creation
  ) throws(StoreError) {
    let file = try disk.openExclusively(path)
    do throws(StoreError) {
      reading = try disk.open(path)
      state = Mutex(State(byteCount: try disk.status(of: path)?.byteCount ?? 0))
    } catch {
      disk.close(file)
      throw error
    }
    self.disk = disk
    self.file = file
    self.publish = publish
  }

  deinit { close() }

  package var byteCount: Int { state.withLock { $0.byteCount } }

  package func append(_ bytes: [UInt8]) throws(StoreError) {
    try disk.write(bytes, to: file)
    state.withLock { $0.byteCount += bytes.count }
  }

  package func read(at offset: Int, count: Int) throws(StoreError) -> [UInt8] {
    try disk.read(reading, at: offset, count: count)
  }

  package func commit(as name: String) throws(StoreError) -> Bool {
    try disk.sync(file)
    let isNew = try publish(file.path, name).get()
    abandon()
    return isNew
  }

  package func abandon() {
    // The name goes while the lock is held: whoever waits for it must not write to these bytes. A
    // file that stays is removed by gc after its grace period.
    try? disk.unlink(file.path)
    close()
  }

  private func close() {
    let wasOpen = state.withLock { state in
      defer { state.isOpen = false }
      return state.isOpen
    }
    guard wasOpen else { return }
    disk.close(reading)
    disk.close(file)
  }
}
