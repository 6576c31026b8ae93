import Access
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Platform
import Service
import Wire

extension Backend {
  /// Answers with bytes, or with the range of them that a request wants.
  ///
  /// `headers` are those of all answers; `validators` are compared with the request's conditions.
  func respond(
    to request: Request, with bytes: SpooledBytes, _ headers: HTTPFields, _ validators: Validators?
  ) throws -> Response {
    var headers = headers
    validators?.add(to: &headers)
    headers[.acceptRanges] = "bytes"
    // Without a validator there is nothing that a condition could name.
    let isWhole = validators.map { !$0.allowsRange(for: request.headers) }
    let asked = isWhole ?? (request.headers[.ifRange] != nil) ? nil : request.headers[.range]
    switch request.method == .head ? .whole : ByteRange(asked, size: bytes.count) {
    case .whole:
      headers[.contentLength] = String(bytes.count)
      return Response(status: .ok, headers: headers, body: body(bytes, 0..<bytes.count))
    case .part(let range):
      headers[.contentLength] = String(range.count)
      headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)"
      return Response(status: .partialContent, headers: headers, body: body(bytes, range))
    case .unsatisfiable:
      var problem = HTTPProblem(
        .rangeNotSatisfiable, .usage, "there are \(bytes.count) bytes; ask for some of them")
      problem.headers[.contentRange] = "bytes */\(bytes.count)"
      throw problem
    }
  }

  /// Returns true when a reading client has the bytes already, so that 304 will do.
  /// - Throws: ``HTTPProblem`` with 412 when it wants others.
  func isNotModified(_ request: Request, _ validators: Validators) throws(HTTPProblem) -> Bool {
    guard validators.isMeant(by: request.headers) else {
      throw HTTPProblem(
        .preconditionFailed, .conflict,
        "this has another ETag or a later time than the request asks for")
    }
    return validators.isNotModified(for: request.headers)
  }

  /// The answer to a client that has the bytes already.
  func notModified(_ headers: HTTPFields, _ validators: Validators) -> Response {
    var headers = headers
    validators.add(to: &headers)
    headers[.contentType] = nil
    headers[.contentDisposition] = nil
    var response = Response(status: .notModified, headers: headers)
    response.headers[.contentLength] = nil
    return response
  }

  /// A body of a part of some bytes.
  func body(_ bytes: SpooledBytes, _ range: Range<Int>) -> ResponseBody {
    if let slice = bytes.slice(range) { return ResponseBody(byteBuffer: slice) }
    let read = bytes.reader
    return ResponseBody(contentLength: range.count) { [quick] writer in
      var position = range.lowerBound
      while position < range.upperBound {
        let start = position
        // Each piece when the client has taken the one before.
        let count = min(SpooledBytes.pieceBytes, range.upperBound - position)
        let piece = try await quick.run { () throws(StoreError) in try read(count, start) }
        try await writer.write(piece)
        position += count
      }
      try await writer.finish(nil)
    }
  }

  /// Runs a call that writes an answer piece by piece, and keeps the answer until it is whole; ends
  /// it when its client goes.
  func spooled<Value: Sendable>(
    _ context: ServerContext, _ work: Work,
    _ body:
      @escaping @Sendable (
        any StoreService, ([UInt8]) throws(StoreError) -> Void
      ) throws(StoreError) -> Value
  ) async throws -> (SpooledBytes, Value) {
    let result = await calls.untilGone(context) { [self] in
      await spooled(as: context.caller, work, body)
    }
    return try result.get()
  }

  /// The same, for as long as the task is not cancelled, even when no client waits for it.
  func spooled<Value: Sendable>(
    as caller: Caller, _ work: Work,
    _ body:
      @escaping @Sendable (
        any StoreService, ([UInt8]) throws(StoreError) -> Void
      ) throws(StoreError) -> Value
  ) async -> Result<(SpooledBytes, Value), any Error> {
    let service = service(caller)
    let (folder, limit) = (folder, options.answerLimitBytes)
    do {
      let outcome = try await pool(work).run {
        () throws(StoreError) -> SpoolOutcome<Value> in
        let writer = SpoolWriter(folder: folder, limit: limit)
        do throws(StoreError) {
          let value = try body(service) { (bytes) throws(StoreError) in
            try CancellationFlag.check()
            try writer.write(bytes)
          }
          return .done(writer.finish(), value)
        } catch {
          if let problem = writer.problem { return .failed(problem) }
          throw ended(error)
        }
      }
      switch outcome {
      case .done(let bytes, let value): return .success((bytes, value))
      case .failed(let problem): return .failure(problem)
      }
    } catch {
      return .failure(error)
    }
  }
}

/// The outcome of a call that wrote its answer piece by piece.
private enum SpoolOutcome<Value: Sendable>: Sendable {
  case done(SpooledBytes, Value)
  case failed(HTTPProblem)
}
