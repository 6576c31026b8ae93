import Glibc
package import Model

/// Repeats a system call that a signal cut short.
package func retryingOnInterrupt<Count: SignedInteger>(_ call: () -> Count) -> Count {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}

/// The system's words for an error number.
package func systemReason(_ code: Int32) -> String {
  guard let text = unsafe strerror(code) else { return "error \(code)" }
  return unsafe String(cString: text)
}

extension StoreError {
  /// The error for a file that a user called `name` and that cannot be read: `missing` or
  /// `unavailable`.
  package init(reading name: String, _ code: Int32) {
    if code == ENOENT || code == ENOTDIR {
      self.init(.missing, "there is no file '\(name)': check the path")
    } else {
      self.init(.unavailable, "'\(name)' cannot be read: \(systemReason(code))")
    }
  }
}
