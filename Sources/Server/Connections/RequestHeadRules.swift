import HTTPTypes
import Model
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Looks at the head of each request before its version and its doubled fields are lost in the
/// types of ``HTTPRequest``.
///
/// A head that breaks a rule goes on with the reason in a field of its own (``RequestFault``),
/// which ``HeadCheck`` answers in its turn and with a line in the log. Lives on the event loop of
/// its channel.
final class RequestHeadRules: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  /// True when the latest request was of HTTP/1.0, or of a version before.
  private(set) var isVersion10 = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data) else {
      context.fireChannelRead(data)
      return
    }
    head.headers = Self.trimmed(head.headers)
    // Only this handler sets the reason.
    head.headers.remove(name: HTTPField.Name.requestFault.rawName)
    var fault = Self.bodyFault(head.headers)
    isVersion10 = head.version.major < 1 || head.version == .http1_0
    do throws(StoreError) {
      let target = try RequestTarget(
        head.uri, hosts: head.headers["host"], isVersion10: isVersion10)
      head.uri = target.path
      head.headers.remove(name: "host")
      if let authority = target.authority { head.headers.add(name: "Host", value: authority) }
    } catch {
      head.uri = "/"
      head.headers.remove(name: "host")
      fault = RequestFault(status: .badRequest, message: error.message)
    }
    if let fault {
      head.headers.add(name: HTTPField.Name.requestFault.rawName, value: fault.text)
    }
    // RFC 9110, section 10.1.1: a client of HTTP/1.0 expects nothing, and reads no 1xx.
    if isVersion10 { head.headers.remove(name: "expect") }
    // RFC 9112, section 9.3: a client of HTTP/1.0 reads to the end of the connection. To keep one
    // open that asks for it is optional.
    if isVersion10 || !head.isKeepAlive {
      head.headers.replaceOrAdd(name: "Connection", value: "close")
    }
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  /// Fields without the spaces and tabs around their values, which are no part of them (RFC 9110,
  /// section 5.5).
  private static func trimmed(_ headers: HTTPHeaders) -> HTTPHeaders {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    guard
      headers.contains(where: { field in
        field.value.utf8.first.map(isSpace) ?? false || field.value.utf8.last.map(isSpace) ?? false
      })
    else { return headers }
    return HTTPHeaders(
      headers.map { ($0.name, String($0.value[...].trimming { $0 == " " || $0 == "\t" })) })
  }

  /// The reason for which the length of the body is ambiguous: a coding beside `chunked`, or a
  /// number that no length can be.
  private static func bodyFault(_ headers: HTTPHeaders) -> RequestFault? {
    let codings = headers[canonicalForm: "transfer-encoding"]
    guard codings.isEmpty || codings.map({ $0.lowercased() }) == ["chunked"] else {
      return RequestFault(
        status: .notImplemented, message: "Transfer-Encoding may be 'chunked' and nothing else")
    }
    guard headers["content-length"].allSatisfy({ Int($0) != nil }) else {
      return RequestFault(
        status: .contentTooLarge, message: "the body is larger than any that this server allows")
    }
    return nil
  }

  /// Puts itself before what turns heads into ``HTTPRequest``.
  func add(to pipeline: ChannelPipeline.SynchronousOperations) throws {
    let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
    try pipeline.addHandler(self, position: .before(codec))
  }
}

@available(*, unavailable)
extension RequestHeadRules: Sendable {}

/// A rule of HTTP that the head of a request breaks, passed on to the responder.
struct RequestFault: Hashable {
  let status: HTTPResponse.Status
  let message: String

  /// A fault that is answered with `status`.
  init(status: HTTPResponse.Status, message: String) {
    self.status = status
    self.message = message
  }

  /// The fault that ``RequestHeadRules`` found; nil for a correct head.
  init?(in headers: HTTPFields) {
    guard let parts = headers[.requestFault]?.split(separator: " ", maxSplits: 1), parts.count == 2,
      let code = Int(parts[0])
    else { return nil }
    self.init(status: .init(code: code), message: String(parts[1]))
  }

  /// The fault as a field holds it.
  var text: String { "\(status.code) \(message)" }

  /// The answer, after which the connection ends: the start of the next request is unknown.
  var problem: HTTPProblem {
    var problem = HTTPProblem(
      status, status == .contentTooLarge ? .exhausted : .usage, message)
    problem.headers[.connection] = "close"
    return problem
  }
}
