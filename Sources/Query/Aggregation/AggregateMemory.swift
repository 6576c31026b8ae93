import Columns
import Model
import Synchronization

/// What a source keeps of the aggregates of earlier queries, so that a query asked again reads only
/// what is new.
///
/// Bounded; any thread may use it. Row groups are known by the digests of their chunks, which fix
/// their values, so nothing is ever invalidated.
package final class AggregateMemory: Sendable {
  /// What a row group's aggregates depend on, next to the plan.
  struct RowGroupKey: Hashable, Sendable {
    let rows: Int
    let digests: [Digest]
    /// The version where aggregates depend on it.
    let version: VersionKey?
  }

  /// What a version shows of itself in SQL; numbers alone do not tell datasets apart.
  struct VersionKey: Hashable, Sendable {
    let number: Int
    let createdAt: Timestamp
    let message: String

    init(_ part: any QueryPart) {
      (number, createdAt, message) = (part.version, part.createdAt, part.message)
    }
  }

  /// A row group as it was merged.
  struct MergedKey: Hashable, Sendable {
    let rowGroup: RowGroupKey
    /// The version where groups depend on it.
    let version: VersionKey?
  }

  /// What is known of one plan.
  struct Entry: Sendable {
    /// The row groups in `state`, in their order.
    let merged: [MergedKey]
    let state: GroupedState
    /// Empty when it was too much to keep.
    let partials: [RowGroupKey: RowGroupPartial]
    let bytes: Int
  }

  private struct Entries {
    var byPlan: [String: (entry: Entry, used: Int)] = [:]
    var bytes = 0
    var clock = 0
  }

  /// The most that the row groups' aggregates of one plan may take.
  static let partialLimitBytes = 24 << 20

  private let limitBytes: Int
  private let entries = Mutex(Entries())

  /// A memory of at most `limitBytes`.
  package init(limitBytes: Int = 64 << 20) { self.limitBytes = limitBytes }

  func entry(_ plan: String) -> Entry? {
    entries.withLock { entries in
      entries.clock += 1
      entries.byPlan[plan]?.used = entries.clock
      return entries.byPlan[plan]?.entry
    }
  }

  /// Keeps an entry, in place of an earlier one for the plan and of those not used for longest.
  func keep(_ entry: Entry, for plan: String) {
    guard entry.bytes <= limitBytes / 2 else { return }
    entries.withLock { entries in
      entries.clock += 1
      let old = entries.byPlan.updateValue((entry, entries.clock), forKey: plan)
      entries.bytes += entry.bytes - (old?.entry.bytes ?? 0)
      while entries.bytes > limitBytes,
        let oldest = entries.byPlan.min(by: { $0.value.used < $1.value.used })
      {
        entries.byPlan[oldest.key] = nil
        entries.bytes -= oldest.value.entry.bytes
      }
    }
  }
}
