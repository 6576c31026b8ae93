/// A way to a provider: it sends one request and returns the head of the answer with its body to
/// come.
///
/// It repeats nothing, follows no redirection and knows nothing of models. Cancelling the task
/// cancels the request. Any task may call.
package protocol Upstream: Sendable {
  /// Sends a request once.
  func send(_ request: UpstreamRequest) async throws(UpstreamError) -> UpstreamResponse

  /// Closes all connections; no request may follow.
  func close() async
}

/// A request of HTTP.
package struct UpstreamRequest: Sendable {
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  package var method = Method.post
  package var url: String
  /// Names in lower case.
  package var headers: [(name: String, value: String)] = []
  package var body: [UInt8] = []

  /// A request without header fields and body.
  package init(method: Method = .post, url: String) {
    self.method = method
    self.url = url
  }
}

/// The head of an answer, and its body to come.
package struct UpstreamResponse: Sendable {
  package let status: Int
  /// Names in lower case.
  package let headers: [(name: String, value: String)]
  package let body: UpstreamBody

  /// An answer with that head.
  package init(
    status: Int, headers: [(name: String, value: String)] = [], body: UpstreamBody
  ) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The value of the first header field of that name.
  func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// The bytes of an answer as they come; they can be read once.
package struct UpstreamBody: Sendable {
  private let start: @Sendable () -> UpstreamPieces

  /// A body whose pieces are made by what `start` returns.
  package init(_ start: @escaping @Sendable () -> UpstreamPieces) { self.start = start }

  package func pieces() -> UpstreamPieces { start() }
}

/// The pieces of a body, one after another.
package struct UpstreamPieces {
  private let pull: () async throws(UpstreamError) -> [UInt8]?

  /// Pieces that `pull` returns; nil at the end.
  package init(_ pull: @escaping () async throws(UpstreamError) -> [UInt8]?) { self.pull = pull }

  /// The next bytes; nil when the body ended as HTTP says it has to.
  package func next() async throws(UpstreamError) -> [UInt8]? { try await pull() }
}

/// The reason for which a request has no answer, or not all of it.
package enum UpstreamError: Error, Sendable, Hashable {
  /// No connection: the name has no address, or there nothing listens.
  case unreachable(String)
  case connectTimeout
  /// All connections are taken, for longer than a connection may take.
  case noFreeConnection
  /// The connection is not secure: the certificate, the name or the version of TLS.
  case insecure(String)
  /// The address that was connected to is of this machine or of a private network.
  case privateAddress(String)
  /// The connection ended within the answer, or what came is not HTTP.
  case broken(String)
  case cancelled
}
