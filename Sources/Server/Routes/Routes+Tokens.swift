import Access
import HTTPTypes
import Hummingbird
import Model
import Service
import Wire

extension Routes {
  /// The routes on tokens.
  var tokens: [Route] {
    [
      Route("listTokens", .get, "/v1/tokens", .token(.admin), isReading: true, handler: listTokens),
      Route("createToken", .post, "/v1/tokens", .token(.admin), handler: createToken),
      Route(
        "createUrlToken", .post, "/v1/tokens/url", .token(.read), isReading: false,
        handler: createURLToken),
      Route("revokeToken", .delete, "/v1/tokens/{id}", .token(.admin), handler: revokeToken),
    ]
  }

  /// Goes on for callers who could have any right that they hand out.
  private func requireWholeStore(_ context: ServerContext) throws(StoreError) {
    guard context.caller.seesEverything else {
      throw StoreError(.denied, "this token is limited to some datasets; this needs all of them")
    }
  }

  @Sendable private func listTokens(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, ["limit", "cursor"])
    try requireWholeStore(context)
    let limit = try pageLimit(parameters)
    let passed = try parameters.text("cursor").map { (text) throws(StoreError) in
      try PageCursor(parsing: text, list: "tokens", count: 2).number(1)
    }
    let tokens = backend.tokens
    let all = try await backend.quick.run { () throws(StoreError) in try tokens.tokens(limit: nil) }
    let rest = all.dropFirst(passed ?? 0)
    let items = Array(rest.prefix(limit))
    let next = rest.count > limit ? PageCursor("tokens", "\((passed ?? 0) + limit)") : nil
    return json(Page(items: items, next: next?.text))
  }

  @Sendable private func createToken(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    try requireWholeStore(context)
    let order = try await backend.document(TokenRequest.self, of: request)
    let tokens = backend.tokens
    let made = try await backend.quick.run { () throws(StoreError) in
      try tokens.createToken(order)
    }
    try await backend.record(context, "createToken", on: made.document.id, result: order.name)
    return json(made, status: .created)
  }

  @Sendable private func createURLToken(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let order = try await backend.document(URLTokenRequest.self, of: request)
    let reference = try Reference(parsing: order.reference)
    let caller = context.caller
    try caller.requireAccess(to: reference.dataset)
    let tokens = backend.tokens
    let made = try await backend.onShortPool(context) { (service) throws(StoreError) in
      _ = try service.version(reference)
      return try tokens.createURLToken(order, for: caller)
    }
    try await backend.record(
      context, "createUrlToken", on: reference.dataset.text, result: made.id)
    return json(made, status: .created)
  }

  @Sendable private func revokeToken(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    try requireWholeStore(context)
    let id = try segment("id", context)
    let tokens = backend.tokens
    try await backend.quick.run { () throws(StoreError) in try tokens.revokeToken(id) }
    try await backend.record(context, "revokeToken", on: id)
    var response = Response(status: .noContent)
    response.headers[.contentLength] = nil
    return response
  }
}
