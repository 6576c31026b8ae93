import Access
import Foundation
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

/// A token that is limited to `pub.`, at every door of a store that has more.
@Suite struct SightTests {
  private let folder: TemporaryDirectory
  private let rows: LocalRowService
  private let server: AssayServer
  private let token: HTTPFields
  private let admin: HTTPFields

  private static let bytes = Array("a secret".utf8)
  private static let digest = Digest(hashing: bytes)

  init() async throws {
    folder = try TemporaryDirectory()
    let path = folder.path + "/store"
    try Store.create(path: path)
    let service = LocalStoreService(try Store(path: path), author: "tester")
    rows = service.rows()
    var options = ServerOptions()
    options.logLevel = .critical
    server = try AssayServer(
      home: StoreHome(path: path), options: options, clock: Store.systemClock,
      service: { service.limited(to: $0, $1) }, rows: rows,
      routers: service.liveRouters(recordingTo: rows))
    admin = try Self.bearer(TokenRequest(name: "root", scope: .admin), server)
    token = try Self.bearer(TokenRequest(name: "ann", scope: .write, prefix: "pub."), server)
    #expect(try await send(.post, "/v1/files", admin, Self.bytes).status == .created)
    let versions = "/versions?format=jsonl&types=f%3Dfile"
    let named = Array(#"{"f":{"digest":"\#(Self.digest)"}}"#.utf8)
    let secret = try await send(.post, "/v1/datasets/secret.hidden\(versions)", admin, named)
    #expect(secret.status == .created)
    for own in ["pub.a", "pub.r.outcomes"] {
      let empty = Array(#"{"f":null}"#.utf8)
      let made = try await send(.post, "/v1/datasets/\(own)\(versions)", token, empty)
      #expect(made.status == .created)
    }
  }

  private static func bearer(
    _ request: TokenRequest, _ server: AssayServer
  ) throws -> HTTPFields {
    [
      .authorization: "Bearer \(try server.tokens.createToken(request).token)",
      .contentType: "application/json",
    ]
  }

  private func send(
    _ method: HTTPRequest.Method, _ uri: String, _ headers: HTTPFields, _ body: [UInt8] = []
  ) async throws -> TestResponse {
    try await server.application().test(.router) { client in
      try await client.execute(
        uri: uri, method: method, headers: headers, body: ByteBuffer(bytes: body))
    }
  }

  @Test(arguments: ["/v1/datasets/pub.a/rows", "/v1/routers/pub.r/outcomes"])
  func `no door for rows takes an attachment that the token does not see`(
    door: String
  ) async throws {
    let path = "/v1/files/\(Self.digest)"
    #expect(try await send(.get, path, token).status == .notFound)
    let digits = Self.digest.hex
    let first = digits.utf8.first.map { String($0, radix: 16) } ?? ""
    for written in [digits, "\\u00\(first)\(digits.dropFirst())"] {
      let body = #"{"decision_id":"y","f":{"digest":"sha256:\#(written)"}}"#
      let taken = try await send(.post, door, token, Array(body.utf8))
      #expect(taken.status == .unprocessableContent)
    }
    // One that nobody has could be somebody's when the rows are sealed.
    let late = Array("late".utf8)
    let body = #"{"decision_id":"y","f":{"digest":"\#(Digest(hashing: late))"}}"#
    let early = try await send(.post, door, token, Array(body.utf8))
    #expect(early.status == .unprocessableContent)
    #expect(try await send(.post, "/v1/files", admin, late).status == .created)
    #expect(rows.sealDue(all: true).isEmpty)
    for file in [Self.bytes, late] {
      let answer = try await send(.get, "/v1/files/\(Digest(hashing: file))", token)
      #expect(answer.status == .notFound)
    }
    // Its own it may name.
    let own = try await send(.post, "/v1/files", token, [7])
    #expect(own.status == .created)
    let named = #"{"decision_id":"z","f":{"digest":"\#(Digest(hashing: [7]))"}}"#
    #expect(try await send(.post, door, token, Array(named.utf8)).status == .accepted)
  }

  @Test func `parts of an upload are their sender's`() async throws {
    let file = Array("in two parts".utf8)
    let path = "/v1/files/\(Digest(hashing: file))"
    func part(_ range: Range<Int>, _ sender: HTTPFields, _ bytes: [UInt8]? = nil) async throws
      -> Int
    {
      var headers = sender
      headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.count)"
      return try await send(.put, path, headers, bytes ?? Array(file[range])).status.code
    }
    let offset = try #require(HTTPField.Name("Upload-Offset"))
    #expect(try await part(0..<11, admin) == 202)
    #expect(try await send(.head, path, admin).headers[offset] == "11")
    #expect(try await send(.head, path, token).headers[offset] == nil)
    #expect(try await part(11..<12, token) == 409)
    #expect(try await part(0..<4, token, [0, 0, 0, 0]) == 202)
    #expect(try await send(.head, path, token).headers[offset] == "4")
    #expect(try await send(.head, path, admin).headers[offset] == "11")
    #expect(try await part(11..<12, admin) == 201)
    #expect(try await send(.get, path, token).status == .notFound)
    #expect(try await part(4..<12, token) == 422)
    #expect(try await part(0..<12, token) == 201)
    #expect(try await send(.get, path, token).status == .ok)
  }

  /// Bodies of operations that need more than an empty object to come as far as a dataset.
  private static let bodies = [
    "compare": #"{"base":"pub.none@1","candidates":["pub.a@1"]}"#,
    "createReport": #"{"reference":"pub.none@1","by":"x"}"#,
    "createGate": #"{"reference":"pub.none@1","gates":["a >= -1"],"save":{"name":"pub.g"}}"#,
    "query": #"{"sql":"SELECT * FROM \"pub.none\""}"#,
    "deploy": #"{"version":"1"}"#, "rollBack": #"{}"#, "setTag": #"{"version":"1"}"#,
    "createUrlToken": #"{"reference":"pub.none@1","format":"csv"}"#,
    "backtest": #"{"rules":"pub.none@1","on":"pub.none@1"}"#,
    "suggest": #"{"name":"pub.none","on":"pub.none@1","objective":"success"}"#,
    "evaluate": #"{"context":{}}"#, "evaluateFlag": #"{"context":{}}"#,
    "evaluateFlags": #"{"context":{}}"#,
  ]
  private static let queries = [
    "getDiff": "?other=pub.none", "getNextRating": "?ref=pub.none@1&rater=x",
    "getStatistics": "?dataset=pub.none", "getRulesDiff": "?rows=pub.none@1",
    "createVersion": "?format=jsonl&from=pub.none@1",
  ]

  @Test func `no answer tells a token of a dataset out of its sight`() async throws {
    for (method, path, operation) in server.operations {
      let method = try #require(HTTPRequest.Method(rawValue: method))
      for name in ["pub.none", "pub.hidden", "pub.secret", "secret.none"] {
        let uri = path.replacing("{name}", with: name).replacing("{ref}", with: "\(name)@1")
          .replacing("{ext}", with: "csv").replacing("{a}", with: "1").replacing("{b}", with: "1")
          .replacing("{digest}", with: "\(Self.digest)").replacing(/\{[a-z]+\}/, with: "x")
        let body = (Self.bodies[operation] ?? "{}").replacing("pub.none", with: name)
        let query = (Self.queries[operation] ?? "").replacing("pub.none", with: name)
        let answer = try await send(method, uri + query, token, Array(body.utf8))
        let text = String(buffer: answer.body)
        // A name may come back to whoever wrote it.
        #expect(
          !text.contains("secret.hidden") && !text.contains("1 more"),
          "\(operation) of \(name): \(answer.status) \(text.prefix(300))")
      }
    }
    let told = try await send(.get, "/v1/datasets/secret.hiden/versions", admin)
    #expect(String(buffer: told.body).contains("did you mean secret.hidden?"))
  }
}
