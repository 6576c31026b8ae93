import Dispatch
import Foundation
package import Model
import Synchronization

/// Calls `body` for 0..<count on all cores and returns the results in order.
///
/// Each worker makes a state of its own (an encoder, a decoder) and takes the next number until
/// none is left, so a state costs once a worker. Blocks until all have ended; of several errors,
/// the one of the lowest number is thrown. With one number it runs on the calling thread.
///
/// The calling thread waits for work that others have begun, and never for a thread: where others
/// hold all of them, it does all of the work itself. No number is begun once the call that it works
/// on was cancelled (``CancellationFlag``).
package func parallelMap<State: ~Copyable, Result: Sendable>(
  count: Int, state makeState: @Sendable () throws(StoreError) -> State,
  _ body: @Sendable (inout State, Int) throws(StoreError) -> Result
) throws(StoreError) -> [Result] {
  let run = ParallelRun<Result>(count: count)
  // concurrentPerform wakes its workers a millisecond late, which is longer than most of our work;
  // a group's wake in less than a tenth of that.
  withoutActuallyEscaping(makeState) { makeState in
    withoutActuallyEscaping(body) { body in
      let flag = CancellationFlag.current
      let helpers = ParallelHelpers {
        CancellationFlag.$current.withValue(flag) { run.work(makeState, body) }
      }
      for _ in 1..<max(1, min(count, coreCount)) {
        HelperThreads.run { helpers.help() }
      }
      run.work(makeState, body)
      helpers.end()
    }
  }
  return try run.results()
}

/// The threads that help with one call; one that comes when the call has ended finds nothing to do.
private final class ParallelHelpers: Sendable {
  private let work: Mutex<(@Sendable () -> Void)?>
  /// Those that have begun.
  private let begun = DispatchGroup()

  init(_ work: @escaping @Sendable () -> Void) { self.work = Mutex(work) }

  func help() {
    if begin() { begun.leave() }
  }

  /// Does the work, of which nothing is held afterwards; false when the call has ended.
  private func begin() -> Bool {
    let work = work.withLock { work -> (@Sendable () -> Void)? in
      if work != nil { begun.enter() }
      return work
    }
    work?()
    return work != nil
  }

  /// Waits for those that have begun, and lets no other begin.
  func end() {
    work.withLock { $0 = nil }
    begun.wait()
  }
}

/// Threads for the helpers of all calls, no more at a time than there are cores.
///
/// They are not those of Dispatch, which Swift's tasks run on: work of minutes there would let no
/// task run, not even one that ends a server.
private enum HelperThreads {
  private static let running = Atomic(0)

  /// Does a job on a thread of its own, or not at all where there are enough.
  static func run(_ job: @escaping @Sendable () -> Void) {
    guard running.add(1, ordering: .relaxed).oldValue < coreCount else {
      running.subtract(1, ordering: .relaxed)
      return
    }
    Thread.detachNewThread {
      job()
      running.subtract(1, ordering: .relaxed)
    }
  }
}

/// Asked once, since asking reads files of the control group.
private let coreCount = ProcessInfo.processInfo.activeProcessorCount

/// The numbers still to be taken and the results so far, shared by the workers of one call.
private final class ParallelRun<Result: Sendable>: Sendable {
  private let count: Int
  private let next = Atomic(0)
  private let slots: Mutex<[Swift.Result<Result, StoreError>?]>

  init(count: Int) {
    self.count = count
    slots = Mutex([Swift.Result<Result, StoreError>?](repeating: nil, count: count))
  }

  func work<State: ~Copyable>(
    _ makeState: @Sendable () throws(StoreError) -> State,
    _ body: @Sendable (inout State, Int) throws(StoreError) -> Result
  ) {
    var index = next.add(1, ordering: .relaxed).oldValue
    guard index < count else { return }
    do throws(StoreError) {
      var state = try makeState()
      while index < count {
        do throws(StoreError) {
          try CancellationFlag.check()
          let result = try body(&state, index)
          slots.withLock { $0[index] = .success(result) }
        } catch {
          slots.withLock { $0[index] = .failure(error) }
        }
        index = next.add(1, ordering: .relaxed).oldValue
      }
    } catch {
      // The number that it took stays undone; no other thread takes it.
      slots.withLock { $0[index] = .failure(error) }
    }
  }

  func results() throws(StoreError) -> [Result] {
    let outcomes = slots.withLock { $0 }
    var results: [Result] = []
    results.reserveCapacity(count)
    for case .failure(let error)? in outcomes { throw error }
    for case .success(let result)? in outcomes { results.append(result) }
    return results
  }
}

/// ``parallelMap(count:state:_:)`` for work that needs no state.
package func parallelMap<Result: Sendable>(
  count: Int, _ body: @Sendable (Int) throws(StoreError) -> Result
) throws(StoreError) -> [Result] {
  try parallelMap(count: count) { () throws(StoreError) in
    ()
  } _: {
    (_: inout Void, index) throws(StoreError) in
    try body(index)
  }
}
