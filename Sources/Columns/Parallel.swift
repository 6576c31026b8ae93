import Dispatch
import Foundation
package import Model
import Synchronization

/// Calls `body` for 0..<count on all cores and returns the results in order.
///
/// Each worker makes a state of its own (an encoder, a decoder) and takes the next number until none
/// is left, so a state costs once a worker. Blocks until all have ended; of several errors, the one
/// of the lowest number is thrown. With one number it runs on the calling thread.
package func parallelMap<State: ~Copyable, Result: Sendable>(
  count: Int, state makeState: @Sendable () throws(StoreError) -> State,
  _ body: @Sendable (inout State, Int) throws(StoreError) -> Result
) throws(StoreError) -> [Result] {
  let workers = min(count, ProcessInfo.processInfo.activeProcessorCount)
  let next = Atomic(0)
  let slots = Mutex([Swift.Result<Result, StoreError>?](repeating: nil, count: count))
  @Sendable func work() {
    do throws(StoreError) {
      var state = try makeState()
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        do throws(StoreError) {
          let result = try body(&state, index)
          slots.withLock { $0[index] = .success(result) }
        } catch {
          slots.withLock { $0[index] = .failure(error) }
        }
      }
    } catch {
      slots.withLock { if $0[0] == nil { $0[0] = .failure(error) } }
    }
  }
  if workers <= 1 {
    work()
  } else {
    DispatchQueue.concurrentPerform(iterations: workers) { _ in work() }
  }
  var results: [Result] = []
  results.reserveCapacity(count)
  let outcomes = slots.withLock { $0 }
  for case .failure(let error)? in outcomes { throw error }
  for case .success(let result)? in outcomes { results.append(result) }
  return results
}

/// ``parallelMap(count:state:_:)`` for work that needs no state.
package func parallelMap<Result: Sendable>(
  count: Int, _ body: @Sendable (Int) throws(StoreError) -> Result
) throws(StoreError) -> [Result] {
  try parallelMap(count: count) { () throws(StoreError) in () } _: {
    (_: inout Void, index) throws(StoreError) in try body(index)
  }
}
