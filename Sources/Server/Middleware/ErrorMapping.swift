import Hummingbird
import Model

/// Makes an answer of every error that has one, in the form that the route reports errors in.
struct ErrorMapping: RouterMiddleware {
  let style: ErrorStyle

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as BodyError {
      // The connection is broken, which its owner has to know.
      throw error.underlying
    } catch {
      guard let problem = HTTPProblem(reporting: error) else { throw error }
      return problem.response(to: request, style)
    }
  }
}

extension HTTPProblem {
  /// The answer to a request that ended with `error`; nil for unexpected errors.
  init?(reporting error: any Error) {
    switch error {
    case let problem as HTTPProblem: self = problem
    case let error as StoreError: self.init(error.advised)
    case is CancellationError:
      self.init(.serviceUnavailable, .unavailable, "the request was cancelled")
    default: return nil
    }
  }
}
