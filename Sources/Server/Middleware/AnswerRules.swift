import HTTPTypes
import Hummingbird

/// Gives every answer what HTTP wants of it, whatever its route: no guessing of types, the end of
/// a connection that the client wants to end, no body for `HEAD`.
struct AnswerRules: RouterMiddleware {
  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    response.headers[.xContentTypeOptions] = "nosniff"
    // RFC 9112, section 9.6.
    if request.headers[.connection] == "close" { response.headers[.connection] = "close" }
    if request.method == .head {
      let length = response.headers[.contentLength]
      response = response.createHeadResponse()
      response.headers[.contentLength] = length
    }
    return response
  }
}
