import Model

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

  let cause: Cause
  /// In words of libcurl or of the operating system.
  let reason: String
  /// With `local`: what went wrong here.
  let error: StoreError?

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

  /// The same for the one who asked.
  /// - Parameter mayBeDone: Whether the server may have made the change that was asked for, by this
  ///   attempt or one before.
  func storeError(_ address: ServerAddress, mayBeDone: Bool = false) -> StoreError {
    if let error, !mayBeDone { return error }
    let origin = address.origin
    guard !mayBeDone else {
      return .uncertain(
        "what was sent to \(origin)",
        because: StoreError(.unavailable, "no answer came back: \(reason)"),
        advice: "look whether it is there before you send it again")
    }
    let message =
      switch cause {
      case .unreachable:
        "\(origin) cannot be reached (\(reason)): check the address, and that 'assay serve' runs there"
      case .interrupted: "the connection to \(origin) broke (\(reason)): try again"
      case .untrusted:
        "\(origin) cannot be trusted (\(reason)): name the certificate of its authority in "
          + "CURL_CA_BUNDLE or SSL_CERT_FILE"
      case .malformed, .local:
        "\(origin) does not answer as an Assay server does (\(reason)): check the address"
      }
    return StoreError(.unavailable, message)
  }
}
