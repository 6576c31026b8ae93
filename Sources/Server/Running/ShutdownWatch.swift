import Foundation
import Model
import ServiceLifecycle
import Synchronization

/// A service that notices when the server is asked to stop.
struct ShutdownWatch: ServiceLifecycle.Service {
  let onShutdown: @Sendable () -> Void

  func run() async throws {
    try? await gracefulShutdown()
    onShutdown()
  }
}

/// An end that comes once, from the work or from the clock, whichever is first.
final class FirstEnd: Sendable {
  private struct State {
    var result: Result<Void, any Error>?
    var waiting: CheckedContinuation<Void, any Error>?
    var hasClock = false
    var isListening = false
  }

  private let state = Mutex(State())

  /// Ends it, unless that has happened.
  func end(_ result: Result<Void, any Error>) {
    let waiting = state.withLock { state in
      guard state.result == nil else { return nil as CheckedContinuation<Void, any Error>? }
      state.result = result
      return state.waiting
    }
    waiting?.resume(with: result)
  }

  /// True when the server was asked to stop, and will at a certain time, whatever happens.
  ///
  /// One that could not begin ends as well, but for the reason that it has.
  var isOrderly: Bool { state.withLock { $0.hasClock && $0.isListening } }

  /// Takes note that the server began.
  func begin() { state.withLock { $0.isListening = true } }

  /// Ends it after `seconds`, on a thread that nothing else waits for.
  func end(after seconds: Double, _ before: @escaping @Sendable () -> Void) {
    state.withLock { $0.hasClock = true }
    Thread.detachNewThread { [self] in
      Thread.sleep(forTimeInterval: seconds)
      guard state.withLock({ $0.result == nil }) else { return }
      before()
      end(.success(()))
    }
  }

  /// Waits for the end.
  func wait() async throws {
    try await withCheckedThrowingContinuation { continuation in
      let result = state.withLock { state in
        if state.result == nil { state.waiting = continuation }
        return state.result
      }
      if let result { continuation.resume(with: result) }
    }
  }
}
