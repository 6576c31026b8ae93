package import Model

/// Why a request got no answer, or not all of it.
package struct TransferFailure: Error {
  /// What it means for the caller.
  package enum Cause: Sendable, Hashable {
    /// No connection came about, so the server knows nothing of the request.
    case unreachable
    /// The connection broke or stood still; the server may have done what it was asked.
    case interrupted
    /// The server is not the one whose certificate it should have.
    case untrusted
    /// What came back is no HTTP, or more of it than can be.
    case malformed
    /// It cannot be sent, or what came back cannot be kept.
    case local
  }

  package let cause: Cause
  /// In words of libcurl or of the operating system.
  package let reason: String
  /// With `local`: what went wrong here.
  package let error: StoreError?
  /// Whether the server may have made the change that was asked for, by this attempt or one before.
  package internal(set) var mayBeDone = false

  /// A failure on the way to or from the server.
  init(_ cause: Cause, _ reason: String) {
    self.cause = cause
    self.reason = reason
    error = nil
  }

  /// A failure here.
  init(_ error: StoreError) {
    cause = .local
    reason = error.message
    self.error = error
  }
}
