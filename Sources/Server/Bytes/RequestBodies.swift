import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Wire

/// The connection broke while a body was read.
struct BodyError: Error {
  let underlying: any Error
}

extension HTTPFields {
  /// The media type that `Content-Type` names, in lower case and without its parameters.
  var mediaType: String? {
    self[.contentType].map {
      $0.prefix { $0 != ";" }.trimming { $0 == " " || $0 == "\t" }.lowercased()
    }
  }
}

extension Backend {
  /// The most bytes of a request in JSON that are read.
  private static let documentBytes = 1 << 20

  /// Reads the body of a request into memory or a file, as it comes.
  /// - Throws: ``HTTPProblem``: 413 when it is too large, 408 when it comes too slowly;
  ///   ``BodyError`` when the connection breaks.
  func receive(_ request: Request, limit: Int? = nil) async throws -> SpooledBytes {
    let limit = limit ?? options.bodyLimitBytes
    let tooLarge = HTTPProblem(
      .contentTooLarge, .exhausted, "the body is larger than the \(limit) bytes allowed here")
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw tooLarge
    }
    let writer = SpoolWriter(folder: folder, limit: limit)
    var pending = ByteBuffer()
    let began = ContinuousClock.now
    var body = request.body.makeAsyncIterator()
    while let part = try await Self.next(&body) {
      pending.writeImmutableBuffer(part)
      guard writer.count + pending.readableBytes <= limit else { throw tooLarge }
      try requirePace(writer.count + pending.readableBytes, since: began)
      if pending.readableBytes >= 256 << 10 {
        try await write(pending, to: writer)
        pending = ByteBuffer()
      }
    }
    try await write(pending, to: writer)
    return writer.finish()
  }

  private static func next(_ body: inout RequestBody.AsyncIterator) async throws -> ByteBuffer? {
    do {
      return try await body.next()
    } catch {
      throw BodyError(underlying: error)
    }
  }

  /// Writes to memory on the event loop, and to disk on a thread that may block.
  private func write(_ bytes: ByteBuffer, to writer: SpoolWriter) async throws {
    do throws(StoreError) {
      if writer.count + bytes.readableBytes <= SpoolWriter.memoryBytes {
        try writer.write(bytes)
      } else {
        nonisolated(unsafe) let target = writer
        try await quick.run { () throws(StoreError) in try unsafe target.write(bytes) }
      }
    } catch {
      throw writer.problem ?? HTTPProblem(error)
    }
  }

  /// A body that trickles in holds a request's place; after some seconds it has to have a pace.
  private func requirePace(_ count: Int, since began: ContinuousClock.Instant) throws {
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    guard seconds > options.bodyGraceSeconds,
      Double(count) < seconds * Double(options.bodyRateBytesPerSecond)
    else { return }
    throw HTTPProblem(
      .requestTimeout, .exhausted, "the body comes too slowly; send it again over a faster line")
  }

  /// Reads a body that is a JSON document; an empty one is `fallback`.
  /// - Throws: ``HTTPProblem``: 415 when it says that it is something else; ``StoreError`` of kind
  ///   `usage` when it is not as expected.
  func document<Document: Codable>(
    _ type: Document.Type, of request: Request, or fallback: Document? = nil
  ) async throws -> Document {
    if let type = request.headers.mediaType, type != "application/json" {
      throw HTTPProblem(
        .unsupportedMediaType, .usage,
        "this takes JSON: send it with 'Content-Type: application/json'")
    }
    let body = try await receive(request, limit: Self.documentBytes)
    let bytes = body.memory.map { Array(buffer: $0) } ?? []
    if bytes.isEmpty, let fallback { return fallback }
    return try Documents.decodeRequest(type, from: bytes)
  }
}
