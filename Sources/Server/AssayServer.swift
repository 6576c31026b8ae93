package import Access
import Foundation
package import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import LiveRouting
import Logging
package import Model
import NIOCore
package import Objects
package import Service
import ServiceLifecycle
import UnixSignals
package import Wire

/// A store behind its REST API.
package struct AssayServer: Sendable {
  private let backend: Backend
  private let logger: Logger
  /// Nil where it speaks plain HTTP.
  private let certificate: CertificateKeeper?
  /// Routes beside those of the contract.
  private let moreRoutes: @Sendable (Backend) -> [Route]

  /// A server of the store at `home`, where tokens and the audit log are kept.
  ///
  /// `service` gives the store as a caller sees it, with the limits of its queries; `rows` takes
  /// rows that come one at a time; `records` caches version documents; `routers` decides requests;
  /// `models` gives the calls on models as a caller may make them; `moreRoutes` are answered beside
  /// those of the contract.
  /// - Throws: ``StoreError``: `denied` when other machines could reach it and it has no token;
  ///   `corrupt` when the tokens are damaged; `usage` for an invalid certificate.
  package init(
    home: StoreHome, options: ServerOptions,
    clock: @escaping @Sendable () -> Timestamp,
    service: @escaping @Sendable (Caller, LocalStoreService.QueryLimits) -> any StoreService,
    rows: LocalRowService? = nil,
    versionCache: VersionCache? = nil, routers: LiveRouters? = nil,
    models: (@Sendable (Caller, LocalStoreService.QueryLimits) -> LocalStoreService)? = nil,
    moreRoutes: @escaping @Sendable (Backend) -> [Route] = { _ in [] }
  ) throws(StoreError) {
    backend = Backend(
      home: home, options: options, clock: clock, service: service, rows: rows,
      versionCache: versionCache,
      routers: routers, models: models)
    self.moreRoutes = moreRoutes
    let level = Logger.Level(rawValue: options.logLevel.rawValue) ?? .info
    logger = Logger(label: "assay") { _ in
      LineLogHandler(level: level, isJSON: options.logFormat == .json)
    }
    if let chain = options.certificatePath, let key = options.keyPath {
      certificate = try CertificateKeeper(certificatePath: chain, keyPath: key)
    } else {
      certificate = nil
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

  /// Reads the certificate and its key again, if it has one; connections that are open stay.
  ///
  /// One that cannot be used is logged, and the one before is used on.
  package func reloadCertificate() {
    guard let certificate else { return }
    do throws(StoreError) {
      try certificate.reload()
      logger.notice("the certificate was read again")
    } catch {
      logger.error("the certificate stays as it was: \(error.message)")
    }
  }

  /// Answers requests until the process is asked to stop, then finishes those under way, as far as
  /// they end within the grace.
  ///
  /// When this returns, whatever still runs does not matter: the process may exit. `onListening` is
  /// called with the port.
  /// - Throws: ``StoreError`` of kind `unavailable` when it cannot listen.
  package func run(
    onListening: @escaping @Sendable (Int) -> Void
  ) async throws(StoreError) {
    let end = FirstEnd()
    do {
      let application = try application { port in
        end.begin()
        onListening(port)
      }
      // Not a child of this task, which does not wait for calls that never end.
      Task { [self] in
        do {
          end.end(.success(try await serve(application, end)))
        } catch {
          end.end(.failure(error))
        }
      }
      try await end.wait()
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

  private func serve(
    _ application: some ServiceLifecycle.Service, _ end: FirstEnd
  ) async throws {
    let grace = backend.options.graceSeconds
    let watch = ShutdownWatch { [self] in
      backend.runs.stop()
      end.end(after: grace) {
        logger.warning("requests did not end within \(grace) s, and were cut")
        // Decisions that were answered are kept, if the disk is there.
        Thread.detachNewThread { _ = backend.routers?.flush() }
        Thread.sleep(forTimeInterval: 0.2)
      }
      // While there is still time to answer that the server ends.
      Thread.detachNewThread { [backend] in
        Thread.sleep(forTimeInterval: grace * 0.6)
        backend.calls.endAll()
        backend.runs.cancel()
      }
    }
    // The service listed last is stopped first. The program owns the process, and so its memory.
    var configuration = ServiceGroupConfiguration(
      services: [MemoryKeeper(), application, watch], gracefulShutdownSignals: [.sigterm, .sigint],
      logger: logger)
    // Whatever has no call of its own is cancelled, too.
    configuration.maximumGracefulShutdownDuration = .seconds(grace * 0.75)
    do {
      try await ServiceGroup(configuration: configuration).run()
    } catch {
      // Asked to stop, it stops; cancelled requests report so themselves.
      guard end.isOrderly else { throw error }
    }
    // What was answered is kept in any case; sealed, it can also be read.
    _ = backend.routers?.flush()
    _ = backend.rows?.sealDue(all: true)
    try await backend.shutDown()
  }

  /// The server as a service, to run along with others.
  package func application(
    onListening: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws(StoreError) -> some ApplicationProtocol {
    let options = backend.options
    let configuration = ApplicationConfiguration(
      address: .hostname(options.boundHost, port: options.port), serverName: "assay",
      availableConnectionsDelegate: MaximumAvailableConnections(
        options.connectionLimit, logger: logger))
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
    let routes = Routes(backend: backend).all + moreRoutes(backend)
    let pipeline = RequestPipeline(
      backend: backend, paths: PathTable(routes),
      origins: OriginRules(allowedHosts: backend.options.allowedHosts))
    let router = Router(context: ServerContext.self)
    for route in routes {
      let respond = pipeline.responder(for: route)
      for method in route.methods {
        router.on(RouterPath(route.path), method: method, use: respond)
      }
    }
    // Added last, it answers only what no route does.
    router.add(middleware: Unanswered(respond: pipeline.responder(for: nil)))
    return router.buildResponder()
  }

  private func builder() throws(StoreError) -> HTTPServerBuilder {
    let options = backend.options
    let plain = HTTPServerBuilder.http1(
      configuration: .init(
        additionalChannelHandlers: [
          StalledWrites(idleSeconds: options.idleSeconds),
          ConnectionRules(bodyLimitBytes: options.bodyLimitBytes), RequestQueue(),
        ],
        idleTimeout: .seconds(Int64(options.idleSeconds)),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: options.headerLimitBytes, maxHeaderListSize: options.headerLimitBytes,
          maxHeaderFieldCount: 200)))
    guard let certificate else { return plain }
    do {
      return try .tls(plain, tlsConfiguration: certificate.configuration)
    } catch {
      throw StoreError(.usage, "the certificate cannot be used; check --tls-cert and --tls-key")
    }
  }
}

/// Answers requests that have no route.
private struct Unanswered: RouterMiddleware {
  let respond: RequestPipeline.Responder

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    try await respond(request, context)
  }
}
