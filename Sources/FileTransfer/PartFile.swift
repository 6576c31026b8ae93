import Glibc
import Model
import Platform

/// A file that is being written, under a name by which the next attempt can resume it.
///
/// Used by one thread at a time; another process that writes the same is refused.
final class PartFile {
  private let path: String
  private let descriptor: Int32
  private(set) var byteCount = 0
  private var hasher = DigestHasher()

  /// The digest of the bytes so far.
  var digest: Digest { hasher.finalize() }

  /// Opens the file at `path` with what an earlier attempt left in it, or makes it.
  /// - Throws: ``StoreError``: `conflict` while another process writes it, `exhausted` or
  ///   `unavailable` when the disk refuses.
  init(_ path: String) throws(StoreError) {
    self.path = path
    // Never through a link that another user may have placed there.
    descriptor = retryingOnInterrupt {
      unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
    }
    guard descriptor >= 0 else { throw Self.failure(path, errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw StoreError(.conflict, "another process writes '\(path)' just now: try again")
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = retryingOnInterrupt { unsafe read(descriptor, &buffer, buffer.count) }
      guard count >= 0 else { throw Self.failure(path, errno) }
      if count == 0 { break }
      hasher.update(Array(buffer[..<count]))
      byteCount += count
    }
  }

  deinit { close(descriptor) }

  /// Adds bytes at the end.
  func append(_ bytes: [UInt8]) throws(StoreError) {
    var done = 0
    while done < bytes.count {
      let count = retryingOnInterrupt {
        unsafe bytes.withUnsafeBytes {
          unsafe pwrite(
            descriptor, $0.baseAddress.map { unsafe $0 + done }, bytes.count - done,
            off_t(byteCount + done))
        }
      }
      guard count > 0 else { throw Self.failure(path, errno) }
      done += count
    }
    hasher.update(bytes)
    byteCount += bytes.count
  }

  /// Forgets all bytes.
  func empty() throws(StoreError) {
    guard ftruncate(descriptor, 0) == 0 else { throw Self.failure(path, errno) }
    hasher = DigestHasher()
    byteCount = 0
  }

  /// Gives the file its name.
  func finish(as name: String) throws(StoreError) {
    guard unsafe rename(path, name) == 0 else { throw Self.failure(name, errno) }
  }

  private static func failure(_ path: String, _ code: Int32) -> StoreError {
    let isFull = code == ENOSPC || code == EDQUOT
    return StoreError(
      isFull ? .exhausted : .unavailable, "'\(path)' cannot be written: \(systemReason(code))")
  }
}
