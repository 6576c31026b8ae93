import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Server
import Synchronization
import TestSupport
import Testing

/// What one connection may hold, and when its client counts as gone.
@Suite(.timeLimit(.minutes(2))) struct ConnectionTests {
  private static let contract = "GET /openapi.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n"

  /// More than the system keeps of them for a client that reads nothing.
  private static let many = 100

  private static func answers(in text: String) -> Int {
    text.split(separator: "HTTP/1.1 200", omittingEmptySubsequences: false).count - 1
  }

  private func isWaiting(_ channel: EmbeddedChannel) throws -> [String] {
    var paths: [String] = []
    while let part = try channel.readInbound(as: HTTPRequestPart.self) {
      if case .head(let head) = part {
        paths.append((head.path ?? "") + (head.headerFields[.connection].map { " " + $0 } ?? ""))
      }
    }
    return paths
  }

  private func send(_ paths: some Sequence<String>, _ channel: EmbeddedChannel) throws {
    for path in paths {
      let head = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: path)
      try channel.writeInbound(HTTPRequestPart.head(head))
      try channel.writeInbound(HTTPRequestPart.end(nil))
    }
  }

  private func answer(_ channel: EmbeddedChannel, isSent: Bool = true) {
    channel.write(HTTPResponsePart.head(HTTPResponse(status: .ok)), promise: nil)
    channel.write(HTTPResponsePart.body(ByteBuffer(string: "ok\n")), promise: nil)
    channel.write(HTTPResponsePart.end(nil), promise: nil)
    if isSent { channel.flush() }
  }

  @Test func `a request is passed on when the answer before it is with the system`() throws {
    let channel = EmbeddedChannel(handler: RequestQueue())
    try send(["/1", "/2", "/3"], channel)
    #expect(try isWaiting(channel) == ["/1"])
    answer(channel, isSent: false)
    #expect(try isWaiting(channel).isEmpty)
    channel.flush()
    #expect(try isWaiting(channel) == ["/2"])
    answer(channel)
    #expect(try isWaiting(channel) == ["/3"])
    answer(channel)
    try send(["/4"], channel)
    #expect(try isWaiting(channel) == ["/4"])
    _ = try channel.finish(acceptAlreadyClosed: true)
  }

  @Test func `the end of our side waits for the answer, and is not kept for a closed connection`()
    throws
  {
    let channel = EmbeddedChannel(handler: RequestQueue())
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    try send(["/1"], channel)
    #expect(try isWaiting(channel) == ["/1"])
    let waiting = channel.eventLoop.makePromise(of: Void.self)
    channel.pipeline.close(mode: .output, promise: waiting)
    let isEnded = Atomic(false)
    waiting.futureResult.whenComplete { _ in isEnded.store(true, ordering: .relaxed) }
    let before = isEnded.load(ordering: .relaxed)
    answer(channel)
    let after = isEnded.load(ordering: .relaxed)
    #expect(!before && after)
    try send(["/2"], channel)
    _ = try isWaiting(channel)
    _ = try channel.finish(acceptAlreadyClosed: true)
    // An unanswered request's, after its connection: with a promise, and with none.
    let late = channel.eventLoop.makePromise(of: Void.self)
    channel.pipeline.close(mode: .output, promise: late)
    channel.pipeline.close(mode: .output, promise: nil)
    #expect(throws: (any Error).self) { try late.futureResult.wait() }
  }

  @Test func `of requests beyond those that may wait none is answered, and the last one says so`()
    throws
  {
    let channel = EmbeddedChannel(handler: RequestQueue())
    try send((0..<RequestQueue.limit + 50).map { "/\($0)" }, channel)
    var seen: [String] = []
    for _ in 0..<RequestQueue.limit + 50 {
      seen += try isWaiting(channel)
      answer(channel)
    }
    #expect(seen.count == RequestQueue.limit + 1)
    #expect(seen.last == "/\(RequestQueue.limit) close")
    #expect(seen.dropLast().allSatisfy { !$0.contains("close") })
    _ = try channel.finish(acceptAlreadyClosed: true)
  }

  @Test func `writes stall when of what waits nothing is taken, however much is added to it`() {
    var taken = WriteProgress()
    for unsent in [0, 0, 0] {
      taken.add(1000)
      let isStalled = taken.isStalled(unsent: unsent)
      #expect(!isStalled)
    }
    var silent = WriteProgress()
    var looks: [Bool] = []
    for (added, unsent) in [(1000, 900), (10, 915), (10, 930)] {
      silent.add(added)
      looks.append(silent.isStalled(unsent: unsent))
    }
    #expect(looks == [false, false, true])
    var slow = WriteProgress()
    slow.add(1000)
    #expect(!(0..<100).reversed().map { slow.isStalled(unsent: $0) }.contains(true))
    var full = WriteProgress()
    for _ in 0..<10 {
      full.add(1000)
      let isStalled = full.isStalled(unsent: 500)
      #expect(!isStalled)
    }
  }

  @Test func `a client that reads nothing loses its connection when it has been idle long enough`()
    async throws
  {
    let fixture = try ServerFixture {
      $0.idleSeconds = 1
      $0.connectionLimit = 1
    }
    try await LiveTests().serving(fixture) { port, _ in
      try await blocking {
        let silent = try RawConnection(port: port)
        let health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        silent.send(health)
        #expect(silent.read(until: "ok\n").hasPrefix("HTTP/1.1 200"))
        silent.send(String(repeating: Self.contract, count: Self.many))
        let other = try RawConnection(port: port)
        other.send(health)
        // As long as it takes to fill what the system keeps, and to be idle.
        var answer = ""
        while answer.isEmpty { answer = other.read(until: "ok\n") }
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        let rest = try #require(silent.readToEnd())
        #expect(Self.answers(in: rest) < Self.many)
      }
    }
  }

  @Test func `all requests sent ahead are answered, though the client closed its sending side`()
    async throws
  {
    let fixture = try ServerFixture()
    try await LiveTests().serving(fixture) { port, _ in
      try await blocking {
        let connection = try RawConnection(port: port)
        connection.send(String(repeating: Self.contract, count: Self.many))
        connection.finishSending()
        let text = try #require(connection.readToEnd())
        #expect(Self.answers(in: text) == Self.many)
      }
    }
  }

  @Test func `a client that only closed its sending side is asked, and gets its answer`()
    async throws
  {
    let fixture = try ServerFixture()
    fixture.service.script.withLock { $0.isEndless = true }
    let body = #"{"sql":"SELECT 1"}"#
    try await LiveTests().serving(fixture) { port, _ in
      try await blocking {
        let connection = try RawConnection(port: port)
        connection.send(
          LiveTests.post(
            "/v1/query", "Content-Type: application/json", "Content-Length: \(body.utf8.count)",
            body: body))
        try eventually("it runs") { fixture.service.queries.withLock { $0 } > 0 }
        connection.finishSending()
        #expect(connection.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        fixture.service.script.withLock { $0.isEndless = false }
        let text = try #require(connection.readToEnd())
        #expect(text.contains("HTTP/1.1 200"))
      }
    }
    #expect(fixture.service.cancellations.withLock { $0 } == 0)
  }

  @Test func `spaces around the value of a field are no part of it`() async throws {
    let fixture = try ServerFixture()
    try await LiveTests().serving(fixture) { port, _ in
      try await blocking {
        for (before, after) in [("", " "), (" ", "\t"), ("\t ", " \t "), ("", "")] {
          let fields = [
            "Host": "localhost", "Content-Type": "text/csv", "X-Request-Id": "r1",
            "Connection": "close",
          ]
          let connection = try RawConnection(port: port)
          connection.send(
            "POST /v1/datasets/runs/versions?format=csv HTTP/1.1\r\n"
              + fields.map { "\($0):\(before)\($1)\(after)\r\n" }.joined()
              // The parser of numbers takes no tab.
              + "Content-Length: 5\(after.isEmpty ? "" : "  ")\r\n\r\nid\n1\n")
          let answer = try #require(connection.readToEnd())
          #expect(answer.hasPrefix("HTTP/1.1 201"))
          #expect(answer.lowercased().contains("x-request-id: r1\r\n"))
        }
      }
    }
  }
}
