import Hummingbird
import Model

/// Takes in as many requests at once as the server is allowed to have, and refuses the others.
///
/// A request gives its place back when its answer is ready; one with a streamed answer when the
/// stream ends.
struct Admission: RouterMiddleware {
  let metrics: RequestMetrics
  let limit: Int

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    guard metrics.begin(limit: limit) else {
      var problem = HTTPProblem(
        .serviceUnavailable, .exhausted, "the server has too many requests at once; try again")
      problem.headers[.retryAfter] = "1"
      throw problem
    }
    var response: Response
    do {
      response = try await next(request, context)
    } catch {
      metrics.end()
      throw error
    }
    if response.body.isStreamed {
      response.body = response.body.reporting { [metrics] _, _ in metrics.end() }
    } else {
      metrics.end()
    }
    return response
  }
}
