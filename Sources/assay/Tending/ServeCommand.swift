import ArgumentParser
import Dispatch
import Foundation
import Model
import Platform
import Providers
import Server
import Service
import Store

/// `assay serve`: serves a store over the REST API.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve the store over REST.",
    discussion: """
      Answers only requests from this machine, and needs no token for them until one is made with \
      'assay token create'. With --host others can reach it, and a token is needed from the start. \
      SIGTERM and SIGINT end it after the accepted requests, or when --grace is over. On SIGHUP it \
      reads its certificate again.
      """)

  @Option(help: "The address to listen at.") var host = "127.0.0.1"
  @Option(help: "The port; 0 for one that is free.") var port = 8640
  @Option(help: ArgumentHelp("A certificate chain in PEM, for HTTPS.", valueName: "file"))
  var tlsCert: String?
  @Option(help: ArgumentHelp("Its private key in PEM.", valueName: "file")) var tlsKey: String?
  @Option(
    help: ArgumentHelp(
      "A host name of a proxy before the server; may be given again.", valueName: "name"))
  var allowHost: [String] = []
  @Flag(help: "Refuse everything that changes the store.") var readOnly = false
  @Option(help: "The most MiB of a body, as it is sent.") var maxBody = 1024
  @Option(
    help: ArgumentHelp(
      "The most MiB of a body, decompressed and as rows; else 256 and 1000 times the body.",
      valueName: "mib"))
  var maxDecompressed: Int?
  @Option(help: "The most KiB of the headers of a request.") var maxHeader = 64
  @Option(help: "The most requests at once; excess ones get 503 with Retry-After.")
  var maxRequests = 256
  @Option(help: "Idle connections are closed after so many seconds.") var idleTimeout = 60
  @Option(help: "The most seconds between a signal to end and the end.") var grace = 8.0
  @Option(help: "The most seconds of a query.") var queryTimeout = 30.0
  @Option(help: "The most rows of a query.") var queryRows = 100_000
  @Option(help: "The most MiB of memory of a query.") var queryMemory = 512
  @Option(help: "The most MiB of disk for cached renderings.") var cache = 4096
  @Option(help: "Live rows become a version when the first has waited so many seconds …")
  var sealEvery = 10
  @Option(help: "… or when so many wait.") var sealRows = 10_000
  @Option(help: "The share of routing decisions that are recorded.")
  var recordDecisions = Percentage(partsPerMillion: 1_000_000)
  @Flag(help: "Start the programs that providers and scorers name.") var allowCommands = false
  @Option(
    help: ArgumentHelp(
      "The folder below which files with keys of providers lie; else none is read.",
      valueName: "folder"))
  var secretsDir: String?
  @Option(help: "The format of the log.") var logFormat = ServerOptions.LogFormat.text
  @Option(help: "The least level that is logged; warning leaves requests out.")
  var logLevel = ServerOptions.LogLevel.info
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    let amounts = [maxBody, maxDecompressed ?? 1, maxHeader, maxRequests, idleTimeout, queryMemory]
    guard amounts.allSatisfy({ (1...1 << 30).contains($0) }), (0...1 << 30).contains(cache),
      (1...1 << 30).contains(queryRows), (1...86_400).contains(sealEvery),
      (1...1 << 30).contains(sealRows), queryTimeout > 0, queryTimeout < 1e6, grace > 0,
      grace < 1e6
    else {
      throw ValidationError(
        "limits are numbers above 0: seconds of --query-timeout and --grace may have a fraction, "
          + "--cache may be 0, and --seal-every is 86400 at most")
    }
    guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535") }
    for name in allowHost where HostName(parsing: name) == nil {
      throw ValidationError("'\(name)' is not a host: a name or an address, without a port")
    }
    guard (tlsCert == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-cert and --tls-key go together")
    }
  }

  func run() throws {
    let service = try open()
    let rows = service.rows(liveOptions)
    let server = try AssayServer(
      home: service.home, options: options, clock: Store.systemClock,
      service: { service.limited(to: $0, $1) }, rows: rows, versionCache: VersionCache(service),
      routers: service.liveRouters(
        recordingTo: readOnly ? nil : rows, samplePPM: recordDecisions.partsPerMillion),
      models: { service.limited(to: $0, $1) })
    let scheme = tlsCert == nil ? "http" : "https"
    let host = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    let isJSON = global.json
    let hangups = Self.reload(server)
    Task {
      do throws(StoreError) {
        try await server.run { port in
          let url = "\(scheme)://\(host):\(port)"
          let line = isJSON ? "{\"url\":\"\(url)\"}" : url
          StandardStreams.writeAvailable(line + "\n", on: STDOUT_FILENO)
        }
        // Not exit(3), whose handlers could wait for interrupted work.
        _exit(0)
      } catch {
        ErrorReport(error).report()
        _exit(error.kind.exitStatus)
      }
    }
    withExtendedLifetime(hangups) { dispatchMain() }
  }

  /// Opens the store, with what calls of models may use.
  private func open() throws(StoreError) -> LocalStoreService {
    var service = try global.openFolder()
    service.callRules.allowsPrograms = allowCommands
    service.callRules.secrets = .process(files: .none)
    if let secretsDir {
      var isFolder = ObjCBool(false)
      guard unsafe FileManager.default.fileExists(atPath: secretsDir, isDirectory: &isFolder),
        isFolder.boolValue
      else { throw StoreError(.usage, "--secrets-dir takes a folder, and '\(secretsDir)' is none") }
      service.callRules.secrets = .process(files: .below(secretsDir))
    }
    return service
  }

  /// Makes a server read its certificate again on SIGHUP, instead of ending.
  private static func reload(_ server: AssayServer) -> any DispatchSourceSignal {
    signal(SIGHUP, SIG_IGN)
    let source = DispatchSource.makeSignalSource(
      signal: SIGHUP, queue: DispatchQueue(label: "assay.hangup"))
    source.setEventHandler { server.reloadCertificate() }
    source.resume()
    return source
  }

  private var liveOptions: LiveOptions {
    var options = LiveOptions()
    options.sealSeconds = sealEvery
    options.sealRows = sealRows
    return options
  }

  private var options: ServerOptions {
    var options = ServerOptions()
    options.host = host
    options.port = port
    options.certificatePath = tlsCert
    options.keyPath = tlsKey
    options.isReadOnly = readOnly
    options.bodyLimitBytes = maxBody << 20
    options.decompressedLimitBytes = maxDecompressed.map { $0 << 20 }
    options.allowedHosts = allowHost.compactMap { HostName(parsing: $0) }
    options.headerLimitBytes = maxHeader << 10
    options.requestLimit = maxRequests
    options.limitConnections(toOpenFiles: OpenFileLimit.raise())
    options.idleSeconds = idleTimeout
    options.querySeconds = queryTimeout
    options.graceSeconds = grace
    options.queryRows = queryRows
    options.queryMebibytes = queryMemory
    options.cacheBytes = cache << 20
    options.logFormat = logFormat
    options.logLevel = logLevel
    return options
  }
}

/// A percentage: `10%`, `0.5%`.
struct Percentage: ExpressibleByArgument {
  let partsPerMillion: Int

  init(partsPerMillion: Int) { self.partsPerMillion = partsPerMillion }

  init?(argument: String) {
    guard argument.last == "%", let percent = Double(argument.dropLast()),
      (0...100).contains(percent)
    else { return nil }
    partsPerMillion = Int((percent * 10_000).rounded())
  }

  var defaultValueDescription: String { "\(Double(partsPerMillion) / 10_000)%" }
}

extension ServerOptions.LogFormat: ExpressibleByArgument {}
extension ServerOptions.LogLevel: ExpressibleByArgument {}
