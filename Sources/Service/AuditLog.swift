import Glibc
package import Model
import Objects
import Platform
import Synchronization
import Wire

/// The file `access/audit.jsonl` of a store: a line for every write that came over REST.
///
/// Any thread may call. Entries that come at the same time share one write and one sync.
package final class AuditLog: Sendable {
  private struct Pending {
    var bytes: [UInt8] = []
    var count = 0
  }

  private struct Written {
    var descriptor: Int32?
    var count = 0
    /// A failed sync may have lost lines, so that nothing after it can be trusted either.
    var failure: StoreError?
  }

  private let root: String
  private let pending = Mutex(Pending())
  private let written = Mutex(Written())

  /// The log of the store in the folder `path`.
  package init(path: String) { root = path }

  deinit {
    written.withLock { state in
      if let descriptor = state.descriptor { _ = close(descriptor) }
    }
  }

  /// Adds a line; it is durable when this returns.
  /// - Throws: ``StoreError`` of kind `unavailable` when it cannot be kept.
  package func append(_ entry: AuditEntry) throws(StoreError) {
    let line = Documents.encode(entry) + [UInt8(ascii: "\n")]
    let number = pending.withLock { pending in
      pending.bytes += line
      pending.count += 1
      return pending.count
    }
    try written.withLock { (state) throws(StoreError) in
      // Whoever held the lock before may have written this line along with theirs.
      if state.count >= number { return }
      if let failure = state.failure { throw failure }
      let batch = pending.withLock { pending in
        defer { pending.bytes = [] }
        return (pending.bytes, pending.count)
      }
      do throws(StoreError) {
        try write(batch.0, &state)
        state.count = batch.1
      } catch {
        state.failure = error
        throw error
      }
    }
  }

  private func write(_ bytes: [UInt8], _ state: inout Written) throws(StoreError) {
    let descriptor: Int32
    if let open = state.descriptor {
      descriptor = open
    } else {
      let disk = PosixDisk(root: root)
      if try disk.makePrivateDirectory(TokenFile.folder) { try disk.syncDirectory("") }
      SecretFolder(root: root).tighten()
      let path = root + "/" + TokenFile.folder + "/audit.jsonl"
      // Without waiting for somebody to read what should be a file and is a pipe.
      let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK
      descriptor = retryingOnInterrupt { unsafe open(path, flags, 0o600) }
      guard descriptor >= 0 else { throw Self.failure(errno) }
      var status = stat()
      guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        close(descriptor)
        throw Self.failure(ENXIO)
      }
      state.descriptor = descriptor
      try disk.syncDirectory(TokenFile.folder)
    }
    var done = 0
    while done < bytes.count {
      let count = retryingOnInterrupt {
        unsafe bytes.withUnsafeBytes { buffer in
          unsafe Glibc.write(
            descriptor, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done)
        }
      }
      guard count > 0 else { throw Self.failure(errno) }
      done += count
    }
    guard retryingOnInterrupt({ fdatasync(descriptor) }) == 0 else { throw Self.failure(errno) }
  }

  private static func failure(_ code: Int32) -> StoreError {
    StoreError(
      .unavailable,
      "the change was made, but the audit log access/audit.jsonl cannot be written "
        + "(\(systemReason(code))); make room, or mend its permissions, and start the server again")
  }
}
