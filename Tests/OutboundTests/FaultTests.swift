import Dispatch
import Foundation
import Glibc
import Model
import Outbound
import Synchronization
import TestSupport
import Testing

/// Requests over servers and networks that fail.
@Suite struct FaultTests {
  private typealias Reply = ScriptedServer.Reply

  private let done = Reply.json("{}")
  private let busy = Reply.response(503)
  private let lost = Reply.raw("", [])

  private func failure(_ call: () throws(TransferFailure) -> Void) throws -> TransferFailure {
    try #require(#expect(throws: TransferFailure.self) { try call() })
  }

  @Test(arguments: [HTTPRequest.Method.post, .get])
  func `an answer too large to keep says whether the change may have been made`(
    method: HTTPRequest.Method
  ) throws {
    let server = try ScriptedServer(.json(#"{"a":"\#(String(repeating: "x", count: 100))"}"#))
    let address = try ServerAddress(parsing: server.url)
    let client = HTTPClient(documentLimit: 64) { _ in }
    let request = HTTPRequest(method, Resource("x"))
    let failure = try failure { () throws(TransferFailure) in
      _ = try client.send(method == .post ? request.changing() : request, to: address)
    }
    #expect(failure.error?.kind == .exhausted && failure.mayBeDone == (method == .post))
    #expect(server.requests.count == 1)
  }

  @Test func `a connection is used again`() throws {
    let fixture = try OutboundFixture(done)
    for _ in 0..<5 { #expect(try fixture.get().head.status == 200) }
    #expect(fixture.server.requests.map(\.connection) == [1, 1, 1, 1, 1])
  }

  @Test func `one client asks several servers, each of which hears only its own requests`() throws {
    let (one, other) = (try OutboundFixture(done), try ScriptedServer(.response(404)))
    for _ in 0..<3 {
      #expect(try one.get().head.status == 200)
      let address = try ServerAddress(parsing: other.url + "/below/")
      var request = HTTPRequest(.get, Resource("y"))
      request.add("Authorization", "Bearer secret")
      #expect(try one.client.send(request, to: address).head.status == 404)
    }
    #expect(one.server.requests.map(\.target) == ["/x", "/x", "/x"])
    #expect(one.server.requests.allSatisfy { $0.fields["authorization"] == nil })
    #expect(other.requests.map(\.target) == ["/below/y", "/below/y", "/below/y"])
  }

  @Test func `a busy server is asked again after as long as it wishes`() throws {
    let wish = Reply.response(503, ["Retry-After: 2"])
    let fixture = try OutboundFixture(wish, wish, done)
    #expect(try fixture.get().head.status == 200)
    #expect(fixture.pauses == [.seconds(2), .seconds(2)])
  }

  @Test func `a server that stays busy is given up, with its last answer`() throws {
    let fixture = try OutboundFixture(busy)
    #expect(try fixture.get().head.status == 503)
    #expect(fixture.server.requests.count == 5 && fixture.pauses.count == 4)
  }

  @Test func `a POST without an idempotency key is sent once`() throws {
    let fixture = try OutboundFixture(busy)
    #expect(try fixture.send(OutboundFixture.post(.bytes([1]))).head.status == 503)
    #expect(fixture.server.requests.count == 1 && fixture.pauses.isEmpty)
  }

  @Test func `a POST with an idempotency key is repeated with the same bytes`() throws {
    let fixture = try OutboundFixture(lost, .response(502), done)
    let answer = try fixture.send(OutboundFixture.post(.bytes([1, 2]), key: "k"))
    #expect(answer.head.status == 200 && answer.followsInterruption && answer.isToChange)
    #expect(fixture.server.requests.map(\.body) == [[1, 2], [1, 2], [1, 2]])
    #expect(fixture.server.requests.map { $0.fields["idempotency-key"] } == ["k", "k", "k"])
  }

  @Test(arguments: [HTTPRequest.Method.put, .delete, .post, .get, .head])
  func `a failure says whether the request may have been carried out`(
    method: HTTPRequest.Method
  ) throws {
    let isChange = method != .get && method != .head
    let request = HTTPRequest(method, Resource("x")).changing()
    for reply in [lost, .raw("HTTP/1.1 banana\r\n\r\n", [])] {
      let fixture = try OutboundFixture(reply)
      let failure = try failure { () throws(TransferFailure) in _ = try fixture.send(request) }
      #expect(failure.mayBeDone == isChange && failure.error == nil)
    }
    let gone = try ServerAddress(parsing: try ScriptedServer(done).url)
    let client = HTTPClient(seed: 1) { _ in }
    let failure = try failure { () throws(TransferFailure) in
      _ = try client.send(request, to: gone)
    }
    #expect(failure.cause == .unreachable && !failure.mayBeDone)
  }

  @Test func `what failed here is not sent, and what cannot be a header field is refused`() throws {
    let fixture = try OutboundFixture(done)
    let request = OutboundFixture.post(.none, key: "a\r\nX-Evil: 1")
    let failure = try failure { () throws(TransferFailure) in _ = try fixture.send(request) }
    #expect(failure.cause == .local && failure.error?.kind == .usage && !failure.mayBeDone)
    #expect(fixture.server.requests.isEmpty)
  }

  /// Answers that are no HTTP, by name.
  private static let strange = [
    "text": "garbage\r\n\r\n", "no colon": "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "an odd version": "HTTP/0.9 hm\r\n\r\n",
    "many fields": "HTTP/1.1 200 OK\r\n" + String(repeating: "A: 123456789\r\n", count: 6_000)
      + "\r\n",
    "a large field": "HTTP/1.1 200 OK\r\nA: " + String(repeating: "x", count: 200_000)
      + "\r\n\r\n",
  ]

  @Test(arguments: strange.keys.sorted())
  func `what is no HTTP is refused at once`(name: String) throws {
    let fixture = try OutboundFixture(.raw(try #require(Self.strange[name])))
    let failure = try failure { () throws(TransferFailure) in _ = try fixture.get() }
    #expect(failure.cause == .malformed && fixture.server.requests.count == 1)
  }

  @Test func `a head that breaks off, and a body shorter than its length, are tried again`() throws
  {
    let fixture = try OutboundFixture(
      .raw("HTTP/1.1 200 OK\r\nContent-Le"),
      .raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"items\":["),
      .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ite"), done)
    #expect(try fixture.get().body == Array("{}".utf8))
    #expect(fixture.server.requests.count == 4)
  }

  @Test func `an answer that comes before all of the body is sent is the answer`() throws {
    let server = try ScriptedServer(readsBodies: false) { _, _ in
      .response(413, ["Connection: close"], [1])
    }
    let large = [UInt8](repeating: 7, count: 32 << 20)
    let answer = try OutboundFixture(server).send(OutboundFixture.post(.bytes(large), key: "k"))
    #expect(answer.head.status == 413 && answer.body == [1])
  }

  @Test func `a pipe is sent whole, and again`() throws {
    let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let fixture = try OutboundFixture(busy, done)
    let folder = try TemporaryDirectory()
    let pipe = folder.path + "/pipe"
    try #require(unsafe mkfifo(pipe, 0o600) == 0)
    Thread.detachNewThread { try? Data(body).write(to: URL(filePath: pipe)) }
    let request = OutboundFixture.post(
      .file(try UploadFile(path: pipe, name: "pipe")), key: "k")
    var last = 0
    let answer = try fixture.client.send(request, to: fixture.address) { last = $0 }
    #expect(answer.head.status == 200 && fixture.server.requests.map(\.body) == [body, body])
    #expect(last == body.count)
  }

  @Test func `many threads share a client`() throws {
    let fixture = try OutboundFixture(done)
    let failures = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 40) { _ in
      do {
        _ = try fixture.get()
      } catch {
        failures.withLock { $0 += 1 }
      }
    }
    #expect(failures.withLock { $0 } == 0 && fixture.server.requests.count >= 40)
  }
}
