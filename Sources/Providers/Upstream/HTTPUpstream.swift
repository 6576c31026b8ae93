import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Platform

/// A provider over HTTP/1.1, with TLS where the URL says so.
///
/// The address that a key goes to is checked on the connection itself: the one that is at its
/// other end, whatever the name resolved to before. There is no redirection, no decompression, and
/// nothing is sent twice. It has to be closed.
package final class HTTPUpstream: Upstream {
  private let client: HTTPClient

  /// A way to the provider of `definition`.
  package convenience init(_ definition: ProviderDefinition) {
    self.init(
      connections: definition.pace.maxConcurrency, connect: definition.timeouts.connect,
      allowsPrivate: definition.allowsPrivate)
  }

  /// A way to any host, over at most so many connections at a time.
  init(connections: Int, connect: Duration, allowsPrivate: Bool) {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(connect: TimeAmount(connect)), decompression: .disabled)
    configuration.httpVersion = .http1Only
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
    // A refused connection is reported at once; the caller decides about another attempt.
    configuration.connectionPool.retryConnectionEstablishment = false
    if !allowsPrivate { configuration.http1_1ConnectionDebugInitializer = Self.requirePublic }
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Closes a connection to a private address before a byte of a request is sent.
  @Sendable private static func requirePublic(_ channel: any Channel) -> EventLoopFuture<Void> {
    let address = channel.remoteAddress
    guard EgressRule.isPrivate(address?.bytes ?? []) else {
      return channel.eventLoop.makeSucceededVoidFuture()
    }
    let place = address?.ipAddress ?? "an unknown address"
    return channel.close().flatMapThrowing { throw UpstreamError.privateAddress(place) }
  }

  package func send(_ request: UpstreamRequest) async throws(UpstreamError) -> UpstreamResponse {
    var sent = HTTPClientRequest(url: request.url)
    sent.method = HTTPMethod(rawValue: request.method.rawValue)
    for (name, value) in request.headers { sent.headers.add(name: name, value: value) }
    if request.method == .post { sent.body = .bytes(request.body) }
    let response: HTTPClientResponse
    do {
      // The phases of a call have deadlines of their own; this is only a net below them.
      response = try await client.execute(sent, timeout: .hours(24))
    } catch {
      throw UpstreamError(error)
    }
    let body = response.body
    return UpstreamResponse(
      status: Int(response.status.code),
      headers: response.headers.map { ($0.name.lowercased(), $0.value) },
      body: UpstreamBody {
        var pieces = body.makeAsyncIterator()
        return UpstreamPieces { () async throws(UpstreamError) -> [UInt8]? in
          do {
            let piece = try await pieces.next()
            // A cancelled sequence ends as one that is complete does.
            if piece == nil, Task.isCancelled { throw UpstreamError.cancelled }
            return piece.map { Array($0.readableBytesView) }
          } catch {
            throw UpstreamError(error)
          }
        }
      })
  }

  package func close() async {
    // A client that cannot shut down has nothing left that could be done about it.
    try? await client.shutdown()
  }
}

extension TimeAmount {
  fileprivate init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}

extension SocketAddress {
  /// The address in network order; nil for one that is not of IP.
  fileprivate var bytes: [UInt8]? {
    let bytes = unsafe withSockAddr { address, size in
      unsafe Array(UnsafeRawBufferPointer(start: address, count: size))
    }
    // The places where a sockaddr_in and a sockaddr_in6 have it.
    switch self {
    case .v4: return Array(bytes[4..<8])
    case .v6: return Array(bytes[8..<24])
    case .unixDomainSocket: return nil
    }
  }
}

extension UpstreamError {
  /// The errors of a connection that was never made, so that nothing was sent.
  private static let ofConnecting = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL]

  /// The failure of a request; its text has neither the URL nor a header field.
  fileprivate init(_ error: any Error) {
    switch error {
    case let error as UpstreamError: self = error
    case is CancellationError: self = .cancelled
    case let error as HTTPClientError:
      switch error {
      case .cancelled: self = .cancelled
      case .connectTimeout, .tlsHandshakeTimeout: self = .connectTimeout
      case .getConnectionFromPoolTimeout: self = .noFreeConnection
      case .remoteConnectionClosed: self = .broken("the connection was closed")
      default: self = .broken(error.shortDescription)
      }
    case let error as NIOConnectionError:
      let reasons = error.connectionErrors.map { failure in
        (failure.error as? IOError).map { systemReason($0.errnoCode) } ?? "\(failure.error)"
      }
      let names = [error.dnsAError, error.dnsAAAAError].compactMap { $0 }
      self = .unreachable(
        reasons.first ?? (names.isEmpty ? "no address" : "the name has no address"))
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
      self = .insecure("\(error)")
    case let error as IOError where Self.ofConnecting.contains(error.errnoCode):
      self = .unreachable(systemReason(error.errnoCode))
    case let error as IOError: self = .broken(systemReason(error.errnoCode))
    default: self = .broken("\(error)")
    }
  }
}
