import Access
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Model
import Objects
import NIOCore
import Server
import Service
import Synchronization
import TestSupport
import Testing
import Wire

/// Who may do what.
@Suite struct AccessTests {
  @Test(arguments: [(200, 50), (256, 64), (1024, 768), (4096, 3840), (20_000, 4096)])
  func `connections are fewer than the files that the process may open`(
    files: Int, connections: Int
  ) {
    var options = ServerOptions()
    options.limitConnections(toOpenFiles: files)
    #expect(options.connectionLimit == connections)
  }

  private func bearer(_ secret: String) -> HTTPFields { [.authorization: "Bearer \(secret)"] }

  @Test func `once there is a token, nobody gets in without`() async throws {
    let fixture = try ServerFixture()
    #expect(try await fixture.send(.get, "/v1/datasets").status == .ok)
    let secret = try fixture.secret(.read)
    let without = try await fixture.send(.get, "/v1/datasets")
    #expect(without.status == .unauthorized)
    #expect(without.headers[.init("WWW-Authenticate")!] == "Bearer realm=\"assay\"")
    #expect(try await fixture.send(.get, "/v1/datasets", bearer(secret)).status == .ok)
    for header in ["Bearer wrong", "Bearer", "Basic YTpi", "bearer  \(secret)", ""] {
      let response = try await fixture.send(.get, "/v1/datasets", [.authorization: header])
      #expect(response.status == .unauthorized, "\(header)")
      #expect(!String(buffer: response.body).contains(secret))
    }
    #expect(try await fixture.send(.get, "/healthz").status == .ok)
    #expect(try await fixture.send(.get, "/openapi.yaml").status == .ok)
  }

  @Test func `a token of a URL locks nobody out of an open server`() async throws {
    let fixture = try ServerFixture()
    let made = try fixture.tokens.createURLToken(
      URLTokenRequest(reference: "runs@3", format: .csv))
    #expect(try await fixture.send(.get, "/v1/datasets").status == .ok)
    #expect(try await fixture.send(.get, made.path).status == .ok)
    var options = ServerOptions()
    options.host = "0.0.0.0"
    let error = #expect(throws: StoreError.self) {
      let service = fixture.service
      _ = try AssayServer(
        home: StoreHome(path: fixture.folder.path), options: options,
        clock: { ScriptedService.savedAt },
        service: { _, _ in service })
    }
    #expect(error?.kind == .denied)
  }

  @Test func `a member of a body that is none is refused`() async throws {
    let fixture = try ServerFixture()
    let json: HTTPFields = [.contentType: "application/json"]
    func detail(_ uri: String, _ body: String) async throws -> String? {
      let response = try await fixture.send(.post, uri, json, body: body)
      #expect(response.status == .badRequest)
      return try ServerFixture.problem(response).detail
    }
    let query = try await detail("/v1/query", #"{"sql":"SELECT 1","timeout":1}"#)
    #expect(query?.contains("no member 'timeout'; did you mean 'timeoutSeconds'?") == true)
    let nested = try await detail(
      "/v1/comparisons",
      #"{"base":"runs@1","candidates":["runs@2"],"save":{"name":"x","massage":"y"}}"#)
    #expect(nested?.contains("no member 'save.massage'; did you mean 'message'?") == true)
    let known = try await fixture.send(
      .post, "/v1/query", json, body: #"{"sql":"SELECT 1","limit":null,"timeoutSeconds":1}"#)
    #expect(known.status == .ok)
  }

  @Test func `a token does what its scope allows, and no more`() async throws {
    let fixture = try ServerFixture()
    let (read, write, admin) = (
      try fixture.secret(.read), try fixture.secret(.write), try fixture.secret(.admin)
    )
    func status(_ secret: String, _ method: HTTPRequest.Method, _ uri: String) async throws -> Int {
      try await fixture.send(method, uri, bearer(secret)).status.code
    }
    #expect(try await status(read, .delete, "/v1/datasets/runs/tags/a") == 403)
    #expect(try await status(write, .delete, "/v1/datasets/runs/tags/a") == 204)
    #expect(try await status(write, .post, "/v1/reindex") == 403)
    #expect(try await status(write, .get, "/v1/tokens") == 403)
    #expect(try await status(admin, .post, "/v1/reindex") == 200)
    #expect(try await status(admin, .get, "/v1/tokens") == 200)
    #expect(try await status(admin, .get, "/v1/datasets") == 200)
  }

  @Test func `a dataset that a token may not see is not there`() async throws {
    let fixture = try ServerFixture()
    let secret = try fixture.secret(.admin, prefix: "other")
    let hidden = try await fixture.send(.get, "/v1/datasets/runs/versions", bearer(secret))
    let absent = try await fixture.send(.get, "/v1/datasets/none/versions", bearer(secret))
    #expect(hidden.status == .notFound)
    #expect(
      String(buffer: hidden.body).replacing("runs", with: "none") == String(buffer: absent.body))
    let list = try await fixture.send(.get, "/v1/datasets", bearer(secret))
    let page = try Documents.decode(
      Page<DatasetDocument>.self, from: Array(list.body.readableBytesView))
    #expect(page.items.map(\.name.text) == ["other"])
    let diff = "/v1/datasets/other/diff/1/2?other=runs"
    #expect(try await fixture.send(.get, diff, bearer(secret)).status == .notFound)
    let push = try await fixture.send(
      .post, "/v1/datasets/other/versions?format=csv&from=runs@1", bearer(secret), body: "a\n")
    #expect(push.status == .notFound)
    for uri in ["/v1/reindex", "/v1/gc", "/v1/verify"] {
      #expect(try await fixture.send(.post, uri, bearer(secret)).status == .forbidden)
    }
    #expect(try await fixture.send(.get, "/v1/tokens", bearer(secret)).status == .forbidden)
  }

  @Test func `a token in a URL loads data, and nothing else`() async throws {
    let fixture = try ServerFixture()
    let reader = try fixture.secret(.read)
    let made = try await fixture.send(
      .post, "/v1/tokens/url", bearer(reader),
      body: "{\"reference\":\"runs@3\",\"format\":\"csv\"}")
    #expect(made.status == .created)
    let token = try Documents.decode(
      URLTokenDocument.self, from: Array(made.body.readableBytesView))
    let data = try await fixture.send(.get, token.path)
    #expect(data.status == .ok)
    #expect(data.headers[.cacheControl] == "private, max-age=31536000, immutable")
    let query = "?token=\(token.token)"
    #expect(
      try await fixture.send(.get, "/v1/datasets/other/versions/3/data.csv" + query).status
        == .notFound)
    #expect(
      try await fixture.send(.get, "/v1/datasets/runs/versions" + query).status == .unauthorized)
    #expect(
      try await fixture.send(.get, "/v1/datasets/runs/versions/3/data.csv?token=\(reader)").status
        == .unauthorized)
  }

  @Test func `tokens are made, listed and revoked over REST`() async throws {
    let fixture = try ServerFixture()
    let made = try await fixture.send(
      .post, "/v1/tokens", body: "{\"name\":\"ci\",\"scope\":\"admin\"}")
    #expect(made.status == .created)
    #expect(made.headers[.cacheControl] == "no-store")
    let token = try Documents.decode(
      NewTokenDocument.self, from: Array(made.body.readableBytesView))
    let headers = bearer(token.token)
    let list = try await fixture.send(.get, "/v1/tokens", headers)
    #expect(String(buffer: list.body).contains(token.document.id))
    #expect(!String(buffer: list.body).contains(token.token))
    let uri = "/v1/tokens/\(token.document.id)"
    #expect(try await fixture.send(.delete, uri, headers).status == .noContent)
    #expect(try await fixture.send(.get, "/v1/tokens", headers).status != .ok)
    for body in [
      "", "{}", "{\"name\":\"\",\"scope\":\"read\"}", "{\"name\":\"x\",\"scope\":\"all\"}", "[",
      "{\"name\":\"x\",\"scope\":\"read\",\"prefix\":\"..\"}",
      "{\"name\":\"x\",\"scope\":\"read\",\"expiresInSeconds\":0}",
    ] {
      let response = try await fixture.send(.post, "/v1/tokens", body: body)
      #expect(response.status == .badRequest, "\(body)")
    }
  }

  @Test func `what is written is in the audit log with who did it`() async throws {
    let fixture = try ServerFixture()
    let secret = try fixture.secret(.write)
    var headers = bearer(secret)
    headers[.init("X-Request-Id")!] = "r-1"
    _ = try await fixture.send(
      .post, "/v1/datasets/runs/versions?format=csv", headers, body: "a\n")
    let text = try String(
      contentsOfFile: fixture.folder.path + "/access/audit.jsonl", encoding: .utf8)
    #expect(text.contains("\"name\":\"ann\""))
    #expect(text.contains("\"operation\":\"createVersion\""))
    #expect(text.contains("\"requestID\":\"r-1\""))
    #expect(text.contains("\"result\":\"runs@4\""))
    #expect(!text.contains(secret))
    #expect(fixture.service.pushes.withLock { $0.first?.author } == "ann")
  }

  @Test func `a read-only server changes nothing`() async throws {
    let fixture = try ServerFixture { $0.isReadOnly = true }
    #expect(try await fixture.send(.get, "/v1/datasets").status == .ok)
    #expect(try await fixture.send(.post, "/v1/verify").status == .accepted)
    #expect(try await fixture.send(.post, "/v1/reindex").status == .forbidden)
    let push = try await fixture.send(
      .post, "/v1/datasets/runs/versions?format=csv", body: "a\n")
    #expect(push.status == .forbidden)
    #expect(try await fixture.send(.post, "/v1/tokens").status == .forbidden)
  }

  @Test func `a server that others can reach needs a token to start`() throws {
    let error = #expect(throws: StoreError.self) { try ServerFixture { $0.host = "0.0.0.0" } }
    #expect(error?.kind == .denied)
  }

  @Test func `without tokens a page of another site does nothing`() async throws {
    let fixture = try ServerFixture()
    let response = try await fixture.send(
      .post, "/v1/reindex", [.origin: "https://example.com"])
    #expect(response.status == .forbidden)
  }
}
