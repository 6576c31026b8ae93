import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Model
import NIOCore
import Server
import Service
import Synchronization
import TestSupport
import Testing
import Wire

/// Every operation once, and what all of them have in common.
@Suite struct RouteTests {
  private let fixture: ServerFixture

  init() throws { fixture = try ServerFixture() }

  private func get<Document: Decodable>(
    _ type: Document.Type, _ uri: String
  ) async throws -> Document {
    let response = try await fixture.send(.get, uri)
    #expect(response.status == .ok, "\(uri)")
    return try Documents.decode(type, from: Array(response.body.readableBytesView))
  }

  @Test func `lists come page by page`() async throws {
    let first = try await get(Page<DatasetDocument>.self, "/v1/datasets?limit=1")
    #expect(first.items.map(\.name.text) == ["other"])
    let cursor = try #require(first.next)
    let second = try await get(
      Page<DatasetDocument>.self, "/v1/datasets?limit=1&cursor=\(cursor)")
    #expect(second.items.map(\.name.text) == ["runs"])
    #expect(second.next == nil)

    let newest = try await get(Page<VersionDocument>.self, "/v1/datasets/runs/versions?limit=2")
    #expect(newest.items.map(\.number) == [3, 2])
    let rest = try await get(
      Page<VersionDocument>.self,
      "/v1/datasets/runs/versions?limit=2&cursor=\(try #require(newest.next))")
    #expect(rest.items.map(\.number) == [1])
    #expect(rest.next == nil)

    let log = try await get(Page<LogDocument>.self, "/v1/datasets/runs/log?limit=1")
    #expect(log.items.count == 1)
    let later = try await get(
      Page<LogDocument>.self, "/v1/datasets/runs/log?cursor=\(try #require(log.next))")
    #expect(later.items.count == 2)
    let tags = try await get(Page<TagDocument>.self, "/v1/datasets/runs/tags?limit=1")
    #expect(tags.items.map(\.tag) == ["a"])
  }

  @Test func `a cursor of another list is refused`() async throws {
    let page = try await get(Page<DatasetDocument>.self, "/v1/datasets?limit=1")
    let cursor = try #require(page.next)
    for uri in [
      "/v1/datasets/runs/versions?cursor=\(cursor)", "/v1/datasets?cursor=%00",
      "/v1/datasets?cursor=!",
    ] {
      #expect(try await fixture.send(.get, uri).status == .badRequest, "\(uri)")
    }
  }

  @Test func `a version is told with its shape`() async throws {
    let response = try await fixture.send(.get, "/v1/datasets/runs/versions/2")
    let version = try Documents.decode(
      VersionDetailDocument.self, from: Array(response.body.readableBytesView))
    #expect(version.version.number == 2)
    #expect(version.key == ["id"])
    let tag = try #require(response.headers[.eTag])
    let again = try await fixture.send(
      .get, "/v1/datasets/runs/versions/2", [.ifNoneMatch: tag])
    #expect(again.status == .notModified)
    #expect(again.body.readableBytes == 0)
  }

  @Test func `a version is made of the body, as the URL and the headers say`() async throws {
    let response = try await fixture.send(
      .post,
      "/v1/datasets/runs/versions?mode=merge&key=id,model&types=a%3Dstring&attr=t=0.2&attr=u=a%3Db"
        + "&from=inputs@3&created_at=2026-10-01&message=two+words%21&kind=metrics&counts=false",
      [
        .contentType: "application/x-ndjson", .ifMatch: "\"\(ScriptedService.snapshot)\"",
        .init("Idempotency-Key")!: "k1",
      ], body: "{\"id\":1}\n")
    #expect(response.status == .created)
    #expect(response.headers[.location] == "/v1/datasets/runs/versions/4")
    #expect(response.headers[.eTag] == "\"\(ScriptedService.snapshot)\"")
    let push = try #require(fixture.service.pushes.withLock { $0.first })
    #expect(push.mode == .merge)
    #expect(push.key == ["id", "model"])
    #expect(push.types == ["a": .string])
    #expect(push.attributes == ["t": "0.2", "u": "a=b"])
    #expect(push.lineage == [try Reference(parsing: "inputs@3")])
    #expect(push.createdAt == Timestamp(parsing: "2026-10-01"))
    #expect(push.message == "two words!")
    #expect(push.kind == .metrics)
    #expect(push.precondition == .snapshot(ScriptedService.snapshot))
    #expect(push.idempotencyKey == "k1")
    #expect(!push.countsChanges)
    #expect(fixture.service.uploads.withLock { $0 } == [Array("{\"id\":1}\n".utf8)])
  }

  @Test func `a body of 3 MiB arrives whole`() async throws {
    let body = String(repeating: "0123456789abcdef", count: 3 << 16)
    let response = try await fixture.send(
      .post, "/v1/datasets/runs/versions?format=csv", body: body)
    #expect(response.status == .created)
    #expect(fixture.service.uploads.withLock { $0.first } == Array(body.utf8))
  }

  @Test(arguments: [
    ("mode=x", 400), ("key=", 400), ("types=a", 400), ("types=a%3Dx", 400), ("attr=x", 400),
    ("attr=a%3D1&attr=a%3D2", 400), ("attr=%C3%A9%3D1&attr=e%CC%81%3D2", 400),
    ("from=@", 400), ("created_at=now", 400), ("expect=-1", 400), ("expect=x", 400),
    ("counts=1", 400), ("colour=red", 400), ("message=%FF", 400), ("message=%0", 400),
    ("message=%00", 400), ("mode=append&mode=merge", 400), ("kind=cats", 400),
  ])
  func `a parameter that says nothing sensible is refused`(query: String, status: Int)
    async throws
  {
    let response = try await fixture.send(
      .post, "/v1/datasets/runs/versions?\(query)", [.contentType: "text/csv"], body: "a\n1\n")
    #expect(response.status.code == status)
    #expect(try ServerFixture.problem(response).status == status)
    #expect(fixture.service.pushes.withLock { $0.isEmpty })
  }

  @Test(arguments: [
    (HTTPRequest.Method.put, "/v1/datasets/runs/tags/x"), (.delete, "/v1/datasets/runs/tags/x"),
    (.post, "/v1/comparisons"), (.post, "/v1/routers/chat/deployments"), (.post, "/v1/query"),
  ])
  func `an operation that takes no idempotency key refuses one`(
    method: HTTPRequest.Method, uri: String
  ) async throws {
    let response = try await fixture.send(
      method, uri, [.contentType: "application/json", .init("Idempotency-Key")!: "k"], body: "{}")
    #expect(response.status == .badRequest)
    #expect(try ServerFixture.problem(response).detail.contains("Idempotency-Key"))
  }

  @Test func `a precondition that does not hold is 412`() async throws {
    fixture.service.script.withLock { $0.pushError = StoreError(.conflict, "it is at version 3") }
    let uri = "/v1/datasets/runs/versions"
    let type: HTTPFields = [.contentType: "text/csv"]
    var headers = type
    headers[.ifNoneMatch] = "*"
    #expect(try await fixture.send(.post, uri, headers, body: "a\n").status == .preconditionFailed)
    #expect(
      try await fixture.send(.post, uri + "?expect=2", type, body: "a\n").status
        == .preconditionFailed)
    #expect(try await fixture.send(.post, uri, type, body: "a\n").status == .conflict)
    headers[.ifMatch] = "\"x\""
    #expect(try await fixture.send(.post, uri, headers, body: "a\n").status == .preconditionFailed)
    headers[.ifMatch] = "x"
    #expect(try await fixture.send(.post, uri, headers, body: "a\n").status == .badRequest)
  }

  @Test func `a body of another kind, or in another encoding, is 415`() async throws {
    let uri = "/v1/datasets/runs/versions"
    for headers: HTTPFields in [
      [:], [.contentType: "application/x-www-form-urlencoded"],
      [.contentType: "text/csv", .contentEncoding: "br"],
    ] {
      let response = try await fixture.send(.post, uri, headers, body: "a\n")
      #expect(response.status == .unsupportedMediaType)
    }
    let tag = try await fixture.send(
      .put, "/v1/datasets/runs/tags/x", [.contentType: "text/plain"], body: "{}")
    #expect(tag.status == .unsupportedMediaType)
  }

  @Test func `rows come page by page of one version`() async throws {
    let response = try await fixture.send(
      .get, "/v1/datasets/runs/versions/latest/rows?limit=2&where=id%3E0")
    let text = String(buffer: response.body)
    #expect(text.hasPrefix("{\"rows\":[{\"id\":1},{\"id\":2}],\"next\":\""))
    #expect(text.hasSuffix("\"version\":\"runs@3\"}"))
    let all = try await fixture.send(.get, "/v1/datasets/runs/versions/latest/rows")
    #expect(
      String(buffer: all.body)
        == "{\"rows\":[{\"id\":1},{\"id\":2}],\"version\":\"runs@3\"}")
  }

  @Test func `a difference says in a header whether there is one`() async throws {
    let response = try await fixture.send(
      .get, "/v1/datasets/runs/diff/1/latest~1?format=markdown&other=other&detail=counts&limit=5")
    #expect(response.status == .ok)
    #expect(response.headers[.init("Assay-Differs")!] == "true")
    #expect(response.headers[.contentType] == "text/markdown; charset=utf-8")
  }

  @Test func `tags are set and removed`() async throws {
    let set = try await fixture.send(
      .put, "/v1/datasets/runs/tags/best", [.contentType: "application/json"],
      body: "{\"version\":\"2\"}")
    #expect(set.status == .ok)
    let tag = try Documents.decode(
      TagDocument.self, from: Array(set.body.readableBytesView))
    #expect(tag.tag == "best")
    #expect(try await fixture.send(.delete, "/v1/datasets/runs/tags/best").status == .noContent)
    for uri in [
      "/v1/datasets/runs/tags/latest", "/v1/datasets/runs/tags/9", "/v1/datasets/runs/tags/a%2Fb",
    ] {
      #expect(try await fixture.send(.delete, uri).status == .badRequest, "\(uri)")
    }
    let audit = try String(
      contentsOfFile: fixture.folder.path + "/access/audit.jsonl", encoding: .utf8)
    #expect(audit.split(separator: "\n").count == 2)
  }

  @Test(arguments: [
    (nil, "application/json"), ("text/csv", "text/csv; charset=utf-8"),
    ("text/html, text/markdown;q=0.5, */*;q=0.1", "text/markdown; charset=utf-8"),
    ("*/*", "application/json"),
  ])
  func `the result of a query comes in the form asked for`(accept: String?, type: String)
    async throws
  {
    var headers: HTTPFields = [.contentType: "application/json"]
    headers[.accept] = accept
    let response = try await fixture.send(
      .post, "/v1/query", headers, body: "{\"sql\":\"SELECT 1\"}")
    #expect(response.status == .ok)
    #expect(response.headers[.contentType] == type)
    #expect(response.headers[.init("Assay-Rows")!] == "0")
  }

  @Test func `a form of result that is not there is 406`() async throws {
    let headers: HTTPFields = [.contentType: "application/json", .accept: "image/png"]
    let response = try await fixture.send(.post, "/v1/query", headers, body: "{\"sql\":\"S\"}")
    #expect(response.status == .notAcceptable)
  }

  @Test func `a check of the store runs as a job`() async throws {
    let begun = try await fixture.send(.post, "/v1/verify")
    #expect(begun.status == .accepted)
    let location = try #require(begun.headers[.location])
    var job = try await get(JobDocument.self, location)
    while job.state == .running { job = try await get(JobDocument.self, location) }
    #expect(job.state == .done)
    #expect(job.result?.isSound == true)
    #expect(job.progress?.done == 1)
    #expect(
      try await fixture.send(.get, "/v1/jobs/" + String(repeating: "0", count: 32)).status
        == .notFound)
  }

  @Test func `the store is tidied, measured and watched`() async throws {
    #expect(try await fixture.send(.post, "/v1/gc").status == .ok)
    let json: HTTPFields = [.contentType: "application/json"]
    #expect(try await fixture.send(.post, "/v1/gc", json, body: "{\"apply\":true}").status == .ok)
    #expect(
      try await fixture.send(.post, "/v1/gc", json, body: "{\"graceSeconds\":-1}").status
        == .badRequest)
    for (body, status) in [
      (#"{"graceSeconds":59}"#, HTTPResponse.Status.badRequest), (#"{"graceSeconds":60}"#, .ok),
      (#"{"graceSeconds":0,"force":true}"#, .ok),
    ] {
      #expect(try await fixture.send(.post, "/v1/gc", json, body: body).status == status)
    }
    #expect(try await fixture.send(.post, "/v1/reindex").status == .ok)
    #expect(try await fixture.send(.get, "/v1/stats?dataset=runs&dataset=other").status == .ok)
    #expect(try await fixture.send(.get, "/healthz").status == .ok)
    #expect(try await fixture.send(.get, "/readyz").status == .ok)
    let metrics = String(buffer: try await fixture.send(.get, "/metrics").body)
    #expect(metrics.contains("assay_requests_total{operation=\"reindex\",status=\"200\"} 1\n"))
    #expect(metrics.contains("assay_versions 6\n"))
    fixture.service.script.withLock { $0.error = StoreError(.corrupt, "broken") }
    #expect(try await fixture.send(.get, "/readyz").status == .serviceUnavailable)
  }

  static let kinds: [(StoreError.Kind, Int)] = [
    (.usage, 400), (.invalid, 422), (.missing, 404), (.conflict, 409), (.corrupt, 500),
    (.exhausted, 507), (.unavailable, 503), (.denied, 403),
  ]

  @Test(arguments: kinds)
  func `an error is a problem document with the status of its kind`(
    kind: StoreError.Kind, status: Int
  ) async throws {
    let error = StoreError(kind, "what happened", at: .init(file: "f", line: 3, column: 4))
    fixture.service.script.withLock { $0.error = error }
    let response = try await fixture.send(
      .post, "/v1/datasets/runs/versions?format=csv", body: "a\n")
    #expect(response.status.code == status)
    #expect(response.headers[.contentType] == "application/problem+json")
    let problem = try ServerFixture.problem(response)
    #expect(problem.type == "https://assay.dev/problems/\(kind.rawValue)")
    #expect(problem.detail == "what happened")
    #expect(problem.line == 3)
    #expect(problem.column == 4)
    #expect((response.headers[.retryAfter] != nil) == (status == 503))
  }

  @Test(arguments: [
    "/v1/datasets/runs/versions/3/data.jsonl", "/v1/datasets/runs/versions/3/rows",
    "/v1/datasets/runs/diff/1/2",
  ])
  func `an error halfway is a problem document too`(uri: String) async throws {
    fixture.service.script.withLock { $0.lateError = StoreError(.corrupt, "a chunk is damaged") }
    let response = try await fixture.send(.get, uri)
    #expect(response.status == .internalServerError)
    #expect(try ServerFixture.problem(response).detail == "a chunk is damaged")
  }

  @Test(arguments: [
    "/v1/datasets/..%2F..%2Fetc/versions", "/v1/datasets/%2e%2e/versions",
    "/v1/datasets/a%00b/versions", "/v1/datasets/RUNS/versions", "/v1/datasets/a%FF/versions",
    "/v1/datasets/runs/versions/..%2f..%2fassay.json", "/v1/datasets/runs/versions/%2e%2e",
    "/v1/datasets/runs/versions/sha256:..%2f", "/v1/datasets/runs/versions/3%0d%0aX:y/rows",
  ])
  func `a name that would leave its place is refused`(uri: String) async throws {
    let response = try await fixture.send(.get, uri)
    #expect([400, 404].contains(response.status.code), "\(response.status)")
    let text = String(buffer: response.body)
    #expect(!text.contains(fixture.folder.path))
  }

  @Test func `a request keeps its name, or gets one`() async throws {
    let name = HTTPField.Name("X-Request-Id")!
    let named = try await fixture.send(.get, "/healthz", [name: "abc-1"])
    #expect(named.headers[name] == "abc-1")
    let unnamed = try await fixture.send(.get, "/healthz")
    #expect(unnamed.headers[name]?.utf8.count == 16)
    let long = try await fixture.send(.get, "/healthz", [name: String(repeating: "x", count: 999)])
    #expect(long.headers[name]?.utf8.count == 16)
    #expect(named.headers[.init("X-Content-Type-Options")!] == "nosniff")
  }
}
