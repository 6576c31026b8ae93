import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

extension ResponseBody {
  /// True when its bytes are sent as they come, so that their number is not known before.
  var isStreamed: Bool { contentLength == nil }

  /// The same body, which calls `onEnd` once, however it ends: with the number of bytes that were
  /// sent and whether these were all.
  func reporting(_ onEnd: @escaping @Sendable (Int, Bool) -> Void) -> ResponseBody {
    let end = StreamEnd(onEnd)
    return ResponseBody(contentLength: contentLength) { writer in
      do {
        try await write(CountingWriter(base: writer, end: end))
        end.report(isWhole: true)
      } catch {
        end.report(isWhole: false)
        throw error
      }
    }
  }
}

/// Reports the end of a body, also of one that is dropped before its first byte.
private final class StreamEnd: Sendable {
  private struct State {
    var bytes = 0
    var isReported = false
  }

  private let state = Mutex(State())
  private let onEnd: @Sendable (Int, Bool) -> Void

  init(_ onEnd: @escaping @Sendable (Int, Bool) -> Void) { self.onEnd = onEnd }

  deinit { report(isWhole: false) }

  func add(_ count: Int) { state.withLock { $0.bytes += count } }

  func report(isWhole: Bool) {
    let bytes: Int? = state.withLock { state in
      defer { state.isReported = true }
      return state.isReported ? nil : state.bytes
    }
    if let bytes { onEnd(bytes, isWhole) }
  }
}

/// Counts the bytes that a body writes.
private struct CountingWriter: ResponseBodyWriter {
  var base: any ResponseBodyWriter
  let end: StreamEnd

  mutating func write(_ buffer: ByteBuffer) async throws {
    try await base.write(buffer)
    end.add(buffer.readableBytes)
  }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
    try await base.finish(trailingHeaders)
  }
}
