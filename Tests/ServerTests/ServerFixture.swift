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

/// A server of a scripted store, in a folder of its own.
final class ServerFixture: Sendable {
  let folder: TemporaryDirectory
  let service = ScriptedService()
  let server: AssayServer
  let tokens: LocalTokenService

  init(
    _ change: (inout ServerOptions) -> Void = { _ in },
    routes: @escaping @Sendable (Backend) -> [Route] = { _ in [] }
  ) throws {
    folder = try TemporaryDirectory()
    var options = ServerOptions()
    change(&options)
    options.port = 0
    options.logLevel = .critical
    let service = service
    let clock: @Sendable () -> Timestamp = { ScriptedService.savedAt }
    server = try AssayServer(
      home: StoreHome(path: folder.path), options: options, clock: clock,
      service: { _, _ in service },
      moreRoutes: routes)
    tokens = server.tokens
  }

  /// Makes a token and gives its secret.
  func secret(_ scope: TokenScope, prefix: String? = nil) throws -> String {
    try tokens.createToken(TokenRequest(name: "ann", scope: scope, prefix: prefix)).token
  }

  /// Sends one request to the routes, without a socket.
  func send(
    _ method: HTTPRequest.Method, _ uri: String, _ headers: HTTPFields = [:],
    body: String? = nil
  ) async throws -> TestResponse {
    try await server.application().test(.router) { client in
      try await client.execute(
        uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
    }
  }

  /// The problem document of an answer.
  static func problem(_ response: TestResponse) throws -> ProblemDocument {
    try Documents.decode(
      ProblemDocument.self, from: Array(response.body.readableBytesView))
  }
}
