import Foundation
package import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
package import Model
import NIOCore
package import Service
import ServiceLifecycle
import UnixSignals
package import Wire

/// A store behind its REST API.
package struct AssayServer: Sendable {
  private let backend: Backend
  private let logger: Logger

  /// A server of the store in the folder `path`, where tokens and the audit log are kept.
  ///
  /// `service` gives the store as a caller sees it; `rows` takes those that come one at a time;
  /// `records` keeps those of versions in memory; `routers` decides requests.
  /// - Throws: ``StoreError``: `denied` when others could reach it and it has no token; `corrupt`
  ///   when the tokens are damaged.
  package init(
    path: String, options: ServerOptions,
    clock: @escaping @Sendable () -> Timestamp,
    service: @escaping @Sendable (Caller) -> any AssayService, rows: LocalRowService? = nil,
    records: VersionRecords? = nil, routers: LiveRouters? = nil
  ) throws(StoreError) {
    backend = Backend(
      path: path, options: options, clock: clock, service: service, rows: rows, records: records,
      routers: routers)
    let level = Logger.Level(rawValue: options.logLevel.rawValue) ?? .info
    logger = Logger(label: "assay") { _ in
      LineLogHandler(level: level, isJSON: options.logFormat == .json)
    }
    let hasToken = try backend.tokens.isAnyTokenKnown()
    guard options.isLoopback || hasToken else {
      throw StoreError(
        .denied,
        "others could reach a server at \(options.host), and there is no token to keep them out; "
          + "make one with 'assay token create', or listen at 127.0.0.1")
    }
  }

  /// The tokens that it lets in.
  package var tokens: LocalTokenService { backend.tokens }

  /// The operations that it answers: method, path and `operationId`.
  package var operations: [(method: String, path: String, operation: String)] {
    Routes(backend: backend).all.map { ($0.method.rawValue, $0.path, $0.operation) }
  }

  /// Answers requests until the process is told to end, then finishes those under way.
  ///
  /// `onListening` is told the port.
  /// - Throws: ``StoreError``: `unavailable` when it cannot listen, `usage` when the certificate is
  ///   none.
  package func run(
    onListening: @escaping @Sendable (Int) -> Void
  ) async throws(StoreError) {
    do {
      let application = try application(onListening: onListening)
      try await application.runService(gracefulShutdownSignals: [.sigterm, .sigint])
      // What was answered is kept in any case; sealed, it can also be read.
      _ = backend.routers?.flush()
      _ = backend.rows?.sealDue(all: true)
      try await backend.shutDown()
    } catch let error as StoreError {
      throw error
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw StoreError(
        .unavailable,
        "port \(backend.options.port) is in use by another process; stop that one, or choose "
          + "another port with --port")
    } catch {
      throw StoreError(
        .unavailable,
        "the server cannot listen at \(backend.options.host):\(backend.options.port): \(error)")
    }
  }

  /// The server as a service, for those who run it along with others.
  package func application(
    onListening: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws(StoreError) -> some ApplicationProtocol {
    let options = backend.options
    let configuration = ApplicationConfiguration(
      address: .hostname(options.host, port: options.port), serverName: "assay")
    var application = Application(
      responder: responder(), server: try builder(), configuration: configuration,
      onServerRunning: { onListening($0.localAddress?.port ?? options.port) }, logger: logger)
    if backend.rows != nil { application.addServices(RowSealer(backend: backend, logger: logger)) }
    if backend.routers != nil {
      application.addServices(RouterKeeper(backend: backend, logger: logger))
    }
    return application
  }

  private func responder() -> RouterResponder<ServerContext> {
    let routes = Routes(backend: backend).all
    let door = FrontDoor(backend: backend, paths: PathTable(routes))
    let router = Router(context: ServerContext.self)
    for route in routes {
      router.on(RouterPath(route.path), method: route.method) { request, context in
        try await door.answer(request, context, route: route)
      }
    }
    // Added last, it answers only what no route does.
    router.add(middleware: Unanswered(door: door))
    return router.buildResponder()
  }

  private func builder() throws(StoreError) -> HTTPServerBuilder {
    let options = backend.options
    let plain = HTTPServerBuilder.http1(
      configuration: .init(
        additionalChannelHandlers: [ConnectionRules(bodyLimitBytes: options.bodyLimitBytes)],
        idleTimeout: .seconds(Int64(options.idleSeconds)),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: options.headerLimitBytes, maxHeaderListSize: options.headerLimitBytes,
          maxHeaderFieldCount: 200)))
    guard let certificate = options.certificatePath, let key = options.keyPath else {
      return plain
    }
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(certificate)
      let configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
      return try .tls(plain, tlsConfiguration: configuration)
    } catch {
      throw StoreError(
        .usage, "the certificate or its key cannot be read as PEM; check --tls-cert and --tls-key")
    }
  }
}

/// Answers requests that have no route.
private struct Unanswered: RouterMiddleware {
  let door: FrontDoor

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    try await door.answer(request, context, route: nil)
  }
}
