import Access
import HTTPTypes
import Hummingbird
import Model
import Platform

/// Identifies the caller of a request, and refuses one without the scope of its route.
struct Authentication: RouterMiddleware {
  let backend: Backend
  let origins: OriginRules
  let access: Route.Access
  let takesURLToken: Bool

  /// The secret of a token, as a request brings it.
  private struct Secret {
    let text: String
    let isInURL: Bool
  }

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    context.caller = try await caller(of: request)
    do {
      guard let secret = try Self.secret(of: request, takesURLToken) else {
        return try await next(request, context)
      }
      let known = context
      // Asked again by what makes a change durable, whenever the body is there.
      return try await CommitPermission.$current.withValue(permission(secret)) {
        try await next(request, known)
      }
    } catch let error as StoreError where !context.caller.seesEverything {
      // Its advice is for administrators of the whole store.
      throw HTTPProblem(error)
    }
  }

  /// The permission to save, as long as the token that let a request in still does.
  private func permission(_ secret: Secret) -> CommitPermission {
    CommitPermission { [tokens = backend.tokens, access] () throws(StoreError) in
      guard case .token(let scope) = access else { return }
      guard let caller = try tokens.caller(secret: secret.text, inURL: secret.isInURL) else {
        throw StoreError(
          .denied,
          "the token was revoked, or expired, while the request was under way; nothing of it is "
            + "saved")
      }
      try caller.require(scope)
    }
  }

  private func caller(of request: Request) async throws -> Caller {
    guard case .token(let scope) = access else { return .local }
    let tokens = backend.tokens
    guard let secret = try Self.secret(of: request, takesURLToken) else {
      let isOpen = try backend.options.isLoopback && !tokens.isAnyTokenKnown()
      guard isOpen else { throw Self.unauthorized("this needs a token") }
      try origins.requireOwnUser(request)
      return .local
    }
    guard let caller = try tokens.caller(secret: secret.text, inURL: secret.isInURL) else {
      throw Self.unauthorized("the token is unknown, revoked or expired")
    }
    try caller.require(scope)
    if let id = caller.tokenID, !backend.options.isReadOnly, tokens.isUseDue(id) {
      // The answer does not wait for it, and its loss does not matter.
      Task { try? await backend.quick.run { () throws(StoreError) in try tokens.noteUse(id) } }
    }
    return caller
  }

  /// The secret that a request presents; nil for none.
  private static func secret(
    of request: Request, _ takesURLToken: Bool
  ) throws -> Secret? {
    if let bearer = try bearer(request) { return Secret(text: bearer, isInURL: false) }
    return (takesURLToken ? urlToken(request) : nil).map { Secret(text: $0, isInURL: true) }
  }

  private static func bearer(_ request: Request) throws -> String? {
    guard let value = request.headers[.authorization] else { return nil }
    guard value.lowercased().hasPrefix("bearer ") else {
      throw unauthorized("the Authorization header has to be 'Bearer' and a token")
    }
    return String(value.dropFirst(7))
  }

  private static func urlToken(_ request: Request) -> String? {
    for item in (request.uri.query ?? "").split(separator: "&") where item.hasPrefix("token=") {
      return String(item.dropFirst(6))
    }
    return nil
  }

  private static func unauthorized(_ what: String) -> HTTPProblem {
    var problem = HTTPProblem(
      .unauthorized, .denied, what + "; send 'Authorization: Bearer assay_…'")
    problem.headers[.wwwAuthenticate] = "Bearer realm=\"assay\""
    return problem
  }
}
