import Synchronization
import TestSupport

/// What the disk would hold, had the power failed at one moment, and what was acknowledged by then.
final class CutState: Sendable {
  private struct State {
    var disk: MemoryDisk?
    var acknowledged: [Int] = []
  }

  private let state = Mutex(State())

  /// Notes an answer, unless the power has failed.
  func acknowledge(_ number: Int) {
    state.withLock { if $0.disk == nil { $0.acknowledged.append(number) } }
  }

  /// The power fails.
  func cut(_ disk: MemoryDisk) { state.withLock { $0.disk = disk } }

  /// Nil when the moment never came.
  var result: (disk: MemoryDisk, acknowledged: [Int])? {
    state.withLock { state in state.disk.map { ($0, state.acknowledged) } }
  }
}
