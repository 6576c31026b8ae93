package import Model
import Synchronization

/// The cancellation of a call, as all threads that work on it see it.
///
/// `Task.isCancelled` is false on every thread but the task's own; a flag goes along with the work.
package final class CancellationFlag: Sendable {
  /// The flag of the call that the thread works on; nil where no call can be cancelled.
  @TaskLocal package static var current: CancellationFlag?

  /// True when the call that this thread works on was cancelled.
  package static var isSetHere: Bool { current?.isSet ?? Task.isCancelled }

  /// Goes on where the call that this thread works on was not cancelled.
  /// - Throws: ``StoreError`` of kind `exhausted`.
  package static func check() throws(StoreError) {
    if isSetHere { throw .cancelled }
  }

  /// Does work that its task's cancellation does not end, such as keeping what the task has done.
  package static func ignored<Value>(
    _ body: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    let result = $current.withValue(CancellationFlag()) { () -> Result<Value, StoreError> in
      do throws(StoreError) {
        return .success(try body())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private let state = Atomic(false)

  /// A flag that is not set.
  package init() {}

  package var isSet: Bool { state.load(ordering: .relaxed) }

  /// Cancels the call on all threads.
  package func set() { state.store(true, ordering: .relaxed) }
}
