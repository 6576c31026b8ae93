import Model
import NIOCore

extension ServerContext {
  /// Runs `body`, and cancels it when the client goes away.
  func untilGone<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = Task { try await body() }
    let channel = channel
    channel.eventLoop.execute {
      let rules = try? channel.pipeline.syncOperations.handler(type: ConnectionRules.self)
      rules?.whenGone { task.cancel() }
    }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }
}
