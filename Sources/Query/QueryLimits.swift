import GRDBSQLite
import Model
import Synchronization

/// The limits of one query and what it has used of them; any thread may ask.
final class QueryLimits: Sendable {
  private let options: QueryOptions
  private let deadline: ContinuousClock.Instant
  private let baselineBytes = sqlite3_memory_used()
  /// Bytes held by scans and aggregates, which SQLite does not count.
  private let heldBytes = Atomic(0)

  init(_ options: QueryOptions) {
    self.options = options
    deadline = ContinuousClock.now + .seconds(options.timeLimitSeconds)
  }

  /// Counts memory that a scan or an aggregate takes (or gives back, when negative).
  func hold(bytes: Int) { heldBytes.add(bytes, ordering: .relaxed) }

  /// Ends the query when one of its limits is reached.
  func check() throws(StoreError) {
    if let isCancelled = options.isCancelled, isCancelled() {
      throw StoreError(.exhausted, "the query was cancelled")
    }
    guard ContinuousClock.now < deadline else {
      throw StoreError(
        .exhausted,
        "the query was stopped after its time limit of \(Self.text(options.timeLimitSeconds)) s; "
          + "narrow it with WHERE or LIMIT, or raise the time limit")
    }
    let used =
      Int(sqlite3_memory_used() - baselineBytes) + heldBytes.load(ordering: .relaxed)
    guard used <= options.memoryLimitBytes else {
      throw StoreError(
        .exhausted,
        "the query was stopped at its memory limit of \(options.memoryLimitBytes >> 20) MiB; "
          + "select fewer columns, narrow it with WHERE, or raise the memory limit")
    }
  }

  private static func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() && seconds < 1e9 ? String(Int(seconds)) : String(seconds)
  }
}
