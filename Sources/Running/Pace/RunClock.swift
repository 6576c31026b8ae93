/// The time of a run, as a duration since some moment, and waits.
package protocol RunClock: Sendable {
  /// The time since the clock began; it never goes back.
  var now: Duration { get }

  /// Waits until the clock shows `time`, or the task is cancelled.
  func sleep(until time: Duration) async
}

/// The clock of the machine.
package struct SystemRunClock: RunClock {
  private let start = ContinuousClock.now

  /// A clock that begins now.
  package init() {}

  package var now: Duration { ContinuousClock.now - start }

  package func sleep(until time: Duration) async {
    try? await Task.sleep(until: start + time)
  }
}
