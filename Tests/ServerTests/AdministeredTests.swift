import Access
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Model
import NIOCore
import Objects
import Server
import Service
import Store
import TestSupport
import Testing
import Wire

/// What only an administrator changes, by the doors of a server.
@Suite struct AdministeredTests {
  private let folder: TemporaryDirectory
  private let server: AssayServer

  init() throws {
    folder = try TemporaryDirectory()
    let path = folder.path + "/store"
    try Store.create(path: path)
    let service = LocalStoreService(try Store(path: path), author: "tester")
    for program in ["old", "new"] {
      let document = """
        {"schema":"providers/1","providers":{"p":{"protocol":"command","command":\
        {"argv":["\(program)"]}}},"models":{}}
        """
      _ = try service.pushProviders(
        try DatasetName("providers"), Array(document.utf8), message: "", author: "")
    }
    var options = ServerOptions()
    options.logLevel = .critical
    server = try AssayServer(
      home: StoreHome(path: path), options: options, clock: Store.systemClock,
      service: { service.limited(to: $0, $1) }, versionCache: VersionCache(service))
  }

  private func status(
    _ method: HTTPRequest.Method, _ path: String, _ secret: String, _ body: String? = nil
  ) async throws -> Int {
    try await server.application().test(.router) { client in
      try await client.execute(
        uri: "/v1/datasets/" + path, method: method,
        headers: [.authorization: "Bearer \(secret)", .contentType: "application/json"],
        body: body.map { ByteBuffer(string: $0) })
    }.status.code
  }

  @Test func `no token but an administrator's decides which providers are used`() async throws {
    func secret(_ scope: TokenScope) throws -> String {
      try server.tokens.createToken(TokenRequest(name: "ann", scope: scope, prefix: nil)).token
    }
    let (write, admin) = (try secret(.write), try secret(.admin))
    let first = #"{"version":"1"}"#
    // Any tag may be part of a reference that a run names.
    for tag in ["live", "prod"] {
      let path = "providers/tags/\(tag)"
      #expect(try await status(.put, path, write, first) == 403)
      #expect(try await status(.put, path, admin, first) == 200)
      #expect(try await status(.put, path, write, #"{"version":"2"}"#) == 403)
      #expect(try await status(.delete, path, write) == 403)
      #expect(try await status(.delete, path, admin) == 204)
    }
    // No door of rows, versions or deployments lets anybody in.
    let row = #"{"document":{"schema":"providers/1"}}"#
    for path in ["providers/versions?format=json", "other/versions?format=json&kind=providers"] {
      #expect(try await status(.post, path, write, "[\(row)]") == 403)
      #expect(try await status(.post, path, admin, "[\(row)]") == 403)
    }
    #expect(
      try await status(.post, "runs/versions?format=json", write, #"[{"id":1}]"#) == 201)
    #expect(try await status(.put, "runs/tags/live", write, first) == 200)
    #expect(try await status(.delete, "runs/tags/live", write) == 204)
  }
}
