import HTTPTypes
import Model
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import Wire

/// The rules of a connection beyond carrying requests and answers: it lets a client that asks first
/// send its body, closes after an answer that says so, and reports when the client has gone.
///
/// Lives on the event loop of its channel.
final class ConnectionRules: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// A client gets so long to read an answer before its connection is cut.
  private static let lingering = TimeAmount.seconds(5)

  private let bodyLimitBytes: Int
  private var requestsUnderWay = 0
  private var closesAfterAnswer = false
  private var isDisconnected = false
  private var listeners: [@Sendable () -> Void] = []

  /// The size above which an announced body gets no `100 Continue`.
  init(bodyLimitBytes: Int) { self.bodyLimitBytes = bodyLimitBytes }

  func handlerAdded(context: ChannelHandlerContext) {
    do {
      try RequestHeadRules.add(to: context.pipeline.syncOperations)
    } catch {
      // Nothing is answered that was not looked at.
      context.close(promise: nil)
    }
  }

  /// Calls `listener` when the client has closed its side.
  func onDisconnect(_ listener: @escaping @Sendable () -> Void) {
    if isDisconnected { listener() } else { listeners.append(listener) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data) {
      // RFC 9110, section 10.1.1. An answer of ours, also one that refuses, does without it.
      let length = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
      let isExpecting = head.headerFields[.expect]?.lowercased() == "100-continue"
      let isFaulty = head.headerFields[.requestFault] != nil
      if isExpecting, requestsUnderWay == 0, length <= bodyLimitBytes, !isFaulty {
        context.writeAndFlush(
          wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
      }
      requestsUnderWay += 1
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      if head.headerFields[.connection] == "close" { closesAfterAnswer = true }
      context.write(data, promise: promise)
    case .body:
      context.write(data, promise: promise)
    case .end:
      requestsUnderWay -= 1
      listeners = []
      guard closesAfterAnswer else {
        context.write(data, promise: promise)
        return
      }
      // Only our side first: a close with bytes unread would make the system drop the answer.
      context.writeAndFlush(data, promise: promise)
      context.close(mode: .output, promise: nil)
      let channel = context.channel
      context.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
    }
  }

  /// Answers bytes that are not HTTP, since they never become a request.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let fault = error as? HTTPParserError, requestsUnderWay == 0, !closesAfterAnswer else {
      context.fireErrorCaught(error)
      return
    }
    let isOverflow = fault == .headerOverflow
    let problem = HTTPProblem(
      isOverflow ? .requestHeaderFieldsTooLarge : .badRequest, .usage,
      isOverflow
        ? "the line and the headers of the request are too large" : "the request is not HTTP/1.1")
    let body = Documents.encode(problem.document)
    let head = HTTPResponse(
      status: problem.status,
      headerFields: [
        .contentType: "application/problem+json", .contentLength: String(body.count),
        .connection: "close",
      ])
    requestsUnderWay += 1
    write(context: context, data: wrapOutboundOut(.head(head)), promise: nil)
    write(context: context, data: wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
    write(context: context, data: wrapOutboundOut(.end(nil)), promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed { tellGone() }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    tellGone()
    context.fireChannelInactive()
  }

  private func tellGone() {
    isDisconnected = true
    let gone = listeners
    listeners = []
    for listener in gone { listener() }
  }
}

@available(*, unavailable)
extension ConnectionRules: Sendable {}
