import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Model
import NIOCore
import Server
import ServiceLifecycle
import Synchronization
import Testing
import Wire

/// Answers that are sent as they come, by a route that only these tests have.
@Suite(.timeLimit(.minutes(2))) struct StreamTests {
  /// Pieces that count how many of them were asked for.
  struct CountedPieces: AsyncSequence, Sendable {
    struct Iterator: AsyncIteratorProtocol {
      let pieces: [String]
      let asked: AskedCount
      var position = 0

      mutating func next() async throws -> ByteBuffer? {
        asked.value.withLock { $0 += 1 }
        guard position < pieces.count else { return nil }
        defer { position += 1 }
        return ByteBuffer(string: pieces[position])
      }
    }

    let pieces: [String]
    let asked = AskedCount()

    func makeAsyncIterator() -> Iterator { Iterator(pieces: pieces, asked: asked) }
  }

  final class AskedCount: Sendable {
    let value = Mutex(0)
  }

  /// Notes how many pieces had been asked for when each one was written.
  struct NotingWriter: ResponseBodyWriter {
    let asked: AskedCount
    let seen: SeenCounts

    mutating func write(_ buffer: ByteBuffer) async throws {
      // A stream that runs ahead has the chance to.
      for _ in 0..<100 { await Task.yield() }
      let count = asked.value.withLock { $0 }
      seen.values.withLock { $0.append(count) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
  }

  final class SeenCounts: Sendable {
    let values = Mutex<[Int]>([])
  }

  /// Pieces that come from `body`, which may wait and may fail.
  private static func pieces(
    _ body: @escaping @Sendable (AsyncThrowingStream<ByteBuffer, any Error>.Continuation) -> Void
  ) -> AsyncThrowingStream<ByteBuffer, any Error> {
    AsyncThrowingStream { body($0) }
  }

  /// A server with the route `/v1/stream`.
  private static func fixture<Pieces: AsyncSequence & Sendable>(
    _ style: ErrorStyle = .openAI, _ change: (inout ServerOptions) -> Void = { _ in },
    _ pieces: @escaping @Sendable () -> Pieces
  ) throws -> ServerFixture where Pieces.Element == ByteBuffer {
    try ServerFixture(
      change,
      routes: { backend in
        [
          Route("stream", .get, "/v1/stream", .open, errorStyle: style) { _, context in
            try await backend.streamed(
              pieces(), context, headers: [.contentType: "text/event-stream"]
            ) { $0.event(style) }
          }
        ]
      })
  }

  private static let request = "GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
  private static let failure = StoreError(.unavailable, "the target is silent")

  @Test func `pieces are sent in their order, and counted when the last one is`() async throws {
    let fixture = try Self.fixture { CountedPieces(pieces: ["data: a\n\n", "", "data: bc\n\n"]) }
    let answer = try await fixture.send(.get, "/v1/stream")
    #expect(answer.status == .ok && String(buffer: answer.body) == "data: a\n\ndata: bc\n\n")
    #expect(answer.headers[.contentLength] == nil)
    #expect(answer.headers[.contentType] == "text/event-stream")
    #expect(answer.headers[.cacheControl] == "no-store")
    #expect(answer.headers[.xContentTypeOptions] == "nosniff")
    let metrics = String(buffer: try await fixture.send(.get, "/metrics").body)
    #expect(metrics.contains("assay_requests_total{operation=\"stream\",status=\"200\"} 1\n"))
    #expect(
      metrics.contains("assay_response_bytes_total{operation=\"stream\",status=\"200\"} 19\n"))
    let empty = try Self.fixture { CountedPieces(pieces: []) }
    let nothing = try await empty.send(.get, "/v1/stream")
    #expect(nothing.status == .ok && nothing.body.readableBytes == 0)
  }

  @Test func `a piece is asked for when the one before was taken`() async throws {
    let pieces = CountedPieces(pieces: ["a", "b", "c", "d"])
    let seen = SeenCounts()
    let fixture = try ServerFixture(routes: { backend in
      [
        Route("stream", .get, "/v1/stream", .open) { _, context in
          let answer = try await backend.streamed(pieces, context, headers: [:]) { _ in nil }
          try await answer.body.write(NotingWriter(asked: pieces.asked, seen: seen))
          return Response(status: .noContent)
        }
      ]
    })
    #expect(try await fixture.send(.get, "/v1/stream").status == .noContent)
    #expect(seen.values.withLock { $0 } == [1, 2, 3, 4])
    #expect(pieces.asked.value.withLock { $0 } == 5)
  }

  @Test(arguments: [ErrorStyle.problem, .openAI])
  func `an error before the first piece is a status, in the form of the route`(
    style: ErrorStyle
  ) async throws {
    let fixture = try Self.fixture(style) {
      Self.pieces { $0.finish(throwing: Self.failure) }
    }
    let answer = try await fixture.send(.get, "/v1/stream")
    #expect(answer.status == .serviceUnavailable && answer.headers[.retryAfter] == "1")
    let body = String(buffer: answer.body)
    switch style {
    case .problem:
      #expect(answer.headers[.contentType] == "application/problem+json")
      #expect(try ServerFixture.problem(answer).detail == "the target is silent")
    case .openAI:
      #expect(answer.headers[.contentType] == "application/json")
      #expect(
        body == #"{"error":{"code":"unavailable","message":"the target is silent","#
          + #""param":null,"type":"server_error"}}"#)
    }
  }

  @Test(arguments: [ErrorStyle.problem, .openAI])
  func `an error after the first piece is an event, and the transfer does not end well`(
    style: ErrorStyle
  ) async throws {
    let fixture = try Self.fixture(style) {
      Self.pieces {
        $0.yield(ByteBuffer(string: "data: a\n\n"))
        $0.finish(throwing: Self.failure)
      }
    }
    try await LiveTests().serving(fixture) { port, _ in
      try await blocking {
        let connection = try RawConnection(port: port)
        connection.send(Self.request)
        let answer = try #require(connection.readToEnd())
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        #expect(answer.contains("data: a\n\n"))
        let event = style == .problem ? "event: error\ndata: {" : "data: {\"error\":{"
        #expect(answer.contains(event) && answer.contains("the target is silent"))
        #expect(!answer.hasSuffix("0\r\n\r\n"))
      }
    }
  }

  @Test func `a stream ends when its client leaves`() async throws {
    let (ends, end) = AsyncStream.makeStream(of: Void.self)
    let fixture = try Self.fixture {
      Self.pieces {
        $0.onTermination = { _ in end.yield() }
        $0.yield(ByteBuffer(string: "data: a\n\n"))
      }
    }
    try await LiveTests().serving(fixture) { port, _ in
      try await blocking {
        let connection = try RawConnection(port: port)
        connection.send(Self.request)
        #expect(connection.read(until: "data: a\n\n").hasPrefix("HTTP/1.1 200"))
      }
      var iterator = ends.makeAsyncIterator()
      #expect(await iterator.next() != nil)
    }
  }

  @Test func `a stream that has not begun ends when its client leaves`() async throws {
    let (starts, start) = AsyncStream.makeStream(of: Void.self)
    let (ends, end) = AsyncStream.makeStream(of: Void.self)
    let fixture = try Self.fixture {
      Self.pieces {
        $0.onTermination = { _ in end.yield() }
        start.yield()
      }
    }
    try await LiveTests().serving(fixture) { port, _ in
      var connection: RawConnection? = try await blocking {
        let connection = try RawConnection(port: port)
        connection.send(Self.request)
        return connection
      }
      var begun = starts.makeAsyncIterator()
      #expect(await begun.next() != nil)
      _ = connection
      connection = nil
      var ended = ends.makeAsyncIterator()
      #expect(await ended.next() != nil)
    }
  }

  @Test func `a stream keeps its place among the requests until it ends`() async throws {
    let (streams, stream) = AsyncStream.makeStream(
      of: AsyncThrowingStream<ByteBuffer, any Error>.Continuation.self)
    let fixture = try Self.fixture(.problem) {
      $0.requestLimit = 1
    } _: {
      Self.pieces {
        $0.yield(ByteBuffer(string: "data: a\n\n"))
        stream.yield($0)
      }
    }
    let health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    try await LiveTests().serving(fixture) { port, _ in
      let connection = try await blocking {
        let connection = try RawConnection(port: port)
        connection.send(Self.request)
        #expect(connection.read(until: "data: a\n\n").hasPrefix("HTTP/1.1 200"))
        let other = try RawConnection(port: port)
        other.send(health)
        #expect(other.read(until: "}").hasPrefix("HTTP/1.1 503"))
        return connection
      }
      var iterator = streams.makeAsyncIterator()
      try #require(await iterator.next()).finish()
      try await blocking {
        #expect(connection.read(until: "0\r\n\r\n").hasSuffix("0\r\n\r\n"))
        // The next request of a connection is read when the answer before is done.
        connection.send(health)
        #expect(connection.read(until: "ok\n").hasPrefix("HTTP/1.1 200"))
      }
    }
  }

  @Test func `HEAD has the head of a stream, and gives its place back`() async throws {
    let fixture = try Self.fixture(.problem) {
      $0.requestLimit = 1
    } _: {
      CountedPieces(pieces: ["a", "b"])
    }
    for _ in 0..<2 {
      let head = try await fixture.send(.head, "/v1/stream")
      #expect(head.status == .ok && head.body.readableBytes == 0)
      #expect(head.headers[.contentLength] == nil)
    }
    #expect(String(buffer: try await fixture.send(.get, "/v1/stream").body) == "ab")
  }
}
