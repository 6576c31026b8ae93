import Hummingbird

/// Refuses a path with empty segments, which name nothing: the router passes over them.
struct PathCheck: RouterMiddleware {
  let paths: PathTable

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    guard !PathTable.hasEmptySegments(request.uri.path) else { throw paths.problem(for: request) }
    return try await next(request, context)
  }
}
