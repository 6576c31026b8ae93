import HTTPTypes
import Hummingbird
import Platform

/// Gives every request an id, which its answer and its line in the log have.
struct RequestNaming: RouterMiddleware {
  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    context.requestID = Self.requestID(request)
    var response = try await next(request, context)
    response.headers[.xRequestID] = context.requestID
    return response
  }

  /// The client's name for the request, when it is one that can be written anywhere.
  private static func requestID(_ request: Request) -> String {
    if let given = request.headers[.xRequestID], (1...128).contains(given.utf8.count),
      given.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
    {
      return given
    }
    return SystemRandom.hex(8)
  }
}
