import Access
import Foundation
import Formats
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Model
import Objects
import NIOCore
import Server
import Service
import Store
import TestSupport
import Testing
import Wire

/// A server of a real store: what takes both to go right.
@Suite struct StoreServerTests {
  private let folder: TemporaryDirectory
  private let service: LocalStoreService
  private let server: AssayServer

  init() throws {
    folder = try TemporaryDirectory()
    let path = folder.path + "/store"
    try Store.create(path: path)
    let service = LocalStoreService(try Store(path: path), author: "tester")
    var options = ServerOptions()
    options.logLevel = .critical
    options.decompressedLimitBytes = 1 << 20
    options.querySeconds = 1
    server = try AssayServer(
      home: StoreHome(path: path), options: options, clock: Store.systemClock,
      service: { service.limited(to: $0, $1) }, versionCache: VersionCache(service))
    self.service = service
  }

  private func send(
    _ method: HTTPRequest.Method, _ uri: String, _ headers: HTTPFields = [:],
    body: ByteBuffer? = nil
  ) async throws -> TestResponse {
    try await server.application().test(.router) { client in
      try await client.execute(uri: uri, method: method, headers: headers, body: body)
    }
  }

  private func push(
    _ dataset: String, _ text: String, _ query: String = "", _ headers: HTTPFields = [:]
  ) async throws -> TestResponse {
    try await send(
      .post, "/v1/datasets/\(dataset)/versions?format=csv&key=id\(query)", headers,
      body: ByteBuffer(string: text))
  }

  private func pushed(_ response: TestResponse) throws -> PushDocument {
    try Documents.decode(PushDocument.self, from: Array(response.body.readableBytesView))
  }

  @Test func `what is saved is loaded, and saved again is no new version`() async throws {
    let first = try await push("runs", "id,score\n1,0.5\n2,0.25\n")
    #expect(first.status == .created)
    let again = try await push("runs", "id,score\n1,0.5\n2,0.25\n")
    #expect(again.status == .ok)
    #expect(again.headers[.eTag] == first.headers[.eTag])
    let data = try await send(
      .get, "/v1/datasets/runs/versions/1/data.csv?where=score%3E0.3&select=score,id")
    #expect(String(buffer: data.body) == "score,id\n0.5,1\n")
    let rows = try await send(.get, "/v1/datasets/runs/versions/latest/rows?limit=1")
    let page = try #require(
      try JSONSerialization.jsonObject(with: Data(rows.body.readableBytesView))
        as? [String: Any])
    #expect((page["rows"] as? [Any])?.count == 1)
    let next = try #require(page["next"] as? String)
    let rest = try await send(.get, "/v1/datasets/runs/versions/latest/rows?cursor=\(next)")
    #expect(String(buffer: rest.body).contains("0.25"))
    #expect(!String(buffer: rest.body).contains("next"))
  }

  @Test func `a report comes in the form that the client wants`() async throws {
    _ = try await push("runs", "id,model,success\n1,a,true\n2,b,false\n")
    let order = ByteBuffer(
      string: #"{"reference":"runs","by":"model","save":{"name":"reports"}}"#)
    let json: HTTPFields = [.contentType: "application/json"]
    let made = try await send(.post, "/v1/reports", json, body: order)
    #expect(made.status == .created && made.headers[.location] == "/v1/reports/reports@1")
    for (accept, type, start) in [
      ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8", "<!doctype"),
      ("*/*", "application/json", "{"), ("text/markdown", "text/markdown; charset=utf-8", "#"),
      ("text/plain", "text/plain; charset=utf-8", "runs@1 by model"),
    ] {
      let page = try await send(.get, "/v1/reports/reports@1", [.accept: accept])
      #expect(page.status == .ok && page.headers[.contentType] == type)
      #expect(String(buffer: page.body).hasPrefix(start), "\(accept)")
      #expect(page.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
    }
    let none = try await send(.get, "/v1/reports/reports", [.accept: "image/png"])
    #expect(none.status == .notAcceptable)
    let rows = try await send(.get, "/v1/reports/runs@1")
    #expect(rows.status == .badRequest)
  }

  @Test func `a record that was told before is told as it is by now`() async throws {
    func told(_ reference: String) async throws -> (record: VersionDetailDocument, tag: String?) {
      let response = try await send(.get, "/v1/datasets/runs/versions/\(reference)")
      #expect(response.status == .ok)
      let record = try Documents.decode(
        VersionDetailDocument.self, from: Array(response.body.readableBytesView))
      return (record, response.headers[.eTag])
    }
    #expect(try await send(.get, "/v1/datasets/runs/versions/1").status == .notFound)
    _ = try await push("runs", "id,score\n1,0.5\n")
    let first = try await told("1")
    #expect(try await told("1") == first)
    #expect(try await told("latest").record.version.number == 1)
    // Another process, which does not tell the server.
    let other = LocalStoreService(try Store(home: service.home), author: "other")
    _ = try other.setTag("best", to: try Reference(parsing: "runs@1"), TagRequest())
    let tagged = try await told("1")
    #expect(tagged.record.version.tags == ["best"])
    #expect(tagged.tag != first.tag)
    _ = try await push("runs", "id,score\n1,0.75\n")
    #expect(try await told("latest").record.version.number == 2)
    #expect(try await told("1") == tagged)
    #expect(try await told("best") == tagged)
    let token = try server.tokens.createToken(
      TokenRequest(name: "ci", scope: .read, prefix: "other")
    ).token
    let unseen = try await send(
      .get, "/v1/datasets/runs/versions/1", [.authorization: "Bearer \(token)"])
    #expect(unseen.status == .notFound)
  }

  @Test func `a conditional write happens only if nobody was faster`() async throws {
    let first = try await push("runs", "id\n1\n", "", [.ifNoneMatch: "*"])
    #expect(first.status == .created)
    #expect(
      try await push("runs", "id\n2\n", "", [.ifNoneMatch: "*"]).status == .preconditionFailed)
    let tag = try #require(first.headers[.eTag])
    #expect(try await push("runs", "id\n2\n", "", [.ifMatch: tag]).status == .created)
    #expect(try await push("runs", "id\n3\n", "", [.ifMatch: tag]).status == .preconditionFailed)
    #expect(try await push("runs", "id\n3\n", "&expect=1").status == .preconditionFailed)
    #expect(try await push("runs", "id\n3\n", "&expect=2").status == .created)
  }

  @Test func `conditions are lists of tags, weak ones among them, or a star`() async throws {
    func status(_ id: Int, _ headers: HTTPFields, of dataset: String = "runs") async throws -> Int {
      try await push(dataset, "id\n\(id)\n", "", headers).status.code
    }
    #expect(try await status(0, [.ifMatch: "*"]) == 412)
    let tag = try #require(try await push("runs", "id\n0\n").headers[.eTag])
    #expect(try await status(1, [.ifMatch: "W/\(tag)"]) == 412)
    #expect(try await status(1, [.ifMatch: "\"x\", \"y,z\""]) == 412)
    #expect(try await status(1, [.ifNoneMatch: "\"x\", W/\(tag)"]) == 412)
    #expect(try await status(1, [.ifMatch: "unquoted"]) == 400)
    #expect(try await status(1, [.ifMatch: "\"x\", \(tag)"]) == 201)
    #expect(try await status(2, [.ifMatch: "*"]) == 201)
    #expect(try await status(3, [.ifNoneMatch: tag]) == 201)
    #expect(try await status(4, [.ifMatch: tag]) == 412)
    let read = "/v1/datasets/runs/versions/1/data.csv"
    #expect(try await send(.get, read, [.ifMatch: "\"x\""]).status == .preconditionFailed)
    #expect(try await send(.get, read, [.ifMatch: "\"x\", \(tag)"]).status == .ok)
    #expect(try await send(.get, read, [.ifNoneMatch: "\"x\", W/\(tag)"]).status == .notModified)
    // A request that is sent again is answered as before, though its condition holds no longer.
    let name = try #require(HTTPField.Name("Idempotency-Key"))
    let latest = try #require(try await push("runs", "id\n9\n").headers[.eTag])
    #expect(try await status(10, [.ifMatch: latest, name: "k"]) == 201)
    #expect(try await status(10, [.ifMatch: latest, name: "k"]) == 200)
  }

  @Test func `figures tell a limited token nothing of data that it does not see`() async throws {
    let text = "id,text\n" + (0..<500).map { "\($0),a text that is long enough \($0)\n" }.joined()
    func figures(_ known: Bool) async throws -> [String] {
      let folder = try TemporaryDirectory()
      let path = folder.path + "/store"
      try Store.create(path: path)
      let service = LocalStoreService(try Store(path: path), author: "tester")
      var options = ServerOptions()
      options.logLevel = .critical
      let server = try AssayServer(
        home: StoreHome(path: path), options: options,
        clock: { Timestamp(microseconds: 1_000_000_000_000_000) },
        service: { service.limited(to: $0, $1) })
      let secret = try server.tokens.createToken(
        TokenRequest(name: "ann", scope: .write, prefix: "pub")
      ).token
      let limited: HTTPFields = [.authorization: "Bearer \(secret)"]
      let admin = try server.tokens.createToken(TokenRequest(name: "root", scope: .admin)).token
      func send(
        _ method: HTTPRequest.Method, _ uri: String, _ headers: HTTPFields, _ body: String = ""
      ) async throws -> String {
        let response = try await server.application().test(.router) { client in
          try await client.execute(
            uri: uri, method: method, headers: headers, body: ByteBuffer(string: body))
        }
        return "\(response.status.code) " + String(buffer: response.body)
      }
      let whole: HTTPFields = [.authorization: "Bearer \(admin)"]
      let file = String(repeating: "f", count: 1000)
      if known {
        _ = try await send(
          .post, "/v1/datasets/secret/versions?format=csv&key=id", whole, text)
        // Names are of whole segments.
        _ = try await send(
          .post, "/v1/datasets/public/versions?format=csv&key=id", whole, text)
        _ = try await send(.post, "/v1/files", whole, file)
      }
      var told: [String] = []
      for dataset in ["pub", "pub.a"] {
        let answer = try await send(
          .post, "/v1/datasets/\(dataset)/versions?format=csv&key=id", limited, text)
        told.append(answer.firstMatch(of: /"storedBytes":\d+/).map { String($0.0) } ?? answer)
      }
      told.append(try await send(.get, "/v1/stats", limited))
      told.append(try await send(.get, "/v1/datasets/public/versions", limited))
      told.append(try await send(.post, "/v1/files", limited, file))
      told.append(try await send(.get, "/metrics", limited))
      return told
    }
    let (with, without) = (try await figures(true), try await figures(false))
    #expect(with == without)
    #expect(with[0] == "\"storedBytes\":0" && with[4].hasPrefix("201"))
  }

  @Test func `a request with a known key answers as the first one did`() async throws {
    let name = try #require(HTTPField.Name("Idempotency-Key"))
    let first = try await push("runs", "id\n1\n", "", [name: "k"])
    _ = try await push("runs", "id\n2\n")
    let again = try await push("runs", "id\n1\n", "", [name: "k"])
    #expect(again.status == .ok)
    #expect(try pushed(again).version.number == pushed(first).version.number)
    let list = try await send(.get, "/v1/datasets/runs/versions")
    let page = try Documents.decode(
      Page<VersionDocument>.self, from: Array(list.body.readableBytesView))
    #expect(page.items.map(\.number) == [2, 1])
  }

  @Test(arguments: [".gz", ".zst"])
  func `a compressed body is read, unless it swells beyond all measure`(suffix: String)
    async throws
  {
    let encoding = suffix == ".gz" ? "gzip" : "zstd"
    for (rows, status) in [(100, 201), (200_000, 422)] {
      let path = folder.path + "/body.csv" + suffix
      let sink = try ByteSink.open(path: path)
      try sink.write(Array("id,text\n".utf8))
      for row in 0..<rows { try sink.write(Array("\(row),aaaaaaaa\n".utf8)) }
      try sink.finish()
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      let response = try await send(
        .post, "/v1/datasets/packed\(rows)/versions?format=csv",
        [.contentEncoding: encoding], body: ByteBuffer(bytes: bytes))
      #expect(response.status.code == status)
    }
    let list = String(buffer: try await send(.get, "/v1/datasets").body)
    #expect(list.contains("packed100\""))
    #expect(!list.contains("packed200000"))
  }

  @Test func `bad data is told by its line, without a path or a value`() async throws {
    let response = try await send(
      .post, "/v1/datasets/runs/versions?format=jsonl",
      body: ByteBuffer(string: "{\"id\":1}\n{\"id\":\"secret\"\n"))
    #expect(response.status == .unprocessableContent)
    let problem = try ServerFixture.problem(response)
    #expect(problem.line == 2)
    let text = String(buffer: response.body)
    #expect(!text.contains("secret"))
    #expect(!text.contains("/proc"))
    #expect(!text.contains(folder.path))
  }

  @Test func `SQL sees only the datasets that its token sees`() async throws {
    _ = try await push("vision.runs", "id\n1\n")
    _ = try await push("audio.runs", "id\n1\n")
    let secret = try server.tokens.createToken(
      TokenRequest(name: "ann", scope: .read, prefix: "vision.")
    ).token
    let headers: HTTPFields = [
      .authorization: "Bearer \(secret)", .contentType: "application/json",
    ]
    func query(_ sql: String) async throws -> TestResponse {
      try await send(
        .post, "/v1/query", headers,
        body: ByteBuffer(bytes: Documents.encode(QueryRequest(sql: sql))))
    }
    #expect(try await query("SELECT * FROM \"vision.runs\"").status == .ok)
    let hidden = try await query("SELECT * FROM \"audio.runs\"")
    #expect(hidden.status.code >= 400)
    #expect(!String(buffer: try await query("SELECT * FROM \"audio.run\"").body).contains("runs"))
    for table in ["assay_datasets", "assay_versions", "assay_tags", "assay_log"] {
      let all = String(buffer: try await query("SELECT * FROM \(table)").body)
      #expect(!all.contains("audio"))
    }
    let condition = "id%3D(SELECT%20max(id)%20FROM%20%22audio.runs%22)"
    let data = try await send(
      .get, "/v1/datasets/vision.runs/versions/1/data.csv?where=\(condition)", headers)
    #expect(data.status.code >= 400)
    let near = try await send(.get, "/v1/datasets/vision.run/versions", headers)
    #expect(near.status == .notFound)
    #expect(!String(buffer: near.body).contains("audio"))
  }

  @Test func `sources that a token does not see are left out of what is told of a version`()
    async throws
  {
    let source = try pushed(try await push("audio.runs", "id\n9\n"))
    _ = try await push("vision.inputs", "id\n1\n")
    _ = try await push("vision.runs", "id\n1\n", "&from=audio.runs@1&from=vision.inputs@1")
    let limited: HTTPFields = [
      .authorization:
        "Bearer \(try server.tokens.createToken(TokenRequest(name: "ann", scope: .write, prefix: "vision.")).token)"
    ]
    let whole: HTTPFields = [
      .authorization:
        "Bearer \(try server.tokens.createToken(TokenRequest(name: "bob", scope: .read)).token)"
    ]
    let paths = ["/versions/1", "/versions/latest", "/versions", "/log", "/log?stat=true"]
    // Twice, and those who see everything in between: a record in memory is not for all.
    for path in paths + paths {
      let uri = "/v1/datasets/vision.runs" + path
      let all = String(buffer: try await send(.get, uri, whole).body)
      #expect(all.contains("audio.runs@1") && all.contains("vision.inputs@1"), "\(path)")
      let response = try await send(.get, uri, limited)
      let some = String(buffer: response.body)
      #expect(response.status == .ok && some.contains("vision.inputs@1"), "\(path)")
      #expect(!some.contains("audio"), "\(path)")
      #expect(!some.contains(source.version.snapshot.description), "\(path)")
    }
    let again = try await push("vision.runs", "id\n1\n", "", limited)
    #expect(again.status == .ok && !String(buffer: again.body).contains("audio"))
  }

  @Test func `a condition on another dataset is refused for everybody, also once it was asked`()
    async throws
  {
    _ = try await push("secret.b", "id\n1\n3\n")
    _ = try await push("pub.a", "id\n1\n2\n3\n")
    let all = try server.tokens.createToken(TokenRequest(name: "bob", scope: .admin)).token
    let some = try server.tokens.createToken(
      TokenRequest(name: "ann", scope: .read, prefix: "pub.")
    ).token
    let condition = "id%20in%20(select%20id%20from%20%22secret.b%22)"
    for format in ["csv", "jsonl", "json", "parquet", "arrow"] {
      for token in [some, all, some] {
        let answer = try await send(
          .get, "/v1/datasets/pub.a/versions/1/data.\(format)?where=\(condition)",
          [.authorization: "Bearer \(token)"])
        // A token is told no more of what it does not see than by a query.
        #expect(answer.status == (token == all ? .badRequest : .notFound), "\(format)")
        #expect(answer.headers[.eTag] == nil)
      }
    }
    // What a condition on the row picks is the same for both.
    for token in [some, all, some] {
      let answer = try await send(
        .get, "/v1/datasets/pub.a/versions/1/data.csv?where=id%3E1",
        [.authorization: "Bearer \(token)"])
      #expect(answer.status == .ok && String(buffer: answer.body) == "id\n2\n3\n")
    }
  }

  @Test func `a query at its limit of time is 422`() async throws {
    let sql = """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n
      """
    let response = try await send(
      .post, "/v1/query", [.contentType: "application/json"],
      body: ByteBuffer(bytes: Documents.encode(QueryRequest(sql: sql))))
    #expect(response.status == .unprocessableContent)
    #expect(try ServerFixture.problem(response).type.hasSuffix("/exhausted"))
  }

  @Test func `SQL that would write is 403`() async throws {
    let response = try await send(
      .post, "/v1/query", [.contentType: "application/json"],
      body: ByteBuffer(bytes: Documents.encode(QueryRequest(sql: "DELETE FROM assay_tags"))))
    #expect(response.status == .forbidden)
  }

  @Test func `the limits of queries hold for every statement, whatever brings it`() async throws {
    let rows = "id,model,success\n1,a,true\n1,b,false\n2,a,true\n2,b,true\n"
    _ = try await send(
      .post, "/v1/datasets/runs/versions?format=csv&key=id,model", body: ByteBuffer(string: rows))
    var options = ServerOptions()
    options.logLevel = .critical
    options.queryMebibytes = 4
    let service = service
    let server = try AssayServer(
      home: service.home, options: options, clock: Store.systemClock,
      service: { service.limited(to: $0, $1) })
    // Far below the limit of a store without a server.
    let condition = "length(hex(zeroblob(3000000))) > 0"
    let escaped = try #require(
      condition.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
    let part = "where=\(escaped)"
    let plan = #"{"reference":"runs@1","by":"model""#
    let requests = [
      ("GET", "/v1/datasets/runs/versions/1/data.csv?\(part)", ""),
      ("GET", "/v1/datasets/runs/versions/1/rows?\(part)", ""),
      ("GET", "/v1/datasets/runs/trend?metric=success&\(part)", ""),
      ("POST", "/v1/query", "{\"sql\":\"SELECT 1 WHERE \(condition)\"}"),
      ("POST", "/v1/reports", plan + ",\"where\":\"\(condition)\"}"),
      ("POST", "/v1/comparisons", plan + ",\"options\":{\"where\":\"\(condition)\"}}"),
      (
        "POST", "/v1/gates",
        "{\"reference\":\"runs@1\",\"options\":{\"gates\":[\"success >= -2pp\"],"
          + "\"where\":\"\(condition)\"},\"save\":{\"name\":\"g\"}}"
      ),
      (
        "POST", "/v1/routers/r/suggestions",
        "{\"name\":\"r\",\"on\":\"runs@1\",\"slice\":\"model\",\"objective\":\"max success s.t. cost <= +1%\","
          + "\"options\":{\"by\":\"success\",\"where\":\"\(condition)\"}}"
      ),
    ]
    for (method, path, body) in requests {
      let method = try #require(HTTPRequest.Method(method))
      let response = try await server.application().test(.router) { client in
        try await client.execute(
          uri: path, method: method, headers: [.contentType: "application/json"],
          body: body.isEmpty ? nil : ByteBuffer(string: body))
      }
      #expect(response.status == .unprocessableContent, "\(path) \(String(buffer: response.body))")
      #expect(try ServerFixture.problem(response).type.hasSuffix("/exhausted"), "\(path)")
    }
  }
}
