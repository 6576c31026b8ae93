import Glibc
import Model
import NIOCore

/// A temporary file that has no name: it is gone when the last one lets go of it, or the process
/// ends.
///
/// Any thread may call; reads and writes say where.
final class SpoolFile: Sendable {
  private let descriptor: Int32

  /// Where others of this process can open it.
  var path: String { "/proc/self/fd/\(descriptor)" }

  /// Makes an empty file on the file system of `folder`.
  /// - Throws: ``StoreError`` of kind `exhausted` or `unavailable`.
  init(folder: String) throws(StoreError) {
    // Linux's own way to make such a file (open(2)); the macro is none that Swift imports.
    let nameless = O_DIRECTORY | 0o20_000_000
    var opened = unsafe open(folder, O_RDWR | O_CLOEXEC | nameless, 0o600)
    if opened < 0 {
      var template = Array("\(folder)/assay-XXXXXX".utf8CString)
      opened = unsafe template.withUnsafeMutableBufferPointer { buffer in
        guard let path = buffer.baseAddress else { return -1 }
        let file = unsafe mkstemp(path)
        guard file >= 0 else { return file }
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        unsafe unlink(path)
        return file
      }
    }
    guard opened >= 0 else { throw Self.failure("made", errno) }
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// Writes all of `bytes` at `offset`.
  /// - Throws: ``StoreError`` of kind `exhausted` when the disk is full.
  func write(_ bytes: [UInt8], at offset: Int) throws(StoreError) {
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe pwrite(
          descriptor, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done,
          off_t(offset + done))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.failure("written", errno) }
      done += count
    }
  }

  /// Reads `count` bytes at `offset`, which the file must have.
  /// - Throws: ``StoreError`` of kind `unavailable`.
  func read(_ count: Int, at offset: Int) throws(StoreError) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: count)
    while buffer.readableBytes < count {
      let place = off_t(offset + buffer.readableBytes)
      let rest = count - buffer.readableBytes
      var code: Int32 = 0
      let got = unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: rest) { target in
        let got = unsafe pread(descriptor, target.baseAddress, rest, place)
        code = got < 0 ? errno : 0
        return max(0, got)
      }
      if code == EINTR { continue }
      guard got > 0 else { throw Self.failure("read", code) }
    }
    return buffer
  }

  private static func failure(_ verb: String, _ code: Int32) -> StoreError {
    let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    let isFull = code == ENOSPC || code == EDQUOT
    return StoreError(
      isFull ? .exhausted : .unavailable,
      "a temporary file of the server cannot be \(verb) (\(reason)): "
        + (isFull ? "its disk is full, so make room" : "look after its disk") + " and try again")
  }
}
