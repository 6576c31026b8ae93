import Statistics
import Model
import Platform
import Synchronization

/// Who waits for a long analysis: asked whether they still do, and told how far it is.
package struct Waiting: Sendable {
  /// Asked now and then, among others on the thread that the analysis was called on; true ends it.
  package var isCancelled: (@Sendable () -> Bool)?
  /// Told from any thread which part is done, from 0 to 1.
  package var onProgress: (@Sendable (Double) -> Void)?

  /// Somebody who waits to the end, and asks nothing.
  package init() {}

  /// Ends an analysis that nobody waits for.
  /// - Throws: ``StoreError`` of kind `exhausted`.
  func check() throws(StoreError) {
    if isCancelled?() == true { throw StoreError(.exhausted, "nobody waits for the answer") }
  }

  /// Draws on all cores, about `shareCount` shares of them altogether.
  func draws(shareCount: Int) -> Draws<StoreError> {
    let done = Done()
    return Draws<StoreError> { count, share throws(StoreError) in
      _ = try parallelMap(count: count) { number throws(StoreError) in
        try check()
        share(number)
        onProgress?(min(1, Double(done.next()) / Double(max(1, shareCount))))
      }
    }
  }

  /// How many shares are done, counted by all threads.
  private final class Done: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
  }
}
