import Client
import Model
import TestSupport
import Testing
import Wire

/// What servers answer, and what that means here.
@Suite struct AnswerTests {
  private let secret = "assay_" + String(repeating: "s", count: 43)

  private func error(_ call: () throws -> Void) throws -> StoreError {
    try #require(#expect(throws: StoreError.self) { try call() })
  }

  private func listError(_ reply: ScriptedServer.Reply, token: String? = nil) throws -> StoreError {
    let fixture = try RemoteFixture(try ScriptedServer(reply), token: token)
    return try error { _ = try fixture.service.datasets(limit: nil) }
  }

  @Test(arguments: StoreError.Kind.allCases)
  func `a problem is the error that it was at the server`(kind: StoreError.Kind) throws {
    let error = try listError(RemoteFixture.problem(400, kind.rawValue))
    #expect(error.kind == kind && error.message == "what happened" && error.location == nil)
  }

  @Test func `a place in a body is one in the file sent`() throws {
    let reply = RemoteFixture.problem(422, "invalid", #","line":7,"column":3"#)
    let fixture = try RemoteFixture(try ScriptedServer(reply))
    let error = try error { _ = try fixture.push([1, 2, 3], name: "rows.jsonl") }
    #expect(error.location == StoreError.Location(file: "rows.jsonl", line: 7, column: 3))
    #expect(error.description == "rows.jsonl:7:3: what happened")
    let whole = try RemoteFixture(try ScriptedServer(RemoteFixture.problem(422, "invalid")))
    let empty = try self.error { _ = try whole.push([1, 2, 3], name: "rows.jsonl") }
    #expect(empty.description == "rows.jsonl: what happened")
  }

  @Test(arguments: [
    (400, StoreError.Kind.usage), (403, .denied), (404, .missing), (409, .conflict),
    (412, .conflict), (413, .exhausted), (422, .invalid), (500, .unavailable), (507, .exhausted),
  ])
  func `an answer of another server is told by its status`(
    status: Int, kind: StoreError.Kind
  ) throws {
    let error = try listError(.response(status, ["Content-Type: text/html"], "<html>".utf8))
    #expect(error.kind == kind && error.message.contains("status \(status)"))
    let unknown = try listError(RemoteFixture.problem(status, "surprise"))
    #expect(unknown.kind == kind && unknown.message == "what happened")
  }

  @Test func `what is no problem document is told by its status`() throws {
    let fields = ["Content-Type: application/problem+json"]
    for body in ["", "{", "[]", #"{"type":1}"#, String(repeating: "x", count: 1 << 20)] {
      let error = try listError(.response(404, fields, body.utf8))
      #expect(error.kind == .missing && error.message.contains("status 404"))
    }
  }

  @Test func `a token goes to the server, and into no error`() throws {
    let server = try ScriptedServer(RemoteFixture.problem(401, "denied"))
    let fixture = try RemoteFixture(server, token: secret)
    let error = try error { _ = try fixture.service.datasets(limit: nil) }
    #expect(server.requests[0].fields["authorization"] == "Bearer " + secret)
    #expect(error.kind == .denied && error.message.contains("ASSAY_TOKEN"))
    #expect(!error.description.contains(secret))
    #expect(server.requests.count == 1)
  }

  @Test func `a server that wants a token says how to give one`() throws {
    let error = try listError(.response(401, ["WWW-Authenticate: Bearer"]))
    #expect(error.kind == .denied && error.message.contains("set ASSAY_TOKEN"))
  }

  @Test func `a token that would add header fields is refused`() throws {
    let server = try ScriptedServer(.json(#"{"items":[]}"#))
    let fixture = try RemoteFixture(server, token: "a\r\nX-Evil: 1")
    let error = try error { _ = try fixture.service.datasets(limit: nil) }
    #expect(error.kind == .usage && !error.message.contains("Evil") && server.requests.isEmpty)
  }

  @Test func `a redirection is not followed, and the token goes nowhere else`() throws {
    let other = try ScriptedServer(.json(#"{"items":[]}"#))
    let fields = ["Location: \(other.url)/\u{1B}[31m"]
    let server = try ScriptedServer(.response(302, fields))
    let fixture = try RemoteFixture(server, token: secret)
    let error = try error { _ = try fixture.service.datasets(limit: nil) }
    #expect(error.kind == .usage && error.message.contains(other.url))
    #expect(!error.message.contains("\u{1B}") && other.requests.isEmpty)
  }

  @Test func `a page that is no list is refused before anything is handed on`() throws {
    let page = ScriptedServer.Reply.response(200, ["Content-Type: text/html"], "<html>".utf8)
    let error = try listError(page)
    #expect(error.kind == .unavailable && error.message.contains("Assay server"))
    let fixture = try RemoteFixture(
      try ScriptedServer { number, _ in number == 0 ? .json(RemoteFixture.detail) : page })
    #expect(try self.error { _ = try fixture.data() }.kind == .unavailable)
    let query = try self.error {
      _ = try fixture.service.query(QueryRequest(sql: "SELECT 1")) { _ in
        Issue.record("a stranger's bytes were handed on")
      }
    }
    #expect(query.kind == .unavailable)
  }

  @Test func `lists are followed from page to page until there are enough`() throws {
    func page(_ tags: [String], _ next: String?) -> String {
      let items = tags.map {
        #"{"dataset":"runs","tag":"\#($0)","number":1,"snapshot":"\#(RemoteFixture.digest)"}"#
      }
      return #"{"items":[\#(items.joined(separator: ","))]"#
        + (next.map { #","next":"\#($0)"}"# } ?? "}")
    }
    let server = try ScriptedServer(
      .json(page(["a", "b"], "c 1")), .json(page(["c"], "c2")), .json(page([], nil)))
    let fixture = try RemoteFixture(server)
    let tags = try fixture.service.tags(of: try DatasetName("runs"))
    #expect(tags.map(\.tag) == ["a", "b", "c"])
    #expect(
      server.requests.map(\.target) == [
        "/v1/datasets/runs/tags?limit=1000", "/v1/datasets/runs/tags?limit=1000&cursor=c%201",
        "/v1/datasets/runs/tags?limit=1000&cursor=c2",
      ])
    let limited = try RemoteFixture(try ScriptedServer(.json(#"{"items":[],"next":"x"}"#)))
    #expect(try limited.service.versions(of: try DatasetName("runs"), limit: 0).isEmpty)
    #expect(limited.server.requests.map(\.target) == ["/v1/datasets/runs/versions?limit=1"])
  }

  @Test func `a list that never ends is given up`() throws {
    let error = try listError(.json(#"{"items":[],"next":"same"}"#))
    #expect(error.kind == .unavailable)
  }

  @Test func `a check is looked at until it has ended`() throws {
    let id = String(repeating: "a", count: 32)
    func job(_ rest: String) -> ScriptedServer.Reply {
      .json(#"{"id":"\#(id)","task":"verify",\#(rest)}"#)
    }
    let server = try ScriptedServer(
      job(#""state":"running""#),
      job(#""state":"running","progress":{"done":1,"total":2,"unit":"checks"}"#),
      job(
        #""state":"done","result":{"isSound":true,"isIndexRight":true,"files":1,"bytes":2,"#
          + #""records":3,"versions":4,"chunks":5,"damage":[]}"#))
    let fixture = try RemoteFixture(server)
    var told: [Progress] = []
    let report = try fixture.service.verify(heads: [:]) { told.append($0) }
    #expect(report.isSound && report.chunks == 5)
    #expect(told == [Progress(done: 1, total: 2, unit: .checks)])
    #expect(fixture.pauses == [.milliseconds(50), .milliseconds(100)])
    #expect(server.requests.map(\.target) == ["/v1/verify", "/v1/jobs/\(id)", "/v1/jobs/\(id)"])
    let failed = try RemoteFixture(
      try ScriptedServer(
        job(
          #""state":"failed","problem":{"type":"https://assay.dev/problems/corrupt","title":"t","#
            + #""status":500,"detail":"bad"}"#)))
    let error = try error { _ = try failed.service.verify(heads: [:]) { _ in } }
    #expect(error.kind == .corrupt && error.message == "bad")
  }

  @Test func `a push says all that it is told`() throws {
    let server = try ScriptedServer(.json(RemoteFixture.push))
    let fixture = try RemoteFixture(server, url: server.url + "/below/")
    var request = PushRequest()
    request.mode = .merge
    request.deletesMissing = true
    request.key = ["a", "b"]
    request.types = ["a": .int64]
    request.kind = .metrics
    request.message = "why?"
    request.author = "ann"
    request.precondition = .number(2)
    request.lineage = [try Reference(parsing: "in@1"), try Reference(parsing: "in@2")]
    request.attributes = ["x": "1=2", "a": ""]
    request.createdAt = Timestamp(parsing: "2026-03-04T05:06:07Z")
    request.idempotencyKey = "k-1"
    request.countsChanges = false
    _ = try fixture.push([1], request)
    #expect(
      server.requests[0].target
        == "/below/v1/datasets/runs/versions?mode=merge&key=a%2Cb&delete_missing=true"
        + "&types=a%3Dint64&kind=metrics&message=why%3F&author=ann&from=in%401&from=in%402"
        + "&attr=a%3D&attr=x%3D1%3D2&created_at=2026-03-04T05%3A06%3A07Z&expect=2&counts=false")
    #expect(server.requests[0].fields["idempotency-key"] == "k-1")
    request.idempotencyKey = "two words"
    #expect(try error { _ = try fixture.push([1], request) }.kind == .usage)
  }

  @Test func `files that cannot be sent are refused as they are here`() throws {
    let fixture = try RemoteFixture(try ScriptedServer(.json(RemoteFixture.push)))
    func push(_ path: String) throws {
      _ = try fixture.service.push(
        try DatasetName("runs"), TableFile(path: path, format: .jsonl, compression: nil),
        PushRequest()
      ) { _ in }
    }
    #expect(try error { try push("/nowhere/x.jsonl") }.kind == .missing)
    #expect(try error { try push("/") }.kind == .unavailable)
    #expect(fixture.server.requests.isEmpty)
  }
}
