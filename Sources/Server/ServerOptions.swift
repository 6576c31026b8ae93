package import Service

/// The address of a server, and the limits of one request and of all.
package struct ServerOptions: Sendable {
  /// A name or an address; one of IPv6 may have its brackets.
  package var host = "127.0.0.1"
  /// The host as the system knows it, which has no brackets.
  var boundHost: String {
    host.first == "[" && host.last == "]" ? String(host.dropFirst().dropLast()) : host
  }
  /// 0 for one that is free.
  package var port = 8640
  /// Paths of PEM files; both or none.
  package var certificatePath: String?
  package var keyPath: String?
  /// Hosts that a proxy before the server goes by, beside its own.
  package var allowedHosts: [HostName] = []
  /// True when nothing can be changed.
  package var isReadOnly = false

  /// The most bytes of a body, as they are sent.
  package var bodyLimitBytes = 1 << 30
  /// The most bytes of a body once it is decompressed, in each layer of compression and laid out as
  /// rows; nil for what ``decompressedLimitBytes(ofBody:)`` says.
  package var decompressedLimitBytes: Int?
  /// The most bytes of the headers of a request.
  package var headerLimitBytes = 64 << 10
  /// The most concurrent requests; excess requests get 503 with `Retry-After`.
  package var requestLimit = 256
  /// Connections that are open at the same time, or up to three more where several come at once;
  /// others wait until one is closed.
  package var connectionLimit = 4096
  /// The files that stay for what a server does besides: the store's, temporary ones, its threads'.
  private static let reservedFiles = 256

  /// Holds connections below the number of files that the process may have open: one that cannot
  /// be accepted would be tried again without end, and the process ends where no event loop can
  /// wait any more.
  package mutating func limitConnections(toOpenFiles files: Int) {
    connectionLimit = min(
      connectionLimit, max(files / 4, files - Self.reservedFiles))
  }

  /// A connection on which nothing happens for so long is closed.
  package var idleSeconds = 60
  /// A body that comes more slowly than this, after some seconds of grace, is given up.
  package var bodyRateBytesPerSecond = 256
  package var bodyGraceSeconds = 20.0

  /// The longest time for requests to finish once it is asked to stop.
  package var graceSeconds = 8.0

  /// The most that one query may take.
  package var querySeconds = 30.0
  package var queryRows = 100_000
  package var queryMebibytes = 512
  /// The time and memory of each statement, whatever brings it: a query, a condition, an order.
  package var queryLimits: LocalStoreService.QueryLimits {
    .init(seconds: querySeconds, mebibytes: queryMebibytes)
  }

  /// The most bytes of an answer.
  package var answerLimitBytes = 16 << 30
  /// The disk space for all renderings that are kept.
  package var cacheBytes = 4 << 30
  /// The memory for all renderings that are kept.
  package var cacheMemoryBytes = 64 << 20

  package var logFormat = LogFormat.text
  package var logLevel = LogLevel.info

  /// The format of the log.
  package enum LogFormat: String, Sendable, CaseIterable {
    case text, json
  }

  /// The level below which the log leaves events out.
  package enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
  }

  /// The default options.
  package init() {}

  /// True when only this machine can reach the server.
  package var isLoopback: Bool { HostName(parsing: host)?.isLoopback ?? false }

  /// The most bytes that a body of `count` bytes may decompress to.
  ///
  /// Unless it is set, real data fits, of which a thousandth is left by no compression, and a few
  /// bytes cost little.
  package func decompressedLimitBytes(ofBody count: Int) -> Int {
    decompressedLimitBytes ?? min(16 << 30, 256 << 20 + min(count, 1 << 30) * 1000)
  }
}
