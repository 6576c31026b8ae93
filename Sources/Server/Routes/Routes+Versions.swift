import Access
import Foundation
import HTTPTypes
import Hummingbird
import Model
import Platform
import Service
import Wire

extension Routes {
  /// The routes on versions: to save, read and compare them.
  var versions: [Route] {
    [
      Route(
        "createVersion", .post, "/v1/datasets/{name}/versions", .token(.write),
        handler: createVersion),
      Route(
        "getVersion", .get, "/v1/datasets/{name}/versions/{ref}", .token(.read),
        handler: getVersion),
      Route(
        "getDiff", .get, "/v1/datasets/{name}/diff/{a}/{b}", .token(.read), handler: getDiff),
    ]
  }

  @Sendable private func createVersion(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let dataset = try ownDataset(context)
    let parameters = try parameters(request, PushParameters.names)
    let given = try PushParameters(parameters, request.headers, context.caller)
    var push = given.request
    for source in push.lineage { try context.caller.requireAccess(to: source.dataset) }
    if push.author.isEmpty { push.author = context.caller.name }
    let (format, compression) = try BodyForm.read(
      request.headers, format: try parameters.choice("format", of: FileFormat.self))
    let body = try await backend.receive(request)
    let file = try await backend.quick.run { [backend] () throws(StoreError) in
      try body.asFile(folder: backend.folder)
    }
    var upload = TableFile(
      path: file.path, format: format, compression: compression, name: "the body")
    upload.limitBytes = backend.options.decompressedLimitBytes(ofBody: body.count)
    defer { withExtendedLifetime(file) {} }
    let saved = try await save(upload, push, given.conditions, in: dataset, context)
    if saved.isNew {
      try await backend.record(
        context, "createVersion", on: dataset.text, result: saved.version.reference)
    }
    var headers = HTTPFields()
    headers[.eTag] = "\"\(saved.version.snapshot)\""
    headers[.location] = "/v1/datasets/\(dataset)/versions/\(saved.version.number)"
    return json(saved, status: saved.isNew ? .created : .ok, headers)
  }

  /// Saves a table as the next version, if the conditions hold at that moment.
  private func save(
    _ table: TableFile, _ push: PushRequest, _ conditions: WriteConditions?,
    in dataset: DatasetName, _ context: ServerContext
  ) async throws -> PushDocument {
    var push = push
    if let conditions {
      push.precondition = conditions.precondition(at: try await latest(dataset, context))
    }
    while true {
      let order = push
      do throws(StoreError) {
        return try await backend.onWorkerPool(context, .writing) { (service) throws(StoreError) in
          try service.push(dataset, table, order, progress: { _ in })
        }
      } catch {
        guard error.kind == .conflict, error.detail == nil else { throw error }
        guard let conditions else {
          guard order.precondition != nil else { throw error }
          throw HTTPProblem(.preconditionFailed, .conflict, error.message)
        }
        guard order.precondition != WriteConditions.unmet else { throw Self.unmet(dataset) }
        // Another version may have come that meets them too.
        push.precondition = conditions.precondition(at: try await latest(dataset, context))
        guard push.precondition != WriteConditions.unmet else { throw Self.unmet(dataset) }
        guard push.precondition != order.precondition else { throw error }
      }
    }
  }

  private static func unmet(_ dataset: DatasetName) -> HTTPProblem {
    HTTPProblem(
      .preconditionFailed, .conflict,
      "the latest version of \(dataset) is not as If-Match or If-None-Match asks: look at what "
        + "changed, and push again")
  }

  /// The digest of the latest version; nil for an empty dataset.
  private func latest(
    _ dataset: DatasetName, _ context: ServerContext
  ) async throws(StoreError) -> Digest? {
    do throws(StoreError) {
      return try await backend.onShortPool(context) { (service) throws(StoreError) in
        try service.version(Reference(dataset: dataset, selector: .latest)).version.snapshot
      }
    } catch {
      guard error.kind == .missing else { throw error }
      return nil
    }
  }

  @Sendable private func getVersion(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let record = try await record(of: try reference(context), context)
    // The record of a version never changes, but the tags that name it do.
    let validators = Validators(tag: record.tag)
    var headers: HTTPFields = [.cacheControl: "no-cache", .contentType: "application/json"]
    if try backend.isNotModified(request, validators) {
      return backend.notModified(headers, validators)
    }
    validators.add(to: &headers)
    return Response(
      status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: record.json)))
  }

  private func record(
    of reference: Reference, _ context: ServerContext
  ) async throws(StoreError) -> VersionCache.Record {
    // What is in memory is the record as those know it who see all of its sources.
    guard let records = backend.versionCache, context.caller.seesEverything else {
      return try await backend.onShortPool(context) { (service) throws(StoreError) in
        VersionCache.Record(try service.version(reference))
      }
    }
    if let known = try records.known(reference) { return known }
    return try await backend.quick.run { () throws(StoreError) in try records.read(reference) }
  }

  @Sendable private func getDiff(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, ["format", "detail", "limit", "other"])
    let old = try reference(context, "a")
    let other = try parameters.text("other").map { (name) throws(StoreError) in
      try DatasetName(name)
    }
    if let other { try context.caller.requireAccess(to: other) }
    let new = try Reference(
      dataset: other ?? old.dataset, parsing: try segment("b", context))
    var diff = DiffRequest(
      format: try parameters.choice("format", of: DiffRequest.Format.self) ?? .json)
    diff.detail = try parameters.choice("detail", of: DiffRequest.Detail.self) ?? .rows
    diff.limit = try parameters.number("limit", in: 0...999_999_999)
    let order = diff
    let (bytes, differs) = try await backend.spooled(context, .reading) {
      (service, write) throws(StoreError) in
      try service.diff(old, new, order, write: write)
    }
    var headers: HTTPFields = [.cacheControl: "no-cache", .contentType: order.format.mediaType]
    headers[.assayDiffers] = String(differs)
    headers[.contentLength] = String(bytes.count)
    return Response(
      status: .ok, headers: headers, body: backend.body(bytes, 0..<bytes.count))
  }
}

extension DiffRequest.Format {
  /// The media type in HTTP.
  fileprivate var mediaType: String {
    switch self {
    case .text: "text/plain; charset=utf-8"
    case .jsonl: "application/x-ndjson"
    case .json: "application/json"
    case .csv: "text/csv; charset=utf-8"
    case .markdown: "text/markdown; charset=utf-8"
    }
  }
}
