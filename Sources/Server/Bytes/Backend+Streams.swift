import Access
package import HTTPTypes
package import Hummingbird
import Model
package import NIOCore

extension Backend {
  /// Answers with pieces of bytes as they come, for as long as the client reads them.
  ///
  /// - The head goes out with the first piece. What fails before it is an error as of any other
  ///   route, with a status.
  /// - What fails after it is never a status: `lastWords` puts the error into the form of the
  ///   stream, and the transfer ends without its last chunk, the one ending that no client takes
  ///   for success.
  /// - The next piece is made when the connection has taken the one before.
  /// - The iteration is cancelled as soon as the client leaves, or the server has to end.
  /// - A heartbeat is a piece like any other, and left to the caller.
  package func streamed<Pieces: AsyncSequence & Sendable>(
    _ pieces: Pieces, _ context: ServerContext, status: HTTPResponse.Status = .ok,
    headers: HTTPFields, lastWords: @escaping @Sendable (HTTPProblem) -> ByteBuffer?
  ) async throws -> Response where Pieces.Element == ByteBuffer {
    nonisolated(unsafe) let stream = PieceStream(pieces)
    let first = await calls.untilGone(context) { await unsafe stream.next() }
    switch first {
    case .piece, .end: break
    case .failed(let error): throw error
    case .cancelled: throw ended(StoreError.cancelled)
    }
    var headers = headers
    if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
    let body = ResponseBody { [self] writer in
      // One task after the other uses both: this one waits for the one that sends.
      nonisolated(unsafe) let (stream, sink) = unsafe (stream, writer)
      let end = await calls.untilGone(context) {
        unsafe await stream.send(from: first, to: sink)
      }
      let problem: HTTPProblem
      switch end {
      case .whole:
        try await writer.finish(nil)
        return
      case .broken(let error): throw error
      case .failed(let error): problem = self.problem(of: error, context)
      case .cancelled:
        guard calls.isEnding else { throw CancellationError() }
        problem = HTTPProblem(ended(StoreError(.exhausted, "")))
      }
      if let words = lastWords(problem) { try await writer.write(words) }
      throw CutShort()
    }
    return Response(status: status, headers: headers, body: body)
  }

  /// The problem that a client gets for an error after its stream has begun.
  private func problem(of error: any Error, _ context: ServerContext) -> HTTPProblem {
    if let error = error as? StoreError, !context.caller.seesEverything {
      return HTTPProblem(error)
    }
    return HTTPProblem(reporting: error)
      ?? HTTPProblem(.internalServerError, .unavailable, "the answer ended before it was whole")
  }
}

/// A stream was ended before it was whole, and its client knows: the connection closes.
private struct CutShort: Error {}

/// The pieces of a streamed answer, used by one task at a time.
private final class PieceStream<Pieces: AsyncSequence> where Pieces.Element == ByteBuffer {
  /// The next thing that happens to a stream.
  enum Step: Sendable {
    case piece(ByteBuffer)
    case end
    case failed(any Error)
    case cancelled
  }

  /// The end of a stream.
  enum Ending: Sendable {
    case whole
    case failed(any Error)
    case cancelled
    /// The connection took no more.
    case broken(any Error)
  }

  private var iterator: Pieces.AsyncIterator

  init(_ pieces: Pieces) { iterator = pieces.makeAsyncIterator() }

  func next() async -> Step {
    do {
      let piece = try await iterator.next()
      // Sequences end, too, when their task is cancelled.
      if Task.isCancelled { return .cancelled }
      return piece.map { .piece($0) } ?? .end
    } catch {
      return Task.isCancelled ? .cancelled : .failed(error)
    }
  }

  /// Sends `first` and what follows it.
  func send(from first: Step, to writer: any ResponseBodyWriter) async -> Ending {
    var writer = writer
    var step = first
    while true {
      switch step {
      case .piece(let piece):
        do {
          // An empty chunk would be the last one.
          if piece.readableBytes > 0 { try await writer.write(piece) }
        } catch {
          return .broken(error)
        }
      case .end: return .whole
      case .failed(let error): return .failed(error)
      case .cancelled: return .cancelled
      }
      step = await next()
    }
  }
}
