import Client
import Foundation
import Glibc
import Model
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

  @Test func `a download that cannot go on says that the connection broke`() throws {
    let fixture = try fixture(broken(after: 100_000, ["Assay-Rows: 2", "ETag: W/\"one\""]))
    let error = try error { _ = try fixture.data() }
    #expect(error.kind == .unavailable && error.message.contains("broke"))
    #expect(fixture.server.requests.count == 2)
  }

  @Test func `what is no HTTP is not an Assay server's`() throws {
    let fixture = try RemoteFixture(try ScriptedServer(.raw("garbage\r\n\r\n")))
    let error = try error { _ = try fixture.service.datasets(limit: nil) }
    #expect(error.kind == .unavailable && error.message.contains("Assay server"))
    #expect(fixture.server.requests.count == 1)
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
