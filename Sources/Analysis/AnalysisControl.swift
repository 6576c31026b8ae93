import Model
import Platform
import Statistics
import Synchronization

/// The cancellation and progress of a long-running analysis.
package struct AnalysisControl: Sendable {
  /// Asked now and then, among others on the thread that the analysis was called on; true ends it.
  package var isCancelled: (@Sendable () -> Bool)?
  /// Called from any thread with the part done, from 0 to 1.
  package var onProgress: (@Sendable (Double) -> Void)?

  /// A control that never cancels.
  package init() {}

  /// Throws when the request was cancelled.
  /// - Throws: ``StoreError`` of kind `exhausted`.
  func check() throws(StoreError) {
    if isCancelled?() == true { throw .cancelled }
    try CancellationFlag.check()
  }

  /// Resampling on all cores, in about `shareCount` shares altogether.
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

  /// Resampling on all cores without progress.
  static var draws: Draws<StoreError> { AnalysisControl().draws(shareCount: 0) }

  /// The number of shares done, counted by all threads.
  private final class Done: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
  }
}
