import Hummingbird

/// Refuses a request whose head breaks a rule of HTTP, which ``RequestHeadRules`` noticed.
struct HeadCheck: RouterMiddleware {
  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    if let fault = RequestFault(in: request.headers) { throw fault.problem }
    return try await next(request, context)
  }
}
