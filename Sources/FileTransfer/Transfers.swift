import Dispatch
import Foundation
import Model
import Synchronization
import Wire

/// A few transfers at a time, each on a thread of its own, since they wait for disks and networks.
///
/// The first error ends it: what has begun is finished, nothing more is begun.
final class Transfers<Result: Sendable>: Sendable {
  /// The number of transfers that run at a time.
  private static var width: Int { 4 }

  private struct State {
    var next = 0
    var results: [Result?]
    var failure: (index: Int, error: StoreError)?
  }

  private let state: Mutex<State>
  private let done = Mutex(0)
  private let count: Int

  private init(count: Int) {
    self.count = count
    state = Mutex(State(results: [Result?](repeating: nil, count: count)))
  }

  /// Does `body` for each of 0..<count, and reports how many of `total` bytes are done.
  /// - Returns: The results in order.
  static func run(
    count: Int, total: Int, progress: (Wire.Progress) -> Void,
    _ body:
      @escaping @Sendable (Int, _ report: @escaping (Int) -> Void) throws(StoreError) ->
      Result
  ) throws(StoreError) -> [Result] {
    let transfers = Transfers(count: count)
    let group = DispatchGroup()
    for _ in 0..<min(width, count) {
      group.enter()
      Thread.detachNewThread {
        transfers.work(body)
        group.leave()
      }
    }
    while group.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
      let done = transfers.done.withLock { $0 }
      progress(Wire.Progress(done: done, total: total, unit: .bytes))
    }
    return try transfers.results()
  }

  private func work(
    _ body: @Sendable (Int, _ report: @escaping (Int) -> Void) throws(StoreError) -> Result
  ) {
    while let index = take() {
      do throws(StoreError) {
        let result = try body(index) { bytes in self.done.withLock { $0 += bytes } }
        state.withLock { $0.results[index] = result }
      } catch {
        state.withLock { state in
          if state.failure.map({ index < $0.index }) ?? true { state.failure = (index, error) }
        }
      }
    }
  }

  private func take() -> Int? {
    state.withLock { state in
      guard state.failure == nil, state.next < count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }

  private func results() throws(StoreError) -> [Result] {
    let end = state.withLock { ($0.results, $0.failure) }
    if let failure = end.1 { throw failure.error }
    return end.0.compactMap(\.self)
  }
}
