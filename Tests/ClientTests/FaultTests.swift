import Client
import Dispatch
import Foundation
import Glibc
import Model
import Synchronization
import TestSupport
import Testing
import Wire

/// What comes of servers and networks that fail.
@Suite struct FaultTests {
  private typealias Reply = ScriptedServer.Reply

  private let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
  private static let dataFields = ["Assay-Rows: 2", "Assay-Version: runs@3", "ETag: \"one\""]

  /// The version's record, then what `replies` say about its rows.
  private func fixture(_ replies: Reply...) throws -> RemoteFixture {
    try RemoteFixture(
      try ScriptedServer { number, _ in
        number == 0 ? .json(RemoteFixture.detail) : replies[min(number, replies.count) - 1]
      })
  }

  private func broken(
    after count: Int, _ fields: [String] = dataFields, status: Int = 200, from start: Int = 0
  ) -> Reply {
    let fields = fields + ["Content-Length: \(body.count - start)"]
    return .raw(
      "HTTP/1.1 \(status) Reason\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n",
      body[start..<start + count])
  }

  private func error(_ call: () throws -> Void) throws -> StoreError {
    try #require(#expect(throws: StoreError.self) { try call() })
  }

  @Test func `a connection is used again`() throws {
    let fixture = try RemoteFixture(try ScriptedServer(.json(#"{"items":[]}"#)))
    for _ in 0..<5 { #expect(try fixture.service.datasets(limit: nil).isEmpty) }
    #expect(fixture.server.requests.map(\.connection) == [1, 1, 1, 1, 1])
  }

  @Test func `a busy server is asked again after as long as it wishes`() throws {
    let busy = RemoteFixture.problem(503, "unavailable", fields: ["Retry-After: 2"])
    let fixture = try RemoteFixture(try ScriptedServer(busy, busy, .json(#"{"items":[]}"#)))
    #expect(try fixture.service.datasets(limit: nil).isEmpty)
    #expect(fixture.pauses == [.seconds(2), .seconds(2)])
  }

  @Test func `a server that stays busy is given up, in its own words`() throws {
    let fixture = try RemoteFixture(try ScriptedServer(RemoteFixture.problem(503, "unavailable")))
    let error = try error { _ = try fixture.service.datasets(limit: nil) }
    #expect(error.kind == .unavailable && error.message == "what happened")
    #expect(fixture.server.requests.count == 5 && fixture.pauses.count == 4)
  }

  @Test func `a request without effect on the second time is sent once`() throws {
    let fixture = try RemoteFixture(try ScriptedServer(RemoteFixture.problem(503, "unavailable")))
    _ = try error { _ = try fixture.service.reindex(acceptsLoss: false) }
    _ = try error {
      _ = try fixture.service.query(QueryRequest(sql: "SELECT 1")) { _ in }
    }
    #expect(fixture.server.requests.count == 2 && fixture.pauses.isEmpty)
  }

  @Test func `a push is repeated with the same key and the same bytes`() throws {
    let server = try ScriptedServer(
      .raw("", []), .response(502, [], "<html>".utf8), .json(RemoteFixture.push))
    let fixture = try RemoteFixture(server)
    #expect(try fixture.push(body).isNew)
    #expect(server.requests.map(\.body) == [body, body, body])
    let keys = server.requests.map { $0.fields["idempotency-key"] }
    #expect(Set(keys).count == 1 && keys.first??.count == 37)
    #expect(server.requests[0].fields["content-encoding"] == "gzip")
    #expect(server.requests[0].fields["content-type"] == "application/x-ndjson")
    #expect(server.requests[0].fields["user-agent"]?.hasPrefix("assay/") == true)
  }

  /// What may change something, and whether it is sent again by itself.
  static let changes: [(String, @Sendable (RemoteFixture) throws -> Void)] = [
    ("push", { _ = try $0.push([1]) }),
    ("tag", { _ = try $0.service.setTag("t", to: Reference(parsing: "d@1"), TagRequest()) }),
    ("untag", { try $0.service.removeTag("t", of: DatasetName("d"), TagRequest()) }),
    ("deploy", { _ = try $0.service.deploy(DatasetName("d"), DeployRequest(version: "1")) }),
    ("rollback", { _ = try $0.service.rollback(DatasetName("d"), RollbackRequest()) }),
    ("token", { _ = try $0.service.createToken(TokenRequest(name: "n", scope: .read)) }),
  ]

  @Test(arguments: changes.indices, 0..<3)
  func `a change whose answer is lost may be saved, and nobody is told to try again`(
    change: Int, way: Int
  ) throws {
    let reply: ScriptedServer.Reply =
      switch way {
      case 0: .raw("", [])
      case 1: .response(504, [], "<html>".utf8)
      default: .raw("HTTP/1.1 banana\r\n\r\n", [])
      }
    let fixture = try RemoteFixture(try ScriptedServer(reply))
    let error = try error { try Self.changes[change].1(fixture) }
    #expect(error.detail == .mayBeSaved, "\(error)")
    #expect(error.message.contains("may be saved") && !error.message.contains("try again"))
  }

  @Test func `a question whose answer is lost changes nothing, and may be asked again`() throws {
    let fixture = try RemoteFixture(try ScriptedServer(.raw("", [])))
    let error = try error { _ = try fixture.service.datasets(limit: nil) }
    #expect(error.detail == nil && error.message.contains("try again"))
  }

  @Test func `a server that fails after a lost answer does not unmake what it may have made`()
    throws
  {
    let busy = RemoteFixture.problem(503, "unavailable")
    let fixture = try RemoteFixture(
      try ScriptedServer(.raw("", []), busy, busy, busy, busy, busy))
    #expect(try error { _ = try fixture.push(body) }.detail == .mayBeSaved)
    let known = try RemoteFixture(
      try ScriptedServer(RemoteFixture.problem(503, "unavailable", ",\"mayBeSaved\":true")))
    #expect(try error { _ = try known.push(body) }.detail == .mayBeSaved)
  }

  @Test func `a download that breaks goes on where it broke`() throws {
    let rest = body[100_000...]
    let fixture = try fixture(
      broken(after: 100_000),
      .response(
        206, Self.dataFields + ["Content-Range: bytes 100000-299999/300000"], rest))
    #expect(try fixture.data() == body)
    let requests = fixture.server.requests
    #expect(requests.count == 3 && requests[1].fields["range"] == nil)
    #expect(requests[2].fields["range"] == "bytes=100000-")
    #expect(requests[2].fields["if-range"] == "\"one\"")
  }

  @Test func `a download may break again and again while it gets on`() throws {
    let size = body.count
    let body = body
    let server = try ScriptedServer { number, request in
      guard number > 0 else { return .json(RemoteFixture.detail) }
      let start = request.fields["range"].flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0
      let end = min(size, start + 80_000)
      let fields = Self.dataFields + ["Content-Range: bytes \(start)-\(size - 1)/\(size)"]
      return .raw(
        "HTTP/1.1 \(start == 0 ? 200 : 206) R\r\nContent-Length: \(size - start)\r\n"
          + fields.map { $0 + "\r\n" }.joined() + "\r\n", body[start..<end])
    }
    let fixture = try RemoteFixture(server)
    #expect(try fixture.data() == body)
    #expect(server.requests.count == 5)
  }

  @Test func `a server without ranges sends all again, and what came is left out`() throws {
    let fixture = try fixture(broken(after: 123_456), .response(200, Self.dataFields, body))
    #expect(try fixture.data() == body)
  }

  @Test func `a download that is another when it goes on is refused`() throws {
    let fields = ["Assay-Rows: 2", "ETag: \"two\""]
    let fixture = try fixture(broken(after: 100_000), .response(200, fields, body))
    #expect(try error { _ = try fixture.data() }.kind == .conflict)
  }

  @Test func `a range that was not asked for is refused`() throws {
    let fields = Self.dataFields + ["Content-Range: bytes 5-299999/300000"]
    let resumed = try fixture(broken(after: 100_000), .response(206, fields, body[5...]))
    #expect(try error { _ = try resumed.data() }.kind == .unavailable)
    let first = try fixture(.response(206, fields, body[5...]))
    #expect(try error { _ = try first.data() }.kind == .unavailable)
  }

  @Test func `a download without a strong tag is not patched together`() throws {
    let fields = ["Assay-Rows: 2", "ETag: W/\"one\""]
    let fixture = try fixture(broken(after: 100_000, fields), .response(200, fields, body))
    let error = try error { _ = try fixture.data() }
    #expect(error.kind == .unavailable && error.message.contains("broke"))
    #expect(fixture.server.requests.count == 2)
  }

  @Test func `a download that never gets on is given up`() throws {
    let fixture = try fixture(broken(after: 0))
    #expect(try error { _ = try fixture.data() }.kind == .unavailable)
    #expect(fixture.server.requests.count == 6)
  }

  @Test func `an error of whoever takes the rows ends the download`() throws {
    let fixture = try fixture(.response(200, Self.dataFields, body))
    let error = try error {
      _ = try fixture.service.data(try Reference(parsing: "runs"), DataRequest(format: .jsonl)) {
        _ in
      } write: { _ throws(StoreError) in
        throw StoreError(.exhausted, "the disk is full")
      }
    }
    #expect(error.kind == .exhausted && error.message == "the disk is full")
    #expect(fixture.server.requests.count == 2)
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
    let text = try #require(Self.strange[name])
    let fixture = try RemoteFixture(try ScriptedServer(.raw(text)))
    let error = try error { _ = try fixture.service.datasets(limit: nil) }
    #expect(error.kind == .unavailable && error.message.contains("Assay server"))
    #expect(fixture.server.requests.count == 1)
  }

  @Test func `a head that breaks off, and a body shorter than its length, are tried again`() throws
  {
    let server = try ScriptedServer(
      .raw("HTTP/1.1 200 OK\r\nContent-Le"),
      .raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"items\":["),
      .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ite"),
      .json(#"{"items":[]}"#))
    let fixture = try RemoteFixture(server)
    #expect(try fixture.service.datasets(limit: nil).isEmpty)
    #expect(server.requests.count == 4)
  }

  @Test func `an answer that comes before all of the body is sent is the answer`() throws {
    let server = try ScriptedServer(readsBodies: false) { _, _ in
      RemoteFixture.problem(413, "exhausted", fields: ["Connection: close"])
    }
    let fixture = try RemoteFixture(server)
    let large = [UInt8](repeating: 7, count: 32 << 20)
    let error = try error { _ = try fixture.push(large) }
    #expect(error.kind == .exhausted && error.message == "what happened")
  }

  @Test func `a pipe is sent whole, and again`() throws {
    let server = try ScriptedServer(
      RemoteFixture.problem(503, "unavailable"), .json(RemoteFixture.push))
    let fixture = try RemoteFixture(server)
    let path = try TemporaryDirectory()
    let pipe = path.path + "/pipe"
    try #require(unsafe mkfifo(pipe, 0o600) == 0)
    let body = body
    Thread.detachNewThread { try? Data(body).write(to: URL(filePath: pipe)) }
    var told: [Wire.Progress] = []
    let pushed = try fixture.service.push(
      try DatasetName("runs"), TableFile(path: pipe, format: .jsonl, compression: nil),
      PushRequest()
    ) { told.append($0) }
    #expect(pushed.isNew && server.requests.map(\.body) == [body, body])
    #expect(told.last == Wire.Progress(done: body.count, total: body.count, unit: .bytes))
  }

  @Test func `many threads share a store`() throws {
    let fixture = try RemoteFixture(try ScriptedServer(.json(#"{"items":[]}"#)))
    let failures = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 40) { _ in
      do {
        _ = try fixture.service.datasets(limit: nil)
      } catch {
        failures.withLock { $0 += 1 }
      }
    }
    #expect(failures.withLock { $0 } == 0 && fixture.server.requests.count >= 40)
  }

  @Test func `a server that is not there is named`() throws {
    let port = try ScriptedServer(.raw("")).port
    let service = try RemoteStoreService(url: "http://127.0.0.1:\(port)", token: nil, seed: 1) {
      _ in
    }
    let error = try error { _ = try service.datasets(limit: nil) }
    #expect(error.kind == .unavailable)
    #expect(error.message.contains("http://127.0.0.1:\(port) cannot be reached"))
    #expect(error.message.contains("assay serve"))
  }

  @Test func `a tag whose removal was interrupted counts as removed`() throws {
    let gone = RemoteFixture.problem(404, "missing")
    let removed = try RemoteFixture(try ScriptedServer(.raw(""), gone))
    try removed.service.removeTag("prod", of: try DatasetName("runs"), TagRequest())
    let absent = try RemoteFixture(try ScriptedServer(gone))
    let error = try error {
      try absent.service.removeTag("prod", of: try DatasetName("runs"), TagRequest())
    }
    #expect(error.kind == .missing)
  }
}
