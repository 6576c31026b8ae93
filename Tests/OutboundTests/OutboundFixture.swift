import Model
import Outbound
import Synchronization
import TestSupport
import Testing

/// A client whose pauses are noted instead of waited for, and the scripted server that it asks.
final class OutboundFixture: Sendable {
  let server: ScriptedServer
  let address: ServerAddress
  let client: HTTPClient
  private let noted: Notes

  /// The pauses so far, in order.
  var pauses: [Duration] { noted.pauses.withLock { $0 } }

  private final class Notes: Sendable {
    let pauses = Mutex<[Duration]>([])
  }

  init(_ server: ScriptedServer) throws {
    let noted = Notes()
    self.server = server
    self.noted = noted
    address = try ServerAddress(parsing: server.url)
    client = HTTPClient(seed: 1) { pause in noted.pauses.withLock { $0.append(pause) } }
  }

  convenience init(_ replies: ScriptedServer.Reply...) throws {
    try self.init(
      try ScriptedServer { number, _ in replies[min(number, replies.count - 1)] })
  }

  /// The answer to a request.
  func send(_ request: HTTPRequest) throws(TransferFailure) -> HTTPAnswer {
    try client.send(request, to: address)
  }

  /// The answer to a request for `/x`.
  func get() throws(TransferFailure) -> HTTPAnswer { try send(HTTPRequest(.get, Resource("x"))) }

  /// The bytes of `/x`, downloaded, of an answer of status 2xx.
  func download() throws(TransferFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try client.download(HTTPRequest(.get, Resource("x")), from: address) { _ in
    } sink: { piece throws(StoreError) in
      bytes += piece
    }
    return bytes
  }

  /// A POST with or without a key that makes it the same request when it is sent again.
  static func post(_ body: HTTPRequest.Body, key: String? = nil) -> HTTPRequest {
    var request = HTTPRequest(.post, Resource("x"))
    request.add("Idempotency-Key", key)
    request.body = body
    return request
  }
}
