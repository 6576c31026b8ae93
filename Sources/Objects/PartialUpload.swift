package import Model
import Synchronization

/// A file that grows on a disk, in parts that may come from several processes one after the other,
/// until ``commit(as:)`` makes it a file of an ``ObjectStore``.
///
/// It is locked while it is open, so that two senders of the same bytes do not mix them. One owner
/// uses it at a time. Releasing it keeps what was written, of which a crash may take any part:
/// the committer checks the bytes first.
package final class PartialUpload: Sendable {
  private struct State {
    var byteCount: Int
    var isOpen = true
  }

  private let disk: any Disk
  private let file: DiskFile
  private let reading: DiskFile
  private let state: Mutex<State>
  /// Makes the whole file an object of that name.
  private let publish: @Sendable (PartialUpload, String) throws(StoreError) -> Creation

  /// Opens the file at `path`, whose folder must exist.
  /// - Throws: ``StoreError`` of kind `conflict` while another owner has it open.
  init(
    disk: any Disk, path: String,
    publish: @escaping @Sendable (PartialUpload, String) throws(StoreError) -> Creation
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

  /// The number of bytes so far.
  package var byteCount: Int { state.withLock { $0.byteCount } }

  /// The path of the file on its disk.
  var path: String { file.path }

  /// Adds bytes at the end.
  package func append(_ bytes: [UInt8]) throws(StoreError) {
    try disk.write(bytes, to: file)
    state.withLock { $0.byteCount += bytes.count }
  }

  /// Reads up to `count` bytes at `offset`.
  package func read(at offset: Int, count: Int) throws(StoreError) -> [UInt8] {
    try disk.read(reading, at: offset, count: count)
  }

  /// Makes the bytes durable where they are.
  func sync() throws(StoreError) { try disk.sync(file) }

  /// Makes the file durable and visible under `name`, and ends the upload; false when one of that
  /// name exists.
  package func commit(as name: String) throws(StoreError) -> Bool {
    let isNew = try publish(self, name).get()
    abandon()
    return isNew
  }

  /// Ends the upload and removes what was written.
  package func abandon() {
    // The name goes while the lock is held: the next owner must not write to these bytes. A file
    // that stays is removed by gc after its grace period.
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
