import Hummingbird

/// Refuses a request that a page of another site makes in a user's browser.
struct OriginCheck: RouterMiddleware {
  let origins: OriginRules

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    try origins.requireOwnSite(request)
    return try await next(request, context)
  }
}
