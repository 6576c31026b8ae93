import HTTPTypes
package import NIOCore
import NIOHTTP1
package import NIOHTTPTypes

/// The requests of one connection, passed on one at a time.
///
/// The next one is passed on when the answer to the one before is in the hands of the system, so a
/// connection whose client reads nothing holds one answer. No more is read in between; of requests
/// that came along with it ``limit`` wait: the last of those ends the connection, and what follows
/// it is for the client to send again (RFC 9112, section 9.3.2). Lives on the event loop of its
/// channel.
package final class RequestQueue: ChannelDuplexHandler, RemovableChannelHandler {
  package typealias InboundIn = HTTPRequestPart
  package typealias InboundOut = HTTPRequestPart
  package typealias OutboundIn = HTTPResponsePart
  package typealias OutboundOut = HTTPResponsePart

  /// The most requests that wait.
  package static let limit = 256

  /// A thing that waits; all do in the order in which they came.
  private enum Event {
    case part(HTTPRequestPart)
    /// Bytes that are not HTTP.
    case fault(HTTPParserError)
    case inputClosed

    var isHead: Bool {
      if case .part(.head) = self { true } else { false }
    }
  }

  private var waiting = CircularBuffer<Event>()
  private var headsWaiting = 0
  private var isFull = false
  /// True from a request's head to the last byte of its answer.
  private var isAnswering = false
  /// True from a request's head to its end.
  private var isReceiving = false
  /// True when the next bytes were asked for and have to wait.
  private var isReadDue = false
  /// True when the end of our side waits for the answer under way: a close after the client's own
  /// would drop what was not sent.
  private var isCloseDue = false
  /// The promise of that end; nil where no caller asked for one.
  private var closing: EventLoopPromise<Void>?

  package init() {}

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isFull else { return }
    let event = Event.part(unwrapInboundIn(data))
    if waiting.isEmpty, !(event.isHead && isAnswering) {
      pass(event, context)
    } else {
      keep(event)
    }
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let fault = error as? HTTPParserError, !waiting.isEmpty {
      keep(.fault(fault))
    } else {
      context.fireErrorCaught(error)
    }
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed, !waiting.isEmpty {
      keep(.inputClosed)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  package func read(context: ChannelHandlerContext) {
    if mayRead { context.read() } else { isReadDue = true }
  }

  package func write(
    context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
  ) {
    guard case .end = unwrapOutboundIn(data) else {
      context.write(data, promise: promise)
      return
    }
    let written = promise ?? context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { [self] _ in
      isAnswering = false
      if isCloseDue {
        isCloseDue = false
        context.close(mode: .output, promise: closing)
        closing = nil
      }
      passWaiting(context)
    }
    context.write(data, promise: written)
  }

  package func close(
    context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?
  ) {
    guard mode == .output, isAnswering, !isCloseDue, context.channel.isActive else {
      context.close(mode: mode, promise: promise)
      return
    }
    isCloseDue = true
    closing = promise
  }

  package func channelInactive(context: ChannelHandlerContext) {
    waiting.removeAll()
    isCloseDue = false
    closing?.fail(ChannelError.alreadyClosed)
    closing = nil
    context.fireChannelInactive()
  }

  private var mayRead: Bool { waiting.isEmpty && (isReceiving || !isAnswering) }

  private func keep(_ event: Event) {
    guard event.isHead else {
      waiting.append(event)
      return
    }
    guard headsWaiting < Self.limit else {
      isFull = true
      endAfterLast()
      return
    }
    headsWaiting += 1
    waiting.append(event)
  }

  /// Makes the last request that waits the last one of the connection.
  private func endAfterLast() {
    guard let last = waiting.lastIndex(where: \.isHead), case .part(.head(var head)) = waiting[last]
    else { return }
    head.headerFields[.connection] = "close"
    waiting[last] = .part(.head(head))
  }

  /// Passes on what waits, up to the next request that has to.
  private func passWaiting(_ context: ChannelHandlerContext) {
    var isAnyPassed = false
    while let event = waiting.first, !(event.isHead && isAnswering) {
      waiting.removeFirst()
      if event.isHead { headsWaiting -= 1 }
      isAnyPassed = true
      pass(event, context)
    }
    if isAnyPassed { context.fireChannelReadComplete() }
    if isReadDue, mayRead {
      isReadDue = false
      context.read()
    }
  }

  private func pass(_ event: Event, _ context: ChannelHandlerContext) {
    switch event {
    case .part(let part):
      switch part {
      case .head:
        isAnswering = true
        isReceiving = true
      case .body: break
      case .end: isReceiving = false
      }
      context.fireChannelRead(wrapInboundOut(part))
    case .fault(let fault): context.fireErrorCaught(fault)
    case .inputClosed: context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }
  }
}

@available(*, unavailable)
extension RequestQueue: Sendable {}
