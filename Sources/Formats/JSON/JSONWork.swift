import Synchronization

/// A count of the JSON text that readers have parsed: work that does not depend on the machine.
///
/// Tests and benchmarks count what they run within ``withCount(_:)``; nothing else does.
package final class JSONWork: Sendable {
  @TaskLocal static var current: JSONWork?

  private let count = Atomic(0)

  private init() {}

  func add(_ bytes: Int) { count.add(bytes, ordering: .relaxed) }

  /// Runs `body` and returns the bytes of rows that were parsed for it, those of a second pass
  /// again.
  package static func withCount<Failure: Error>(
    _ body: () throws(Failure) -> Void
  ) throws(Failure) -> Int {
    let work = JSONWork()
    var failure: Failure?
    $current.withValue(work) {
      do throws(Failure) { try body() } catch { failure = error }
    }
    if let failure { throw failure }
    return work.count.load(ordering: .relaxed)
  }
}
