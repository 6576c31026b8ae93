import Foundation
import Hummingbird
import Logging
import Model
import Server
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing
import Wire

/// What happens on a real connection: limits, cuts, and the end of the server.
@Suite(.timeLimit(.minutes(2))) struct LiveTests {
  /// Runs `body` with the port of a server that listens, and ends the server gracefully.
  func serving(
    _ fixture: ServerFixture,
    _ body: @Sendable (Int, ServiceGroup) async throws -> Void
  ) async throws { try await serving(fixture.server, body) }

  func serving(
    _ server: AssayServer, _ body: @Sendable (Int, ServiceGroup) async throws -> Void
  ) async throws {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let application = try server.application { port.yield($0) }
    let group = ServiceGroup(
      configuration: .init(
        services: [application], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      var iterator = ports.makeAsyncIterator()
      let number = try #require(await iterator.next())
      do {
        try await body(number, group)
      } catch {
        await group.triggerGracefulShutdown()
        throw error
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  static func post(_ uri: String, _ fields: String..., body: String = "") -> String {
    "POST \(uri) HTTP/1.1\r\nHost: localhost\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
      + body
  }

  private static let push = "/v1/datasets/runs/versions?format=csv"

  @Test func `one connection carries request after request`() async throws {
    let fixture = try ServerFixture()
    try await serving(fixture) { port, _ in
      try await blocking {
        let connection = try RawConnection(port: port)
        for _ in 0..<3 {
          connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
          #expect(connection.read(until: "ok\n").hasPrefix("HTTP/1.1 200"))
        }
        connection.send(
          "HEAD /v1/datasets/runs/versions/3/data.jsonl HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let head = connection.read(until: "\r\n\r\n").lowercased()
        #expect(head.contains("content-length: 18\r\n"))
        #expect(!head.contains("transfer-encoding"))
        let tag = "\"\(ScriptedService.snapshot)\""
        connection.send(
          "GET /v1/datasets/runs/versions/3/data.jsonl HTTP/1.1\r\nHost: localhost\r\n"
            + "If-None-Match: \(tag)\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let both = connection.read(until: "ok\n")
        #expect(both.hasPrefix("HTTP/1.1 304"))
        #expect(both.contains("HTTP/1.1 200"))
      }
    }
  }

  @Test func `a client that asks before it sends is told to go on`() async throws {
    let fixture = try ServerFixture { $0.bodyLimitBytes = 1000 }
    try await serving(fixture) { port, _ in
      try await blocking {
        let connection = try RawConnection(port: port)
        connection.send(Self.post(Self.push, "Content-Length: 4", "Expect: 100-continue"))
        #expect(connection.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 100"))
        connection.send("a\n1\n")
        #expect(connection.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 201"))

        let other = try RawConnection(port: port)
        other.send(Self.post(Self.push, "Content-Length: 4000000", "Expect: 100-continue"))
        #expect(other.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 413"))
      }
    }
  }

  @Test func `a client of HTTP/1.0 is not told to go on`() async throws {
    let fixture = try ServerFixture()
    try await serving(fixture) { port, _ in
      try await blocking {
        let connection = try RawConnection(port: port)
        connection.send(
          "POST \(Self.push) HTTP/1.0\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            + "Content-Length: 4\r\n\r\na\n1\n")
        #expect(connection.readToEnd()?.hasPrefix("HTTP/1.1 201") == true)
      }
    }
  }

  @Test func `a body whose length is in doubt is refused, and the connection ends`() async throws {
    let fixture = try ServerFixture()
    try await serving(fixture) { port, _ in
      try await blocking {
        for (field, status) in [
          ("Transfer-Encoding: gzip, chunked", 501),
          ("Content-Length: 18446744073709551615", 413),
          ("Content-Length: 9223372036854775808", 413),
        ] {
          let connection = try RawConnection(port: port)
          connection.send(Self.post(Self.push, field, "Expect: 100-continue"))
          let answer = connection.readToEnd()
          #expect(answer?.hasPrefix("HTTP/1.1 \(status)") == true, "\(field)")
        }
      }
    }
    #expect(fixture.service.pushes.withLock { $0.isEmpty })
  }

  @Test func `a body that is too large is 413, announced or not, and the connection ends`()
    async throws
  {
    let fixture = try ServerFixture { $0.bodyLimitBytes = 1 << 16 }
    try await serving(fixture) { port, _ in
      try await blocking {
        let announced = try RawConnection(port: port)
        announced.send(Self.post(Self.push, "Content-Length: 99999999", body: "a\n"))
        let first = try #require(announced.readToEnd())
        #expect(first.hasPrefix("HTTP/1.1 413"))
        #expect(first.contains("application/problem+json"))

        let chunked = try RawConnection(port: port)
        chunked.send(Self.post(Self.push, "Transfer-Encoding: chunked"))
        for _ in 0..<8 { chunked.send("4000\r\n" + String(repeating: "1", count: 0x4000) + "\r\n") }
        #expect(chunked.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 413"))
      }
    }
    #expect(fixture.service.pushes.withLock { $0.isEmpty })
  }

  @Test func `an upload that ends early saves nothing`() async throws {
    let fixture = try ServerFixture()
    try await serving(fixture) { port, _ in
      try await blocking {
        let half = try RawConnection(port: port)
        half.send(Self.post(Self.push, "Content-Length: 1000", body: "a\n1\n"))
        half.finishSending()
        let answer = try #require(half.readToEnd())
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"))

        let chunked = try RawConnection(port: port)
        chunked.send(Self.post(Self.push, "Transfer-Encoding: chunked", body: "2\r\na\n\r\n"))
        chunked.finishSending()
        let other = try #require(chunked.readToEnd())
        #expect(other.isEmpty || other.hasPrefix("HTTP/1.1 400"))
      }
    }
    #expect(fixture.service.pushes.withLock { $0.isEmpty })
  }

  @Test func `headers that never end, or are too many, do not hold a connection`() async throws {
    let fixture = try ServerFixture {
      $0.idleSeconds = 1
      $0.headerLimitBytes = 8192
    }
    try await serving(fixture) { port, _ in
      try await blocking {
        let slow = try RawConnection(port: port)
        slow.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: ")
        #expect(slow.readToEnd() != nil)

        let large = try RawConnection(port: port)
        large.send(
          "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: "
            + String(repeating: "a", count: 10_000) + "\r\n\r\n")
        let answer = try #require(large.readToEnd())
        #expect(answer.hasPrefix("HTTP/1.1 431"))
        #expect(answer.contains("application/problem+json"))

        let noise = try RawConnection(port: port)
        noise.send("\u{16}\u{3}\u{1} what is this\r\n\r\n")
        #expect(noise.readToEnd()?.hasPrefix("HTTP/1.1 400") == true)

        let silent = try RawConnection(port: port)
        silent.send(Self.post(Self.push, "Content-Length: 1000", body: "a\n"))
        #expect(silent.readToEnd() != nil)
      }
    }
    #expect(fixture.service.pushes.withLock { $0.isEmpty })
  }

  @Test func `a connection beyond the limit waits until another is closed`() async throws {
    let fixture = try ServerFixture { $0.connectionLimit = 2 }
    try await serving(fixture) { port, _ in
      try await blocking {
        let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let first = try RawConnection(port: port)
        first.send(request)
        #expect(first.read(until: "ok\n").hasPrefix("HTTP/1.1 200"))
        var second: RawConnection? = try RawConnection(port: port)
        second?.send(request)
        #expect(second?.read(until: "ok\n").hasPrefix("HTTP/1.1 200") == true)
        let third = try RawConnection(port: port)
        third.send(request)
        // While the open ones are answered again and again, it is not.
        for _ in 0..<50 {
          first.send(request)
          #expect(first.read(until: "ok\n").hasPrefix("HTTP/1.1 200"))
          #expect(!third.hasAnswer)
        }
        second = nil
        #expect(third.read(until: "ok\n").hasPrefix("HTTP/1.1 200"))
      }
    }
  }

  @Test func `a body that trickles in is 408`() async throws {
    let fixture = try ServerFixture {
      $0.bodyGraceSeconds = 0
      $0.bodyRateBytesPerSecond = 1 << 30
    }
    try await serving(fixture) { port, _ in
      try await blocking {
        let connection = try RawConnection(port: port)
        connection.send(Self.post(Self.push, "Content-Length: 1000", body: "a\n"))
        let answer = try #require(connection.readToEnd())
        #expect(answer.hasPrefix("HTTP/1.1 408"))
      }
    }
  }

  /// Requests that may take long, and do in these tests.
  private static let long = [
    ("POST", "/v1/query", #"{"sql":"SELECT 1"}"#),
    ("POST", "/v1/comparisons", #"{"base":"runs@1","candidates":["runs@2"]}"#),
    ("POST", "/v1/gates", #"{"reference":"runs@1","options":{},"save":{"name":"g"}}"#),
    ("POST", "/v1/reports", #"{"reference":"runs@1","by":"model"}"#),
    ("POST", "/v1/routers/runs/backtests", #"{"rules":"runs@1","on":"runs@1"}"#),
    ("POST", "/v1/routers/r/suggestions", #"{"name":"r","on":"runs@1","objective":"max success"}"#),
    ("POST", "/v1/scores", #"{"reference":"runs@1","scorers":["json_valid"]}"#),
    ("GET", "/v1/datasets/runs/trend", ""),
    ("GET", "/v1/datasets/runs/bisect", ""),
    ("GET", "/v1/datasets/runs/history?key=1", ""),
    ("GET", "/v1/ratings/runs/report", ""),
    ("GET", "/v1/routers/r/diff/1/2", ""),
  ]

  private static func request(_ method: String, _ path: String, _ body: String) -> String {
    guard !body.isEmpty else { return "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n" }
    return post(
      path, "Content-Type: application/json", "Content-Length: \(body.utf8.count)", body: body)
  }

  @Test(arguments: long)
  func `long work whose client goes away is stopped`(
    method: String, path: String, body: String
  ) async throws {
    let fixture = try ServerFixture()
    fixture.service.script.withLock { $0.isEndless = true }
    try await serving(fixture) { port, _ in
      try await blocking {
        var connection: RawConnection? = try RawConnection(port: port)
        connection?.send(Self.request(method, path, body))
        try eventually("it runs") { fixture.service.queries.withLock { $0 } > 0 }
        connection = nil
        try eventually("it ends") { fixture.service.cancellations.withLock { $0 } == 1 }
      }
    }
  }

  @Test(arguments: long)
  func `long work holds up no read and no push, however much there is`(
    method: String, path: String, body: String
  ) async throws {
    let fixture = try ServerFixture()
    fixture.service.script.withLock { $0.isEndless = true }
    let cores = ProcessInfo.processInfo.activeProcessorCount
    try await serving(fixture) { port, _ in
      try await blocking {
        // More than the server has threads for them.
        let connections = try (0..<2 * cores + 16).map { _ in
          let connection = try RawConnection(port: port)
          connection.send(Self.request(method, path, body))
          return connection
        }
        try eventually("as many run as can") { fixture.service.queries.withLock { $0 } >= cores }
        let other = try RawConnection(port: port)
        other.send(
          "GET /v1/datasets/runs/versions/3/data.jsonl HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(other.read(until: "{\"id\":2}\n").hasPrefix("HTTP/1.1 200"))
        other.send(
          Self.post(Self.push, "Content-Type: text/csv", "Content-Length: 5", body: "id\n1\n"))
        #expect(other.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 201"))
        fixture.service.script.withLock { $0.isEndless = false }
        for connection in connections {
          connection.finishSending()
          _ = connection.readToEnd()
        }
      }
    }
  }

  @Test func `more requests than allowed are told to come again`() async throws {
    let fixture = try ServerFixture { $0.requestLimit = 1 }
    fixture.service.script.withLock { $0.isEndless = true }
    try await serving(fixture) { port, _ in
      try await blocking {
        let first = try RawConnection(port: port)
        let body = "{\"sql\":\"SELECT 1\"}"
        first.send(
          Self.post(
            "/v1/query", "Content-Type: application/json", "Content-Length: \(body.utf8.count)",
            body: body))
        try eventually("a query runs") { fixture.service.queries.withLock { $0 } > 0 }
        let second = try RawConnection(port: port)
        second.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let answer = second.read(until: "\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 503"))
        #expect(answer.lowercased().contains("retry-after: 1\r\n"))
        fixture.service.script.withLock { $0.isEndless = false }
        first.finishSending()
        _ = first.readToEnd()
      }
    }
  }

  @Test func `the end of the server waits for what was accepted`() async throws {
    let fixture = try ServerFixture()
    fixture.service.script.withLock { $0.dataPauseMicroseconds = 300_000 }
    try await serving(fixture) { port, group in
      let answer = Task {
        try await blocking {
          let connection = try RawConnection(port: port)
          connection.send(
            "GET /v1/datasets/runs/versions/3/data.jsonl HTTP/1.1\r\nHost: localhost\r\n\r\n")
          return connection.readToEnd()
        }
      }
      while fixture.service.renderings.withLock({ $0 }) == 0 { await Task.yield() }
      await group.triggerGracefulShutdown()
      let text = try #require(try await answer.value)
      #expect(text.hasPrefix("HTTP/1.1 200"))
      #expect(text.hasSuffix("{\"id\":2}\n"))
    }
  }
}
