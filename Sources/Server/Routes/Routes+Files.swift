import Access
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Service
import Wire

extension Routes {
  /// Attachments: put whole or in parts, and read.
  var files: [Route] {
    let path = "/v1/files/{digest}"
    return [
      Route("createFile", .post, "/v1/files", .token(.write), handler: createFile),
      Route("putFile", .put, path, .token(.write), handler: putFile),
      Route("getFile", .get, path, .token(.read), takesURLToken: true, handler: getFile),
    ]
  }

  @Sendable private func createFile(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, ["name", "digest"])
    let named = try parameters.text("digest").map { (text) throws(StoreError) in
      try Self.digest(text)
    }
    let expected = try Self.agreed(named, request.headers)
    return try await keep(request, context, name: try Self.name(parameters), expecting: expected)
  }

  @Sendable private func putFile(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, ["name"])
    let name = try Self.name(parameters)
    let digest = try Self.digest(segment("digest", context))
    _ = try Self.agreed(digest, request.headers)
    guard let text = request.headers[.contentRange] else {
      return try await keep(request, context, name: name, expecting: digest)
    }
    let range = try ContentRange(parsing: text)
    let body = try await fileBody(request)
    guard body.count == range.bytes.count else {
      throw StoreError(
        .usage, "Content-Range is of \(range.bytes.count) bytes, and the body has \(body.count)")
    }
    let part: FilePartDocument
    do throws(StoreError) {
      part = try await backend.onWorkerPool(context, .writing) { (service) throws(StoreError) in
        try service.putFilePart(
          digest, at: range.bytes.lowerBound, of: range.total, name: name, read: body.pieces())
      }
    } catch {
      guard error.kind == .conflict else { throw error }
      var problem = HTTPProblem(error)
      problem.headers[.uploadOffset] = String(try await uploadedBytes(digest, context) ?? 0)
      throw problem
    }
    switch part {
    case .partial(let byteCount):
      return Response(
        status: .accepted,
        headers: [.uploadOffset: String(byteCount), .contentLength: "0", .cacheControl: "no-store"])
    case .whole(let file, let isNew): return try await kept(file, isNew: isNew, context)
    }
  }

  @Sendable private func getFile(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, ["name", "token"])
    let name = try Self.name(parameters)
    let digest = try Self.digest(segment("digest", context))
    let file: FileDocument
    do throws(StoreError) {
      file = try await backend.onShortPool(context) { (service) throws(StoreError) in
        try service.file(digest, name: name)
      }
    } catch {
      guard error.kind == .missing else { throw error }
      var problem = HTTPProblem(error)
      problem.headers[.uploadOffset] = try await uploadedBytes(digest, context).map { String($0) }
      throw problem
    }
    let validators = Validators(tag: digest.description)
    var headers: HTTPFields = [
      .contentType: file.mediaType,
      .contentDisposition: FileDisposition.text(name: name, mediaType: file.mediaType),
      // A caller may lose its token; a shared cache would go on answering.
      .cacheControl:
        "\(context.caller.tokenID == nil ? "public" : "private"), max-age=31536000, immutable",
    ]
    if try backend.isNotModified(request, validators) {
      return backend.notModified(headers, validators)
    }
    headers[.reprDigest] = ReprDigest.text(digest)
    let service = backend.service(context.caller)
    let bytes = SpooledBytes(count: file.size) { (count, offset) throws(StoreError) in
      let piece = try service.fileBytes(digest, at: offset, count: count)
      guard piece.count == count else {
        throw StoreError(.corrupt, "the file \(digest) became shorter; run 'assay verify'")
      }
      return ByteBuffer(bytes: piece)
    }
    return try backend.respond(to: request, with: bytes, headers, validators)
  }

  /// Keeps the body under its digest.
  private func keep(
    _ request: Request, _ context: ServerContext, name: String, expecting expected: Digest?
  ) async throws -> Response {
    let body = try await fileBody(request)
    let (file, isNew) = try await backend.onWorkerPool(context, .writing) {
      (service) throws(StoreError) in
      try service.putFile(name: name, expecting: expected, read: body.pieces())
    }
    return try await kept(file, isNew: isNew, context)
  }

  private func kept(
    _ file: FileDocument, isNew: Bool, _ context: ServerContext
  ) async throws -> Response {
    if isNew { try await backend.record(context, "putFile", on: file.digest.description) }
    return json(
      file, status: isNew ? .created : .ok, [.location: "/v1/files/\(file.digest)"])
  }

  /// The body of a request, unchanged.
  private func fileBody(_ request: Request) async throws -> SpooledBytes {
    if let coding = request.headers[.contentEncoding], coding.lowercased() != "identity" {
      throw HTTPProblem(
        .unsupportedMediaType, .usage, "files are sent as they are, not compressed for sending")
    }
    return try await backend.receive(request)
  }

  private func uploadedBytes(
    _ digest: Digest, _ context: ServerContext
  ) async throws(StoreError) -> Int? {
    try await backend.onShortPool(context) { (service) throws(StoreError) in
      try service.uploadedBytes(of: digest)
    }
  }

  private static func digest(_ text: String) throws(StoreError) -> Digest {
    guard text.hasPrefix("sha256:"), let digest = Digest(parsing: text) else {
      throw StoreError(.usage, "a file is named by its digest: sha256: and 64 hexadecimal digits")
    }
    return digest
  }

  /// The digest that the URL and the headers give, which must be one.
  private static func agreed(
    _ named: Digest?, _ headers: HTTPFields
  ) throws(StoreError) -> Digest? {
    guard let text = headers[.reprDigest], let digest = try ReprDigest.digest(text) else {
      return named
    }
    guard named == nil || named == digest else {
      throw StoreError(
        .usage, "the URL and Repr-Digest name different digests; name the bytes' own")
    }
    return digest
  }

  private static func name(_ parameters: QueryParameters) throws(StoreError) -> String {
    let name = try parameters.text("name") ?? ""
    guard name.unicodeScalars.count <= 255 else {
      throw StoreError(.usage, "name has at most 255 characters")
    }
    return name
  }
}
