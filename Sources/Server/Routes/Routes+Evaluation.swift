import Access
import HTTPTypes
import Hummingbird
import LiveRouting
import Model
import NIOCore
import Service
import Wire

extension Routes {
  /// Requests decided, and what came of them.
  var evaluation: [Route] {
    let flags = "/ofrep/v1/evaluate/flags"
    return [
      Route(
        "evaluate", .post, "/v1/routers/{name}/evaluate", .token(.read), handler: evaluate),
      Route(
        "postOutcomes", .post, "/v1/routers/{name}/outcomes", .token(.write),
        handler: postOutcomes),
      Route("evaluateFlag", .post, flags + "/{name}", .token(.read), handler: evaluateFlag),
      Route("evaluateFlags", .post, flags, .token(.read), handler: evaluateFlags),
    ]
  }

  /// The most bytes of a context or of outcomes, which stay in memory.
  private static let contextBytes = SpoolWriter.memoryBytes

  func routingBody(_ request: Request) async throws -> [UInt8] {
    let body = try await backend.receive(request, limit: Self.contextBytes)
    return body.memory.map { Array(buffer: $0) } ?? []
  }

  /// The routers that decide requests.
  var openRouters: LiveRouters {
    get throws(StoreError) {
      guard let routers = backend.routers else {
        throw StoreError(.denied, "this server decides no requests")
      }
      return routers
    }
  }

  @Sendable private func evaluate(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let name = try dataset(context)
    let routers = try openRouters
    let envelope = try EvaluationRequest(parsing: try await routingBody(request))
    // Who may write is a gateway, which knows whom it speaks for; who may only read does not.
    let isTrusted = context.caller.scope >= .write
    let routed: RoutedRequest
    if envelope.isDry || envelope.version != nil {
      routed = try await backend.quick.run { () throws(StoreError) in
        try routers.tryOut(
          name, version: envelope.version, envelope.context, trusting: isTrusted)
      }
    } else {
      routed = try await decide(
        name, envelope.context, trusting: isTrusted, TraceContext.ids(request.headers))
    }
    var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
    headers[.routeVersion] = String(routed.number)
    return Response(
      status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: routed.json)))
  }

  /// Decides from memory; a router that is not there yet is read first.
  /// - Parameter needsUnit: As in ``LiveRouters/decide(_:_:trusting:trace:needsUnit:)``.
  func decide(
    _ name: DatasetName, _ context: [UInt8], trusting: Bool,
    _ trace: (trace: String, span: String)?, needsUnit: Bool = false
  ) async throws -> RoutedRequest {
    let routers = try openRouters
    func decided() throws(StoreError) -> RoutedRequest? {
      try routers.decide(name, context, trusting: trusting, trace: trace, needsUnit: needsUnit)
    }
    if let routed = try decided() { return routed }
    try await backend.quick.run { () throws(StoreError) in try routers.load(name) }
    guard let routed = try decided() else {
      throw StoreError(.missing, "nothing of \(name) is live")
    }
    return routed
  }

  @Sendable private func postOutcomes(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let name = try dataset(context)
    let key = try PushParameters.idempotencyKey(request.headers)
    let body = try await routingBody(request)
    let layout: RowsLayout =
      request.headers.mediaType == "application/x-ndjson" ? .lines : .json
    let outcomes = try DatasetName(name.text + ".outcomes")
    let rows = try backend.openRows
    let caller = context.caller
    let receipt = try await backend.appends.run { () throws(StoreError) in
      try rows.appendRows(
        to: outcomes, body, layout, idempotencyKey: key, as: caller, required: "decision_id")
    }
    if context.caller.tokenID != nil {
      try await backend.record(
        context, "postOutcomes", on: outcomes.text, result: receipt.receipt)
    }
    return json(receipt, status: .accepted)
  }
}
