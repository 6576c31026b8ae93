import Glibc
import Model
import Platform

/// A lock that one process at a time holds, on a file made for it.
///
/// The system gives it up when the process ends, however it ends.
enum FileLock {
  /// Runs `body` while holding the lock, after waiting for it.
  /// - Throws: ``StoreError`` of kind `denied` when the file cannot be made, `unavailable` when the
  ///   file system has no locks; whatever `body` throws.
  static func withLock(
    path: String, _ body: () throws(StoreError) -> Void
  ) throws(StoreError) {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StoreError(.denied, "the tokens cannot be changed: access/lock: \(systemReason(errno))")
    }
    defer { close(descriptor) }
    guard retryingOnInterrupt({ flock(descriptor, LOCK_EX) }) == 0 else {
      throw StoreError(
        .unavailable, "the tokens cannot be locked: access/lock: \(systemReason(errno))")
    }
    try body()
  }
}
