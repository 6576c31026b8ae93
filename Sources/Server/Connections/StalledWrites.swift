import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client takes nothing of what waits for it, for as long as a connection
/// may be idle.
///
/// Lives on the event loop of its channel.
final class StalledWrites: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// The time between two looks.
  private let interval: TimeAmount
  private var progress = WriteProgress()
  private var look: Scheduled<Void>?

  /// Closes a connection from which nothing was taken for so many seconds, or half as many more.
  init(idleSeconds: Int) {
    interval = .nanoseconds(
      TimeAmount.seconds(Int64(idleSeconds)).nanoseconds / Int64(WriteProgress.patience))
  }

  func handlerAdded(context: ChannelHandlerContext) { scheduleLook(context) }

  func channelInactive(context: ChannelHandlerContext) {
    look?.cancel()
    look = nil
    context.fireChannelInactive()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .body(let bytes) = unwrapOutboundIn(data) { progress.add(bytes.readableBytes) }
    context.write(data, promise: promise)
  }

  private func scheduleLook(_ context: ChannelHandlerContext) {
    look = context.eventLoop.assumeIsolated().scheduleTask(in: interval) { [self] in
      let unsent = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
      if progress.isStalled(unsent: unsent) {
        context.close(promise: nil)
      } else {
        scheduleLook(context)
      }
    }
  }
}

@available(*, unavailable)
extension StalledWrites: Sendable {}

/// The bytes that were written for a client, and those of them that it has not taken, as far as
/// looks at them from time to time show.
package struct WriteProgress: Hashable {
  /// The looks in a row that have to see nothing taken.
  package static let patience = 2

  private var written = 0
  private var last = Look()
  private var quietLooks = 0

  private struct Look: Hashable {
    var written = 0
    var unsent = 0
  }

  /// Nothing written.
  package init() {}

  /// Notes bytes that were written.
  package mutating func add(_ count: Int) { written += count }

  /// Looks at the bytes that have not been taken; true when for ``patience`` looks nothing was,
  /// though something waited.
  package mutating func isStalled(unsent: Int) -> Bool {
    let grown = unsent - last.unsent
    // What waits grew by all that was written since (and its framing), so nothing of it left.
    let isQuiet = last.unsent > 0 && unsent > 0 && grown >= written - last.written
    quietLooks = isQuiet ? quietLooks + 1 : 0
    last = Look(written: written, unsent: unsent)
    return quietLooks >= Self.patience
  }
}
