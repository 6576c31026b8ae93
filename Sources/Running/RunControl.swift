import Synchronization

/// A way to ask a run that goes on to send no more calls.
///
/// Any thread may ask, also before the run begins.
package final class RunControl: Sendable {
  private struct State {
    var isStopped = false
    var handler: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  /// A control of one run.
  package init() {}

  /// Asks the run to send no more calls, and to wait for those under way.
  package func stop() {
    let handler = state.withLock { state in
      state.isStopped = true
      return state.handler
    }
    handler?()
  }

  /// Sets what is done when the run is asked to stop; at once, when it was asked before.
  package func onStop(_ handler: @escaping @Sendable () -> Void) {
    let isStopped = state.withLock { state in
      state.handler = handler
      return state.isStopped
    }
    if isStopped { handler() }
  }
}
