import HTTPTypes
import Hummingbird
import Model
import Service
import Wire

extension Routes {
  /// SQL.
  var queries: [Route] {
    [Route("query", .post, "/v1/query", .token(.read), handler: query)]
  }

  @Sendable private func query(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    var query = try await backend.document(QueryRequest.self, of: request)
    let format = try query.format ?? Self.format(accepting: request.headers[values: .accept])
    let options = backend.options
    guard (0...999_999_999_999).contains(query.limit ?? 0), query.timeoutSeconds ?? 1 > 0,
      query.timeoutSeconds ?? 1 <= 86_400, (1...1 << 20).contains(query.memoryMebibytes ?? 1)
    else { throw StoreError(.usage, "limits of a query are numbers above 0, and not too large") }
    query.format = format
    query.limit = min(query.limit ?? options.queryRows, options.queryRows)
    query.timeoutSeconds = min(query.timeoutSeconds ?? options.querySeconds, options.querySeconds)
    query.memoryMebibytes = min(
      query.memoryMebibytes ?? options.queryMebibytes, options.queryMebibytes)
    let (order, backend) = (query, backend)
    let (bytes, document) = try await backend.spooled(context, .sql) {
      (service, write) throws(StoreError) in
      try service.query(order, write: write)
    }
    var headers: HTTPFields = [.contentType: format.mediaType, .cacheControl: "no-store"]
    headers[.assayRows] = String(document.rows)
    headers[.assayCutShort] = String(document.isCutShort)
    if !document.notes.isEmpty {
      headers[.assayNotes] = document.notesField
    }
    headers[.contentLength] = String(bytes.count)
    return Response(status: .ok, headers: headers, body: backend.body(bytes, 0..<bytes.count))
  }

  /// The form that a client wants most among those that there are.
  private static func format(accepting fields: [String]) throws -> TextFormat {
    let accepted = AcceptedTypes(fields)
    guard accepted.areStated else { return .json }
    if let format = accepted.best(Self.format) { return format }
    throw HTTPProblem(
      .notAcceptable, .usage,
      "a result comes as application/json, application/x-ndjson, text/csv, text/markdown or "
        + "text/plain")
  }

  /// The format that a media type asks for; nil for none.
  private static func format(_ type: String) -> TextFormat? {
    switch type {
    case "*/*", "application/*", "application/json": .json
    case "application/x-ndjson", "application/jsonl": .jsonl
    case "text/csv": .csv
    case "text/markdown": .markdown
    case "text/plain", "text/*": .table
    default: nil
    }
  }
}
