import NIOCore
import NIOPosix

/// A server on this machine that answers each connection with the same bytes, and then ends it.
final class RawServer: Sendable {
  private let channel: any Channel

  /// A server that writes `pieces` when the first bytes of a request have come.
  /// - Parameter closes: False to leave the connection open.
  init(_ pieces: [String], closes: Bool = true) async throws {
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            Answering(pieces: pieces, closes: closes))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  var port: Int { channel.localAddress?.port ?? 0 }

  func close() async { try? await channel.close() }

  private final class Answering: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let pieces: [String]
    private let closes: Bool
    private var hasAnswered = false

    init(pieces: [String], closes: Bool) {
      self.pieces = pieces
      self.closes = closes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard !hasAnswered else { return }
      hasAnswered = true
      for piece in pieces {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: piece)), promise: nil)
      }
      // Its own side only: a connection that is closed before the request was read whole is reset,
      // and a reset drops what the client has not read of the answer.
      if closes { context.close(mode: .output, promise: nil) }
    }
  }
}
