import Access
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Service
import Wire

extension Routes {
  /// The most bytes of rows in one request, which stay in memory.
  private static let rowsBytes = SpoolWriter.memoryBytes

  /// Rows that are measured one at a time.
  var rows: [Route] {
    [
      Route("appendRows", .post, "/v1/datasets/{name}/rows", .token(.write), handler: appendRows),
      Route("sealRows", .post, "/v1/datasets/{name}/rows/seal", .token(.write), handler: sealRows),
    ]
  }

  @Sendable private func appendRows(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let dataset = try ownDataset(context)
    let layout = try layout(request)
    let key = try PushParameters.idempotencyKey(request.headers)
    let body = try await backend.receive(request, limit: Self.rowsBytes)
    let bytes = body.memory.map { Array(buffer: $0) } ?? []
    let rows = try backend.openRows
    let caller = context.caller
    let receipt = try await backend.appends.run { () throws(StoreError) in
      try rows.appendRows(to: dataset, bytes, layout, idempotencyKey: key, as: caller)
    }
    // On a machine without tokens there are no callers to distinguish, and a line for each row
    // would cost as much as the row.
    if context.caller.tokenID != nil {
      try await backend.record(
        context, "appendRows", on: dataset.text, result: receipt.receipt)
    }
    return json(receipt, status: .accepted)
  }

  @Sendable private func sealRows(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let dataset = try dataset(context)
    let rows = try backend.openRows
    let sealed = try await backend.pool(.writing).run { () throws(StoreError) in
      try rows.sealRows(of: dataset)
    }
    try await backend.record(
      context, "sealRows", on: dataset.text,
      result: sealed.version.map { "\(dataset)@\($0.number)" })
    return json(sealed)
  }

  private func layout(_ request: Request) throws(HTTPProblem) -> RowsLayout {
    let (format, compression) = try BodyForm.read(request.headers, format: nil)
    guard compression == nil else {
      throw HTTPProblem(.unsupportedMediaType, .usage, "rows are sent as they are, not compressed")
    }
    switch format {
    case .json: return .json
    case .jsonl: return .lines
    default:
      throw HTTPProblem(
        .unsupportedMediaType, .usage,
        "rows are JSON: 'Content-Type: application/json', or application/x-ndjson for a row a line")
    }
  }
}
