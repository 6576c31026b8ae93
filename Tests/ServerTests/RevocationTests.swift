import Access
import Foundation
import Model
import Objects
import Server
import Service
import Store
import TestSupport
import Testing
import Wire

/// Tokens that are revoked while the body of a request is under way.
@Suite(.timeLimit(.minutes(2))) struct RevocationTests {
  private static let requests = [
    ("POST", "/v1/datasets/runs/versions?format=csv&key=id", "text/csv", "id\n1\n", 201),
    ("POST", "/v1/datasets/live/rows", "application/x-ndjson", "{\"id\":1}\n", 202),
    ("POST", "/v1/files", "text/plain", "bytes", 201),
    ("PUT", "/v1/datasets/base/tags/t", "application/json", "{\"version\":\"1\"}", 200),
    (
      "POST", "/v1/ratings/rated", "application/json",
      "{\"events\":[{\"kind\":\"score\",\"item\":\"i\",\"rater\":\"r\",\"value\":3}]}", 201
    ),
    (
      "POST", "/v1/reports", "application/json",
      "{\"reference\":\"base@1\",\"by\":\"m\",\"save\":{\"name\":\"reports\"}}", 201
    ),
  ]

  private let folder: TemporaryDirectory
  private let store: LocalStoreService
  private let server: AssayServer

  init() throws {
    folder = try TemporaryDirectory()
    let path = folder.path + "/store"
    try Store.create(path: path)
    let store = LocalStoreService(try Store(path: path), author: "tester")
    var options = ServerOptions()
    options.logLevel = .critical
    options.port = 0
    server = try AssayServer(
      home: StoreHome(path: path), options: options, clock: Store.systemClock,
      service: { store.limited(to: $0, $1) }, rows: store.rows())
    self.store = store
    let rows = folder.path + "/rows.csv"
    try Data("id,m,success\n1,a,true\n2,b,true\n".utf8).write(to: URL(filePath: rows))
    var request = PushRequest()
    request.key = ["id"]
    _ = try store.push(
      try DatasetName("base"),
      TableFile(path: rows, format: .csv, compression: nil, name: "rows"), request
    ) { _ in }
  }

  @Test(arguments: requests, [false, true])
  func `a body under way is saved by a token that still stands, and by no other`(
    request: (method: String, path: String, type: String, body: String, status: Int),
    isRevoked: Bool
  ) async throws {
    let (method, path, type, body, status) = request
    let token = try server.tokens.createToken(TokenRequest(name: "ann", scope: .write))
    let tokens = server.tokens
    let before = try store.datasets(limit: nil).map(\.name)
    try await LiveTests().serving(server) { port, _ in
      try await blocking {
        let connection = try RawConnection(port: port)
        connection.send(
          "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\n"
            + "Authorization: Bearer \(token.token)\r\nExpect: 100-continue\r\n"
            + "Connection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
        #expect(connection.read(until: "\r\n\r\n").contains("100 Continue"))
        connection.send(String(body.prefix(3)))
        try eventually("the token was looked at") {
          try tokens.tokens(limit: nil).contains {
            $0.id == token.document.id && $0.lastUsedAt != nil
          }
        }
        if isRevoked { try tokens.revokeToken(token.document.id) }
        connection.send(String(body.dropFirst(3)))
        let answer = try #require(connection.readToEnd())
        #expect(answer.contains("HTTP/1.1 \(isRevoked ? 403 : status)"), "\(answer)")
      }
    }
    guard isRevoked else { return }
    #expect(try store.datasets(limit: nil).map(\.name) == before)
    #expect(try store.tags(of: try DatasetName("base")).isEmpty)
  }
}
