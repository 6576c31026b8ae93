import Hummingbird
import Model

/// Refuses changes on a read-only server, and idempotency keys where they would promise nothing.
struct WriteCheck: RouterMiddleware {
  /// True when the server is too read-only for the route.
  private let isRefused: Bool
  /// True when an idempotency key would be ignored.
  private let refusesKey: Bool

  /// The check for `route`.
  init(route: Route, isReadOnly: Bool) {
    isRefused = isReadOnly && !route.isReading
    refusesKey = route.method != .get && !route.takesIdempotencyKey
  }

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    if isRefused { throw StoreError(.denied, "this server is read-only") }
    if refusesKey, request.headers[.idempotencyKey] != nil {
      throw StoreError(
        .usage, "this request takes no Idempotency-Key: look what became of it before a repeat")
    }
    return try await next(request, context)
  }
}
