import Model
import NIOCore
import Synchronization

/// Calls that a client waits for, which end when it goes away, or when the server has to end.
final class RunningCalls: Sendable {
  private struct State {
    var number = 0
    var cancels: [Int: @Sendable () -> Void] = [:]
    var isEnding = false
  }

  private let state = Mutex(State())

  /// The number of requests under way.
  var count: Int { state.withLock { $0.cancels.count } }

  /// True when all have been cancelled.
  var isEnding: Bool { state.withLock { $0.isEnding } }

  /// Cancels all calls, those under way and those to come.
  func endAll() {
    let cancels = state.withLock { state in
      state.isEnding = true
      return Array(state.cancels.values)
    }
    for cancel in cancels { cancel() }
  }

  /// Runs `body` as a task of its own, which is cancelled when the client has gone.
  func untilGone<Value: Sendable>(
    _ context: ServerContext, _ body: @escaping @Sendable () async -> Value
  ) async -> Value {
    let task = Task { await body() }
    let channel = context.channel
    channel.eventLoop.execute {
      let rules = try? channel.pipeline.syncOperations.handler(type: ConnectionRules.self)
      rules?.onDisconnect { task.cancel() }
    }
    let (number, isEnding) = state.withLock { state in
      state.number += 1
      state.cancels[state.number] = { task.cancel() }
      return (state.number, state.isEnding)
    }
    defer { state.withLock { $0.cancels[number] = nil } }
    if isEnding { task.cancel() }
    return await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
  }
}
