package import HTTPTypes
package import Hummingbird
package import Wire

/// One operation of `schema/openapi.yaml`: where it is, who may do it, and what does it.
package struct Route: Sendable {
  /// The scope that a caller needs.
  package enum Access: Sendable, Hashable {
    /// Any caller, also without a token.
    case open
    case token(TokenScope)
  }

  package typealias Handler = @Sendable (Request, ServerContext) async throws -> Response

  /// Its `operationId`.
  let operation: String
  let method: HTTPRequest.Method
  /// The path as the contract writes it, with names in braces.
  let path: String
  let access: Access
  /// True when it works on a read-only server.
  let isReading: Bool
  /// True when a token may come in the URL.
  let takesURLToken: Bool
  /// The form of its errors.
  let errorStyle: ErrorStyle
  let handler: Handler

  /// Its method and, of `GET`, the one that has the same answer without its body (RFC 9110,
  /// section 9.3.2).
  var methods: [HTTPRequest.Method] { method == .get ? [.get, .head] : [method] }

  /// True when a request may carry an idempotency key and be repeated.
  var takesIdempotencyKey: Bool { Self.keyed.contains(operation) }

  private static let keyed: Set = ["createVersion", "appendRows", "addRatings", "postOutcomes"]

  /// An operation; it changes something unless its scope is `read` or `reading` says otherwise.
  package init(
    _ operation: String, _ method: HTTPRequest.Method, _ path: String, _ access: Access,
    isReading: Bool? = nil, takesURLToken: Bool = false, errorStyle: ErrorStyle = .problem,
    handler: @escaping Handler
  ) {
    self.operation = operation
    self.method = method
    self.path = path
    self.access = access
    self.isReading = isReading ?? (access == .open || access == .token(.read))
    self.takesURLToken = takesURLToken
    self.errorStyle = errorStyle
    self.handler = handler
  }
}
