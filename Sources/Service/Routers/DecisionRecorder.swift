import Access
import Model
import Synchronization
import Wire

/// Keeps decisions on their way to disk: those who decide never wait, and what is lost is counted.
final class DecisionRecorder: Sendable {
  /// Rows of one dataset that wait.
  private struct Batch {
    var lines: [UInt8] = []
    var count = 0
  }

  private struct State {
    var batches: [DatasetName: Batch] = [:]
    var waiting = 0
    var counts: [DatasetName: RouterDocument.Recording] = [:]
  }

  /// So many decisions may wait; more are dropped.
  private static let limit = 50_000
  private let rows: LocalRowService
  private let state = Mutex(State())

  /// Decisions that go to `rows`.
  init(_ rows: LocalRowService) { self.rows = rows }

  /// Takes a decision of `route` to be kept.
  func take(_ row: [UInt8], of route: DatasetName) {
    state.withLock { state in
      guard state.waiting < Self.limit else {
        state.counts[route, default: .init()].dropped += 1
        return
      }
      state.waiting += 1
      state.batches[route, default: Batch()].lines.append(contentsOf: row)
      state.batches[route, default: Batch()].lines.append(UInt8(ascii: "\n"))
      state.batches[route, default: Batch()].count += 1
    }
  }

  /// Counts a decision that was left out on purpose.
  func skip(_ route: DatasetName) {
    state.withLock { $0.counts[route, default: .init()].unsampled += 1 }
  }

  /// What became of the decisions of `route`.
  func counts(of route: DatasetName) -> RouterDocument.Recording {
    state.withLock { state in
      var counts = state.counts[route] ?? .init()
      counts.waiting = state.batches[route]?.count ?? 0
      return counts
    }
  }

  /// What became of all decisions.
  var total: RouterDocument.Recording {
    state.withLock { state in
      var total = RouterDocument.Recording()
      for count in state.counts.values {
        total.recorded += count.recorded
        total.dropped += count.dropped
        total.unsampled += count.unsampled
      }
      total.waiting = state.waiting
      return total
    }
  }

  /// Writes what waits; they are on disk when it returns.
  /// - Returns: what failed; those decisions are lost, and counted.
  func flush() -> [(route: DatasetName, error: StoreError)] {
    let batches = state.withLock { state in
      let batches = state.batches
      state.batches = [:]
      return batches
    }
    var failures: [(DatasetName, StoreError)] = []
    for (route, batch) in batches.sorted(by: { $0.key < $1.key }) {
      do throws(StoreError) {
        let decisions = try DatasetName(route.text + ".decisions")
        // Whoever asks has a say in what is recorded, so that it may name nothing new.
        let recorder = Caller(
          tokenID: nil, name: "", scope: .write, reach: .dataset(decisions), expiresAt: nil)
        _ = try rows.appendRows(
          to: decisions, batch.lines, .lines, idempotencyKey: nil, as: recorder)
        count(batch.count, of: route, isLost: false)
      } catch {
        count(batch.count, of: route, isLost: true)
        failures.append((route, error))
      }
    }
    return failures
  }

  private func count(_ rows: Int, of route: DatasetName, isLost: Bool) {
    state.withLock { state in
      state.waiting -= rows
      if isLost {
        state.counts[route, default: .init()].dropped += rows
      } else {
        state.counts[route, default: .init()].recorded += rows
      }
    }
  }
}
