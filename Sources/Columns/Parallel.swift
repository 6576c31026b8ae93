package import Model
import Dispatch
import Synchronization

/// Calls `body` for 0..<count on all cores and returns the results in order.
///
/// Blocks until all have ended; the error of the lowest index that failed is thrown. With one item
/// it runs on the calling thread.
package func parallelMap<Result: Sendable>(
  count: Int, _ body: @Sendable (Int) throws(StoreError) -> Result
) throws(StoreError) -> [Result] {
  guard count > 1 else {
    var results: [Result] = []
    if count == 1 { results.append(try body(0)) }
    return results
  }
  let slots = Mutex([Swift.Result<Result, StoreError>?](repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: count) { index in
    let outcome: Swift.Result<Result, StoreError>
    do throws(StoreError) {
      outcome = .success(try body(index))
    } catch {
      outcome = .failure(error)
    }
    slots.withLock { $0[index] = outcome }
  }
  var results: [Result] = []
  results.reserveCapacity(count)
  for outcome in slots.withLock({ $0 }) {
    guard let outcome else { preconditionFailure("concurrentPerform runs every iteration") }
    results.append(try outcome.get())
  }
  return results
}
