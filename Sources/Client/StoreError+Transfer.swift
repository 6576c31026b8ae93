import Model
import Outbound

extension StoreError {
  /// The error of a request that got no answer, or not all of it.
  init(_ failure: TransferFailure, at address: ServerAddress) {
    let (origin, reason) = (address.origin, failure.reason)
    guard !failure.mayBeDone else {
      self = .uncertain(
        "what was sent to \(origin)",
        because: failure.error ?? StoreError(.unavailable, "no answer came back: \(reason)"),
        advice: "look whether it is there before you send it again")
      return
    }
    if let error = failure.error {
      self = error
      return
    }
    let message =
      switch failure.cause {
      case .unreachable:
        "\(origin) cannot be reached (\(reason)): check the address, and that 'assay serve' runs there"
      case .interrupted: "the connection to \(origin) broke (\(reason)): try again"
      case .untrusted:
        "\(origin) cannot be trusted (\(reason)): name the certificate of its authority in "
          + "CURL_CA_BUNDLE or SSL_CERT_FILE"
      case .malformed, .local:
        "\(origin) does not answer as an Assay server does (\(reason)): check the address"
      }
    self.init(.unavailable, message)
  }

  /// The error of a text that is not the address of a server; says what was expected.
  init(_ error: AddressError) {
    let why =
      switch error {
      case .scheme: "it begins with neither http:// nor https://"
      case .userName: "it holds a user name; give a token in ASSAY_TOKEN"
      case .query: "nothing comes after the path"
      case .character: "it holds a character that no address has"
      case .host: "it names no host, or no port from 1 to 65535"
      }
    self.init(.usage, "this is not the address of a server: \(why); write http://host:8640")
  }
}
