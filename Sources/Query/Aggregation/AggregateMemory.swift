import Columns
import Model
import Synchronization

/// A source's cache of the aggregates of earlier queries, so that a repeated query reads only what
/// is new.
///
/// Bounded; any thread may use it. Row groups are known by the digests of their chunks, which fix
/// their values, so nothing is ever invalidated.
package final class AggregateMemory: Sendable {
  /// The key of a row group's aggregates, next to the plan.
  struct RowGroupKey: Hashable, Sendable {
    let rows: Int
    let digests: [Digest]
    /// The version where aggregates depend on it.
    let version: VersionKey?
  }

  /// The version as SQL sees it; two datasets can have the same version number.
  struct VersionKey: Hashable, Sendable {
    let number: Int
    let createdAt: Timestamp
    let message: DataText

    init(_ part: any QueryPart) {
      (number, createdAt) = (part.version, part.createdAt)
      message = DataText(part.message)
    }

    /// Adds bytes that identify this version.
    func append(to bytes: inout [UInt8]) {
      for number in [Int64(number), createdAt.microseconds, Int64(message.string.utf8.count)] {
        for shift in stride(from: 0, to: 64, by: 8) {
          bytes.append(UInt8(truncatingIfNeeded: number >> Int64(shift)))
        }
      }
      bytes.append(contentsOf: message.string.utf8)
    }
  }

  /// The parts of a table that were merged, in their order.
  struct Merged: Hashable, Sendable {
    let partCount: Int
    /// Of what fixes the rows of the parts, and of their versions where groups or aggregates depend
    /// on these.
    let digest: Digest
  }

  /// The cached aggregates of one plan.
  struct Entry: Sendable {
    let merged: Merged
    let state: GroupedState
    /// The number of the merged rows that are not in the entry on disk.
    let unkeptRows: Int
    /// Empty when it was too much to keep.
    let partials: [RowGroupKey: RowGroupPartial]
    let bytes: Int
  }

  private struct Entries {
    var byPlan: [Digest: (entry: Entry, used: Int)] = [:]
    var bytes = 0
    var clock = 0
  }

  /// The most that the row groups' aggregates of one plan may take.
  static let partialLimitBytes = 24 << 20

  /// The size of an entry beside its own: its plan, and its place among others.
  static let entryBytes = 4096

  private let limitBytes: Int
  private let planLimit: Int
  private let entries = Mutex(Entries())

  /// The number of rows whose aggregates are worth keeping on disk: about a tenth of a second.
  let rowsWorthKeeping: Int

  /// A memory of at most `planLimit` plans and `limitBytes`, which keeps on disk what took
  /// `rowsWorthKeeping` rows.
  package init(
    limitBytes: Int = 64 << 20, planLimit: Int = 1024, rowsWorthKeeping: Int = 100_000
  ) {
    self.limitBytes = limitBytes
    self.planLimit = planLimit
    self.rowsWorthKeeping = rowsWorthKeeping
  }

  /// The number of plans kept, and their size.
  package var size: (plans: Int, bytes: Int) {
    entries.withLock { ($0.byPlan.count, $0.bytes) }
  }

  func entry(_ plan: Digest) -> Entry? {
    entries.withLock { entries in
      entries.clock += 1
      entries.byPlan[plan]?.used = entries.clock
      return entries.byPlan[plan]?.entry
    }
  }

  /// Keeps an entry, in place of an earlier one for the plan and of those not used for longest.
  func keep(_ entry: Entry, for plan: Digest) {
    guard entry.bytes <= limitBytes / 2 else { return }
    entries.withLock { entries in
      entries.clock += 1
      let old = entries.byPlan.updateValue((entry, entries.clock), forKey: plan)
      entries.bytes += entry.bytes - (old?.entry.bytes ?? 0)
      while entries.bytes > limitBytes || entries.byPlan.count > planLimit,
        let oldest = entries.byPlan.min(by: { $0.value.used < $1.value.used })
      {
        entries.byPlan[oldest.key] = nil
        entries.bytes -= oldest.value.entry.bytes
      }
    }
  }
}
