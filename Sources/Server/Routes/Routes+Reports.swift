import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Service
import Wire

extension Routes {
  /// The routes on reports, which compare models.
  var reports: [Route] {
    [
      Route("createReport", .post, "/v1/reports", .token(.read), handler: createReport),
      Route("getReport", .get, "/v1/reports/{ref}", .token(.read), handler: getReport),
      Route(
        "verifyReport", .post, "/v1/reports/{ref}/verify", .token(.read), handler: verifyReport),
    ]
  }

  @Sendable private func createReport(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let form = try ReportForm(accepting: request.headers[values: .accept])
    var order = try await backend.document(ReportRequest.self, of: request)
    for text in [order.reference] + scoreReferences(order.scores) { _ = try seen(text, context) }
    order.save = try order.save.map { try allowed($0, context) }
    let (wanted, backend) = (order, backend)
    let report = try await backend.onWorkerPool(context, .analysis) {
      (service) throws(StoreError) in
      try service.report(wanted)
    }
    guard let saved = report.saved else { return answer(report, form) }
    try await backend.record(
      context, "createReport", on: String(saved.prefix { $0 != "@" }), result: saved)
    return answer(report, form, status: .created, [.location: "/v1/reports/\(saved)"])
  }

  @Sendable private func getReport(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let form = try ReportForm(accepting: request.headers[values: .accept])
    let reference = try wholeReference(context)
    let report = try await backend.onShortPool(context) { (service) throws(StoreError) in
      try service.report(reference)
    }
    return answer(report, form)
  }

  @Sendable private func verifyReport(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let reference = try wholeReference(context)
    let kept = try await backend.onShortPool(context) { (service) throws(StoreError) in
      try service.report(reference)
    }
    let request = kept.document.request
    for text in [request.reference] + scoreReferences(request.scores) {
      _ = try seen(text, context)
    }
    let backend = backend
    let answer = try await backend.onWorkerPool(context, .analysis) {
      (service) throws(StoreError) in
      try service.verifyReport(reference)
    }
    return json(answer)
  }

  private func answer(
    _ report: Saved<ReportDocument>, _ form: ReportForm, status: HTTPResponse.Status = .ok,
    _ headers: HTTPFields = [:]
  ) -> Response {
    var headers = headers
    headers[.contentType] = form.mediaType
    headers[.cacheControl] = "no-cache"
    headers[.vary] = "Accept"
    // The page needs only its own style sheet, and texts of a dataset must get no more.
    headers[.contentSecurityPolicy] =
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
    return Response(
      status: status, headers: headers,
      body: .init(byteBuffer: ByteBuffer(bytes: form.bytes(report))))
  }
}
