import HTTPTypes
import Model
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Looks at the head of each request before its version and its doubled fields are lost in the
/// types of ``HTTPRequest``.
///
/// A head that breaks a rule goes on with the reason in a field of its own, which ``FrontDoor``
/// answers with 400, in its turn and with a line in the log. Lives on the event loop of its
/// channel.
final class RequestHeadRules: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data) else {
      context.fireChannelRead(data)
      return
    }
    // Nobody but this handler gives the reason.
    head.headers.remove(name: HTTPField.Name.requestFault.rawName)
    let isVersion10 = head.version.major < 1 || head.version == .http1_0
    do throws(StoreError) {
      let target = try RequestTarget(
        head.uri, hosts: head.headers["host"], isVersion10: isVersion10)
      head.uri = target.path
      head.headers.remove(name: "host")
      if let authority = target.authority { head.headers.add(name: "Host", value: authority) }
    } catch {
      head.uri = "/"
      head.headers.remove(name: "host")
      head.headers.add(name: HTTPField.Name.requestFault.rawName, value: error.message)
    }
    // RFC 9112, section 9.3: a client of HTTP/1.0 reads to the end of the connection. To keep one
    // open that asks for it is optional.
    if isVersion10 || !head.isKeepAlive {
      head.headers.replaceOrAdd(name: "Connection", value: "close")
    }
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  /// Puts itself before what turns heads into ``HTTPRequest``.
  static func add(to pipeline: ChannelPipeline.SynchronousOperations) throws {
    let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
    try pipeline.addHandler(RequestHeadRules(), position: .before(codec))
  }
}

@available(*, unavailable)
extension RequestHeadRules: Sendable {}
