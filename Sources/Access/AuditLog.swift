package import Model
package import Objects
import Synchronization
import Wire

/// The file `access/audit.jsonl` of a store: a line for every write that came over REST.
///
/// Any thread may call. Entries that come at the same time share one write and one sync.
package final class AuditLog: Sendable {
  private struct Pending {
    var bytes: [UInt8] = []
    var count = 0
  }

  private struct Written {
    var file: DiskFile?
    /// The number of the last line of those that were written or lost.
    var count = 0
    /// The lines that could not be written, by their numbers, for those who still wait for them.
    var lost: [(lines: ClosedRange<Int>, error: StoreError)] = []
    /// True while the file may end within a line.
    var isTorn = false
    /// A failed sync may have lost lines, so that nothing after it can be trusted either.
    var failure: StoreError?
  }

  private static let path = StoreLayout.accessAudit

  private let disk: any Disk
  private let pending = Mutex(Pending())
  private let written = Mutex(Written())

  /// The log below the root of `disk`.
  package init(disk: any Disk) { self.disk = disk }

  deinit {
    written.withLock { state in
      if let file = state.file { disk.close(file) }
    }
  }

  /// Adds a line; it is durable when this returns.
  /// - Throws: ``StoreError`` of kind `unavailable` when it cannot be kept.
  package func append(_ entry: AuditEntry) throws(StoreError) {
    let line = Documents.encode(entry) + [UInt8(ascii: "\n")]
    let number = pending.withLock { pending in
      pending.bytes += line
      pending.count += 1
      return pending.count
    }
    try written.withLock { (state) throws(StoreError) in
      if let lost = state.lost.last(where: { $0.lines.contains(number) }) { throw lost.error }
      // The holder of the lock before may have written this line along with its own.
      if state.count >= number { return }
      if let failure = state.failure { throw failure }
      let batch = pending.withLock { pending in
        defer { pending.bytes = [] }
        return (bytes: pending.bytes, count: pending.count)
      }
      defer { state.count = batch.count }
      do throws(StoreError) {
        try write(batch.bytes, &state)
      } catch {
        state.lost = state.lost.suffix(Self.mostLost)
        state.lost.append((state.count + 1...batch.count, error))
        throw error
      }
    }
  }

  /// More failures than there are threads that could wait for their lines.
  private static let mostLost = 1000

  private func write(_ bytes: [UInt8], _ state: inout Written) throws(StoreError) {
    do throws(StoreError) {
      let file: DiskFile
      if let open = state.file { file = open } else { file = try open() }
      state.file = file
      let start = state.isTorn ? [UInt8(ascii: "\n")] : []
      state.isTorn = true
      try disk.write(start + bytes, to: file)
      state.isTorn = false
      do throws(StoreError) {
        try disk.sync(file)
      } catch {
        state.failure = Self.unwritten(error, advice: "; then start the server again")
        throw error
      }
    } catch {
      throw state.failure ?? Self.unwritten(error, advice: "")
    }
  }

  private static func unwritten(_ error: StoreError, advice: String) -> StoreError {
    StoreError(
      .unavailable,
      "the change was made, but the audit log \(path) has no line of it: \(error.message)\(advice)")
  }

  private func open() throws(StoreError) -> DiskFile {
    try AccessFolder.make(on: disk)
    let file = try disk.openShared(Self.path)
    do throws(StoreError) {
      try disk.syncDirectory(AccessFolder.name)
    } catch {
      disk.close(file)
      throw error
    }
    return file
  }
}
