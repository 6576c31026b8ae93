import Hummingbird

/// The middlewares between a connection and a route, each with one job.
///
/// Their order is part of what a client sees: every answer has a request id and a line in the log,
/// errors of all that stand behind ``ErrorMapping`` are documents, and a request that another site
/// makes is refused before its token is looked at.
struct RequestPipeline: Sendable {
  typealias Responder = @Sendable (Request, ServerContext) async throws -> Response

  let backend: Backend
  /// All routes, to distinguish a wrong method from a wrong path.
  let paths: PathTable
  let origins: OriginRules

  /// Answers requests with `route`; nil stands for paths without a route.
  func responder(for route: Route?) -> Responder {
    let middlewares = middlewares(for: route)
    let missing: Responder = { [paths] request, _ in throw paths.problem(for: request) }
    let handler = route?.handler ?? missing
    return { request, context in
      try await middlewares.handle(request, context: context) { request, context in
        try await handler(request, context)
      }
    }
  }

  /// The middlewares, outermost first.
  @MiddlewareFixedTypeBuilder<Request, Response, ServerContext>
  private func middlewares(
    for route: Route?
  ) -> some MiddlewareProtocol<Request, Response, ServerContext> {
    RequestNaming()
    RequestLog(metrics: backend.metrics, operation: route?.operation ?? "none")
    AnswerRules()
    ErrorMapping(style: route?.errorStyle ?? .problem)
    Admission(metrics: backend.metrics, limit: backend.options.requestLimit)
    HeadCheck()
    OriginCheck(origins: origins)
    if let route {
      PathCheck(paths: paths)
      Authentication(
        backend: backend, origins: origins, access: route.access,
        takesURLToken: route.takesURLToken)
      WriteCheck(route: route, isReadOnly: backend.options.isReadOnly)
    }
  }
}
