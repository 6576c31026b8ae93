import Columns
import GRDBSQLite
import Model

/// What the callbacks of one running query share: its limits, its tables, and why it failed.
///
/// Used by one thread, the one that runs the query.
final class QueryState {
  let source: any QuerySource
  let options: QueryOptions
  /// The first error that a callback met; SQLite itself only carries a text.
  private(set) var failure: StoreError?
  /// Tables by the number that their `CREATE VIRTUAL TABLE` names.
  var tables: [(name: String, table: QueryTable)] = []
  /// True while the query's own virtual tables are made, which the authorizer would refuse.
  var isDefining = false
  /// Bytes held by scans and aggregates, which SQLite does not count.
  private var heldBytes = 0
  private let started = ContinuousClock.now
  private let deadline: ContinuousClock.Instant
  private let baselineBytes = sqlite3_memory_used()

  init(source: any QuerySource, options: QueryOptions) {
    self.source = source
    self.options = options
    deadline = started + .seconds(options.timeLimitSeconds)
  }

  /// Keeps the first error.
  func fail(_ error: StoreError) {
    if failure == nil { failure = error }
  }

  /// Counts memory that a scan or an aggregate takes (or gives back, when negative).
  func hold(bytes: Int) { heldBytes += bytes }

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
    let used = Int(sqlite3_memory_used() - baselineBytes) + heldBytes
    guard used <= options.memoryLimitBytes else {
      throw StoreError(
        .exhausted,
        "the query was stopped at its memory limit of \(options.memoryLimitBytes >> 20) MiB; "
          + "select fewer columns, narrow it with WHERE, or raise the memory limit")
    }
  }

  /// The same for callbacks, which cannot throw: whether the query must end.
  func mustStop() -> Bool {
    do throws(StoreError) {
      try check()
      return failure != nil
    } catch {
      fail(error)
      return true
    }
  }

  private static func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() && seconds < 1e9 ? String(Int(seconds)) : String(seconds)
  }
}
