import Model
import Synchronization

/// A temporary file that becomes a file of a ``LocalObjectStore``.
final class LocalUpload: Upload {
  /// Small pieces are gathered to this many bytes before they are written.
  private static let bufferBytes = 256 << 10

  private struct State {
    var buffer: [UInt8] = []
    var hasEnded = false
  }

  private let disk: any Disk
  private let file: DiskFile
  /// Gives the temporary file, by now durable, its name.
  private let publish: @Sendable (String, String) throws(StoreError) -> Creation
  private let state = Mutex(State())

  init(
    disk: any Disk, file: DiskFile,
    publish: @escaping @Sendable (String, String) throws(StoreError) -> Creation
  ) {
    self.disk = disk
    self.file = file
    self.publish = publish
  }

  deinit { abandon() }

  package func append(_ bytes: [UInt8]) throws(StoreError) {
    do throws(StoreError) {
      try state.withLock { state throws(StoreError) in
        precondition(!state.hasEnded, "an upload takes no bytes after its end")
        guard state.buffer.count + bytes.count > Self.bufferBytes else {
          state.buffer.append(contentsOf: bytes)
          return
        }
        try flush(&state)
        if bytes.count < Self.bufferBytes {
          state.buffer.append(contentsOf: bytes)
        } else {
          try disk.write(bytes, to: file)
        }
      }
    } catch {
      abandon()
      throw error
    }
  }

  private func flush(_ state: inout State) throws(StoreError) {
    guard !state.buffer.isEmpty else { return }
    try disk.write(state.buffer, to: file)
    state.buffer.removeAll(keepingCapacity: true)
  }

  package func create(as name: String) throws(StoreError) -> Creation {
    defer { abandon() }
    try state.withLock { state throws(StoreError) in
      precondition(!state.hasEnded, "an upload is committed once, and not after a failure")
      try flush(&state)
      try disk.sync(file)
    }
    return try publish(file.path, name)
  }

  package func abandon() {
    let wasOpen = state.withLock { state in
      defer { state.hasEnded = true }
      return !state.hasEnded
    }
    guard wasOpen else { return }
    disk.close(file)
    // A temporary file that stays is removed by gc after its grace period.
    try? disk.unlink(file.path)
  }
}
