import Glibc
import Model

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
      throw StoreError(.denied, "the tokens cannot be changed: \(describe(errno))")
    }
    defer { close(descriptor) }
    var result: Int32
    repeat { result = flock(descriptor, LOCK_EX) } while result != 0 && errno == EINTR
    guard result == 0 else {
      throw StoreError(.unavailable, "the tokens cannot be locked: \(describe(errno))")
    }
    try body()
  }
}

/// The system's words for an error number.
func describe(_ code: Int32) -> String {
  guard let text = unsafe strerror(code) else { return "error \(code)" }
  return unsafe String(cString: text)
}
