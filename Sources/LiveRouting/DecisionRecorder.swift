import Columns
import Model
import Synchronization
import Wire

/// A queue of decisions on their way to disk: a caller that decides never waits, and lost decisions
/// are counted.
final class DecisionRecorder: Sendable {
  private struct State {
    var records: [DatasetName: [DecisionRecord]] = [:]
    var waiting = 0
    var counts: [DatasetName: RouterDocument.Recording] = [:]
  }

  /// The most decisions that wait; more are dropped.
  private let limit: Int
  /// The most bytes of rows that are appended at once, of 16 MiB that a row service takes.
  private static let partBytes = 4 << 20
  private let rows: any RowService
  private let state = Mutex(State())

  /// A queue of at most `limit` decisions that go to `rows`.
  init(_ rows: any RowService, limit: Int) {
    self.rows = rows
    self.limit = limit
  }

  /// Takes a decision of `route` to be kept.
  func take(_ record: DecisionRecord, of route: DatasetName) {
    state.withLock { state in
      guard state.waiting < limit else {
        state.counts[route, default: .init()].dropped += 1
        return
      }
      state.waiting += 1
      state.records[route, default: []].append(record)
    }
  }

  /// Counts a decision that was left out on purpose.
  func skip(_ route: DatasetName) {
    state.withLock { $0.counts[route, default: .init()].unsampled += 1 }
  }

  /// The counts of the decisions of `route`.
  func counts(of route: DatasetName) -> RouterDocument.Recording {
    state.withLock { state in
      var counts = state.counts[route] ?? .init()
      counts.waiting = state.records[route]?.count ?? 0
      return counts
    }
  }

  /// The counts of all decisions.
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

  /// Writes the decisions that wait; they are on disk when it returns.
  /// - Returns: the failures; those decisions are lost, and counted.
  func flush() -> [(route: DatasetName, error: StoreError)] {
    let waiting = state.withLock { state in
      let records = state.records
      state.records = [:]
      return records
    }
    var failures: [(DatasetName, StoreError)] = []
    for (route, records) in waiting.sorted(by: { $0.key < $1.key }) {
      for part in Self.parts(of: records) {
        do throws(StoreError) {
          let decisions = try DatasetName(route.text + ".decisions")
          try rows.appendRows(to: decisions, RowBatch(part))
          count(part.count, of: route, isLost: false)
        } catch {
          count(part.count, of: route, isLost: true)
          failures.append((route, error))
        }
      }
    }
    return failures
  }

  /// Runs of records that are each small enough to be taken at once.
  private static func parts(of records: [DecisionRecord]) -> [[DecisionRecord]] {
    var parts: [[DecisionRecord]] = []
    var bytes = 0
    for record in records {
      if parts.isEmpty || bytes + record.byteCount > partBytes {
        parts.append([])
        bytes = 0
      }
      parts[parts.count - 1].append(record)
      bytes += record.byteCount
    }
    return parts
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
