package import Model

/// The failure of a request that got no answer, or not all of it; an HTTP error status is an
/// answer.
package struct TransferFailure: Error {
  /// The cause, by its consequence for the caller.
  package enum Cause: Sendable, Hashable {
    /// No connection came about, so the server knows nothing of the request.
    case unreachable
    /// The connection broke or stood still; the server may have done what it was asked.
    case interrupted
    /// TLS failed: the certificate is not trusted, or the handshake was refused.
    case untrusted
    /// The answer is not HTTP, or larger than HTTP allows; the server may have acted.
    case malformed
    /// The request cannot be sent, or the answer was refused or could not be stored.
    case local
  }

  package let cause: Cause
  /// In words of libcurl or of the operating system.
  package let reason: String
  /// With `local`: the local error.
  package let error: StoreError?
  /// True when the server may have made the change, by this attempt or an earlier one.
  package internal(set) var mayBeDone = false

  /// A failure on the way to or from the server.
  init(_ cause: Cause, _ reason: String) {
    self.cause = cause
    self.reason = reason
    error = nil
  }

  /// A local failure.
  init(_ error: StoreError) {
    cause = .local
    reason = error.message
    self.error = error
  }
}
