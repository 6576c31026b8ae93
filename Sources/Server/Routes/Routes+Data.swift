import Access
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Service
import Wire

extension Routes {
  private static let dataParameters: Set = [
    "select", "where", "order", "nulls", "offset", "limit", "token",
  ]

  /// The rows of versions: as files, and page by page.
  var data: [Route] {
    let path = "/v1/datasets/{name}/versions/{ref}/data.{ext}"
    return [
      Route("getData", .get, path, .token(.read), takesURLToken: true, handler: getData),
      Route(
        "listRows", .get, "/v1/datasets/{name}/versions/{ref}/rows", .token(.read),
        handler: listRows),
    ]
  }

  @Sendable private func getData(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, Self.dataParameters)
    let reference = try reference(context)
    guard let format = FileFormat(rawValue: try segment("ext", context)) else {
      throw StoreError(
        .missing,
        "data comes as " + FileFormat.allCases.map { "data.\($0.rawValue)" }.joined(separator: ", ")
      )
    }
    var data = try dataRequest(parameters, format)
    data.offset = try parameters.number("offset", in: 0...999_999_999_999) ?? 0
    data.limit = try parameters.number("limit", in: 0...999_999_999_999)
    let order = data

    let version = try await backend.onShortPool(context) { (service) throws(StoreError) in
      try service.version(reference).version
    }
    let validators = Validators(tag: Self.tag(version, order), lastModified: version.savedAt)
    var headers = Self.headers(reference, version, order)
    if context.caller.tokenID != nil, let cache = headers[.cacheControl] {
      headers[.cacheControl] = cache.replacing("public", with: "private")
    }
    if try backend.isNotModified(request, validators) {
      return backend.notModified(headers, validators)
    }
    let rendering = try await rendering(version, order, context)
    headers[.assayRows] = String(rendering.rows)
    if !rendering.notes.isEmpty {
      headers[.assayNotes] = QueryDocument.field(notes: rendering.notes)
    }
    return try backend.respond(to: request, with: rendering.bytes, headers, validators)
  }

  /// The bytes of a version in one of its forms, kept or made.
  private func rendering(
    _ version: VersionDocument, _ order: DataRequest, _ context: ServerContext
  ) async throws -> Rendering {
    let exact = Reference(dataset: version.dataset, selector: .number(version.number))
    let (backend, caller) = (backend, context.caller)
    let result = await backend.calls.untilGone(context) { () -> Result<Rendering, any Error> in
      do {
        return .success(
          try await backend.renderings.rendering(
            Renderings.Key(snapshot: version.snapshot, request: order)
          ) {
            let (bytes, document) = try await backend.spooled(as: caller, order.work) {
              (service, write) throws(StoreError) in
              try service.data(exact, order, progress: { _ in }, write: write)
            }.get()
            return Rendering(
              bytes: bytes, rows: document.rowsWritten, notes: document.notes ?? [])
          })
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  @Sendable private func listRows(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(
      request, ["select", "where", "order", "nulls", "limit", "cursor"])
    var reference = try reference(context)
    var data = try dataRequest(parameters, .json)
    let limit = try parameters.number("limit", in: 1...10_000) ?? 100
    data.limit = limit
    if let text = try parameters.text("cursor") {
      let cursor = try PageCursor(parsing: text, list: "rows", count: 3)
      let number = try max(1, cursor.number(1))
      reference = Reference(dataset: reference.dataset, selector: .number(number))
      data.offset = try cursor.number(2)
    }
    let (exact, order) = (reference, data)
    let (bytes, document) = try await backend.spooled(context, order.work) {
      (service, write) throws(StoreError) in
      try service.data(exact, order, progress: { _ in }, write: write)
    }
    let isLast =
      order.condition == nil
      ? order.offset + document.rowsWritten >= document.version.rows
      : document.rowsWritten < limit
    let next = PageCursor(
      "rows", "\(document.version.number)", "\(order.offset + document.rowsWritten)")
    let end =
      (isLast ? "" : ",\"next\":\"\(next.text)\"")
      + ",\"version\":\"\(document.version.reference)\"}"
    return try await page(
      bytes, before: "{\"rows\":", after: end, notes: document.notes ?? [])
  }

  /// A JSON object around an array that is there as text.
  private func page(
    _ rows: SpooledBytes, before: String, after: String, notes: [String]
  ) async throws -> Response {
    var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-cache"]
    if !notes.isEmpty { headers[.assayNotes] = QueryDocument.field(notes: notes) }
    let writer = SpoolWriter(folder: backend.folder, limit: backend.options.answerLimitBytes)
    if let memory = rows.memory {
      try writer.write(Array(before.utf8))
      try writer.write(memory)
      try writer.write(Array(after.utf8))
      let whole = writer.finish()
      return Response(status: .ok, headers: headers, body: backend.body(whole, 0..<whole.count))
    }
    let inner = backend.body(rows, 0..<rows.count)
    let count = rows.count + before.utf8.count + after.utf8.count
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody(contentLength: count) { writer in
        try await writer.write(ByteBuffer(string: before))
        try await inner.write(Continuing(writer: writer))
        try await writer.write(ByteBuffer(string: after))
        try await writer.finish(nil)
      })
  }

  /// The requested part of a version, without its first and last row.
  private func dataRequest(
    _ parameters: QueryParameters, _ format: FileFormat
  ) throws(StoreError) -> DataRequest {
    var data = DataRequest(format: format)
    data.columns = try parameters.names("select")
    data.condition = try parameters.text("where")
    data.order = try parameters.text("order")
    data.writesNulls = try parameters.flag("nulls", default: false)
    guard (data.condition ?? "").unicodeScalars.count <= 16_384,
      (data.order ?? "").unicodeScalars.count <= 4096
    else { throw StoreError(.usage, "where has at most 16384 characters, order 4096") }
    return data
  }

  /// Only the snapshot's digest for all of it, and with the digest of the request for a part.
  private static func tag(_ version: VersionDocument, _ data: DataRequest) -> String {
    let all = DataRequest(format: data.format)
    guard data != all else { return version.snapshot.description }
    let parts = [
      data.columns.map { "\($0)" } ?? "-", data.condition.map { "of its row =" + $0 } ?? "-",
      data.order.map { "=" + $0 } ?? "-", "\(data.offset)", data.limit.map(String.init) ?? "-",
      "\(data.writesNulls)",
    ]
    let digest = Digest(hashing: Array(parts.joined(separator: "\0").utf8))
    return version.snapshot.description + "-" + digest.hex.prefix(16)
  }

  private static func headers(
    _ reference: Reference, _ version: VersionDocument, _ data: DataRequest
  ) -> HTTPFields {
    var isForever = false
    if reference.back == 0 {
      switch reference.selector {
      case .number, .digest: isForever = true
      case .latest, .tag, .time: isForever = false
      }
    }
    let name = "\(version.dataset)-\(version.number).\(data.format.rawValue)"
    return [
      .contentType: data.format.mediaType,
      .cacheControl: isForever ? "public, max-age=31536000, immutable" : "no-cache",
      .contentDisposition: "attachment; filename=\"\(name)\"",
      .assayVersion: version.reference,
    ]
  }
}

extension DataRequest {
  /// SQL where it selects or sorts the rows.
  fileprivate var work: Backend.Work { condition != nil || order != nil ? .sql : .reading }
}

/// Writes a body that others go on after.
private struct Continuing: ResponseBodyWriter {
  var writer: any ResponseBodyWriter

  mutating func write(_ buffer: ByteBuffer) async throws { try await writer.write(buffer) }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
