import Synchronization

/// The deadlines of one call, which move as bytes and content come.
///
/// Any task may call.
final class Deadlines: Sendable {
  /// The phase of a call that took too long.
  enum Phase: Sendable, Hashable { case firstContent, idle, total }

  /// The end of the call, or of the watch over it.
  private enum End<Value: Sendable>: Sendable {
    case done(Result<Value, ProviderError>)
    /// Nil when the watch was cancelled, with the call or because it has ended.
    case late(Phase?)
  }

  private struct State {
    var firstContent: ContinuousClock.Instant?
    var idle: ContinuousClock.Instant?
  }

  private let idle: Duration
  private let total: ContinuousClock.Instant
  private let state: Mutex<State>

  /// The deadlines of a call that began at `start`.
  /// - Parameter firstContent: The time until the first content; nil for an answer that comes
  ///   whole.
  init(start: ContinuousClock.Instant, firstContent: Duration?, idle: Duration, total: Duration) {
    self.idle = idle
    self.total = start + total
    state = Mutex(State(firstContent: firstContent.map { start + $0 }))
  }

  /// Notes that bytes came.
  func heard(at time: ContinuousClock.Instant) {
    state.withLock { $0.idle = time + idle }
  }

  /// Notes that nothing is to come until another request.
  func rests() {
    state.withLock { $0.idle = nil }
  }

  /// Notes that content came: the answer has begun.
  func begun() {
    state.withLock { $0.firstContent = nil }
  }

  /// Notes that the answer is whole: what may still come is waited for a little, so that the
  /// connection can be used again.
  func ended(at time: ContinuousClock.Instant) {
    state.withLock {
      $0.firstContent = nil
      $0.idle = time + min(idle, .seconds(1))
    }
  }

  /// The next deadline there is.
  var next: (time: ContinuousClock.Instant, phase: Phase) {
    let state = state.withLock { $0 }
    var next = (time: total, phase: Phase.total)
    if let idle = state.idle, idle < next.time { next = (idle, .idle) }
    if let first = state.firstContent, first < next.time { next = (first, .firstContent) }
    return next
  }

  /// The longest sleep of the watch: a deadline may move to an earlier time meanwhile.
  private static let longestSleep = Duration.milliseconds(250)

  /// Waits until a deadline has passed, and returns which; nil when the task is cancelled.
  private func passed() async -> Phase? {
    while !Task.isCancelled {
      let (time, phase) = next
      let now = ContinuousClock.now
      if now >= time { return phase }
      try? await Task.sleep(until: min(time, now + Self.longestSleep), clock: .continuous)
    }
    return nil
  }

  /// Does `body`, and cancels it when a deadline has passed; a value that it then returns counts.
  func hold<Value: Sendable>(
    _ body: @escaping @Sendable () async throws(ProviderError) -> Value
  ) async throws(ProviderError) -> Value {
    let (late, result) = await withTaskGroup(of: End<Value>.self) { group in
      group.addTask {
        do throws(ProviderError) {
          return End.done(.success(try await body()))
        } catch {
          return End.done(.failure(error))
        }
      }
      group.addTask { End.late(await self.passed()) }
      var late: Phase?
      var result: Result<Value, ProviderError>?
      while let end = await group.next() {
        switch end {
        case .done(let done): result = done
        case .late(let phase): late = late ?? phase
        }
        group.cancelAll()
      }
      return (late, result)
    }
    switch result {
    case .success(let value)?: return value
    case .failure(let error)?:
      guard let late, error.kind == .cancelled else { throw error }
      throw ProviderError(late).of(error)
    case nil: throw ProviderError(.cancelled, "the call was cancelled")
    }
  }
}

extension ProviderError {
  fileprivate init(_ phase: Deadlines.Phase) {
    switch phase {
    case .firstContent:
      self.init(.timeoutFirstByte, "no content came within the provider's ttft_ms")
    case .idle: self.init(.timeoutIdle, "nothing came for longer than the provider's idle_ms")
    case .total: self.init(.timeoutTotal, "the call took longer than the provider's total_ms")
    }
  }
}
