import HTTPTypes
import Model
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import Wire

/// The rules of a connection beyond carrying requests and answers: it lets a client that asks first
/// send its body, closes after an answer that says so, and reports when the client has gone.
///
/// A client that has sent its request may close its sending side and wait for the answer (RFC 9112,
/// section 9.6). What comes from one that closed the whole connection is the same, until something
/// is sent to it, which its system refuses with a reset. So a client that closed its side while its
/// answer is prepared gets `100 Continue`, every ``probing`` again, which one that waits passes
/// over (RFC 9110, section 15.2). It counts as gone at once where nothing can be sent: with an
/// answer that has begun, with half a request, and in HTTP/1.0. Lives on the event loop of its
/// channel.
final class ConnectionRules: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// A client gets so long to read an answer before its connection is cut.
  private static let lingering = TimeAmount.seconds(5)
  /// The time between two looks for a client that closed its side.
  private static let probing = TimeAmount.seconds(1)

  private let bodyLimitBytes: Int
  private let headRules = RequestHeadRules()
  private var requestsUnderWay = 0
  /// True from a request's head to its end.
  private var isReceiving = false
  /// True from the head of an answer to its end.
  private var isSending = false
  private var closesAfterAnswer = false
  private var isDisconnected = false
  private var listeners: [@Sendable () -> Void] = []

  /// The size above which an announced body gets no `100 Continue`.
  init(bodyLimitBytes: Int) { self.bodyLimitBytes = bodyLimitBytes }

  func handlerAdded(context: ChannelHandlerContext) {
    do {
      try headRules.add(to: context.pipeline.syncOperations)
    } catch {
      // Nothing is answered that was not looked at.
      context.close(promise: nil)
    }
  }

  /// Calls `listener` when the client has gone.
  func onDisconnect(_ listener: @escaping @Sendable () -> Void) {
    if isDisconnected { listener() } else { listeners.append(listener) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      isReceiving = true
      // RFC 9110, section 10.1.1. An answer of ours, also one that refuses, does without it.
      let length = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
      let isExpecting = head.headerFields[.expect]?.lowercased() == "100-continue"
      let isFaulty = head.headerFields[.requestFault] != nil
      if isExpecting, requestsUnderWay == 0, length <= bodyLimitBytes, !isFaulty {
        context.writeAndFlush(
          wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
      }
      requestsUnderWay += 1
    case .body: break
    case .end: isReceiving = false
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      isSending = head.status.kind != .informational
      if head.headerFields[.connection] == "close" { closesAfterAnswer = true }
      context.write(data, promise: promise)
    case .body:
      context.write(data, promise: promise)
    case .end:
      requestsUnderWay -= 1
      isSending = false
      listeners = []
      guard closesAfterAnswer else {
        context.write(data, promise: promise)
        return
      }
      // Only our side first: a close with bytes unread would make the system drop the answer. And
      // when it was sent: a close after the client's own drops what still waits.
      let sent = promise ?? context.eventLoop.makePromise(of: Void.self)
      sent.futureResult.assumeIsolated().whenComplete { _ in
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        channel.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
      }
      context.writeAndFlush(data, promise: sent)
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
    if event as? ChannelEvent == .inputClosed { probe(context) }
    context.fireUserInboundEventTriggered(event)
  }

  /// Looks for a client that has closed its side, for as long as it waits for answers.
  private func probe(_ context: ChannelHandlerContext) {
    guard requestsUnderWay > 0, !isDisconnected else { return }
    guard !isReceiving, !headRules.isVersion10 else {
      tellGone()
      return
    }
    if isSending {
      endCalls()
    } else {
      context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.probing) { [self] in probe(context) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    tellGone()
    context.fireChannelInactive()
  }

  private func tellGone() {
    isDisconnected = true
    endCalls()
  }

  private func endCalls() {
    let gone = listeners
    listeners = []
    for listener in gone { listener() }
  }
}

@available(*, unavailable)
extension ConnectionRules: Sendable {}
