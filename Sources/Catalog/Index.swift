import GRDB
package import Model
import Synchronization

/// The local SQLite index of a store: where everything is that logs and packs say.
///
/// Derived: deleting its file loses nothing, and a damaged or foreign file is replaced by an empty
/// index, which the caller fills again from the packs. Any thread may call, and several processes
/// may share the file; calls block, for microseconds as a rule. A call throws ``StoreError``:
/// `corrupt` with ``isDamaged`` set when the index itself is broken (then ``reset()`` it, catch up
/// and try again), `corrupt` without it when a log contradicts itself, `unavailable` when the file
/// is locked or cannot be read, `exhausted` when the disk is full.
package final class Index: Sendable {
  private struct State {
    var open: OpenIndex
    var isDamaged = false
    var generation = 0
  }

  private let path: String
  /// The id of the store whose index this is.
  let store: String
  /// The key of all checksums.
  let key: RowChecksum
  private let state: Mutex<State>
  /// Packs by id.
  ///
  /// An id is never given twice, so a row once read stays right.
  let packRows = Mutex<[Int64: PackRow]>([:])

  /// Opens the index of `store` at `path`, making it first when there is none or none that can be
  /// used: that of another store is none.
  package init(path: String, store: String = "") throws(StoreError) {
    self.path = path
    self.store = store
    key = RowChecksum(store: store)
    do {
      state = Mutex(State(open: try IndexFile.open(path, store)))
    } catch {
      throw Self.failure(error)
    }
  }

  /// Whether a call found the index broken.
  package var isDamaged: Bool { state.withLock { $0.isDamaged } }

  /// Rises whenever what the index said before may not be what it says now, beyond what was added:
  /// whoever asks several things asks again when it rose meanwhile.
  package var generation: Int { state.withLock { $0.generation } }

  /// Notes that what the index says cannot be, so that it is made anew.
  package func distrust(_ what: String) -> StoreError {
    state.withLock { $0.isDamaged = true }
    return Self.failure(IndexDamage(what: what))
  }

  func startGeneration() {
    packRows.withLock { $0.removeAll() }
    state.withLock { $0.generation += 1 }
  }

  /// Replaces the index by an empty one, for this process and those that open it from now on.
  /// - Parameters:
  ///   - adopts: whether an index that another process made in the place of this one is opened
  ///     instead.
  ///   - isPrivate: whether it is made in memory, where nobody can remove it.
  package func reset(adopts: Bool = false, isPrivate: Bool = false) throws(StoreError) {
    do {
      // Not closed: closing would remove the write-ahead log by name, which may be that of an index
      // that another process made anew by now.
      leaveOpen()
      let isReplaced = state.withLock { $0.open.files.isReplaced }
      let open =
        adopts && isReplaced
        ? try IndexFile.open(path, store)
        : try IndexFile.replace(isPrivate ? ":memory:" : path, store)
      packRows.withLock { $0.removeAll() }
      state.withLock { $0 = State(open: open, generation: $0.generation + 1) }
    } catch {
      throw Self.failure(error)
    }
  }

  /// Leaves the file open until the process ends, which skips the checkpoint that SQLite makes when
  /// the last connection closes, and its two syncs.
  ///
  /// For a process that is about to end: whoever opens the file next reads the write-ahead log
  /// instead. A log that grew long is checkpointed after all, since processes that each write once
  /// would otherwise never start it afresh (https://www.sqlite.org/wal.html, "Avoiding Excessively
  /// Large WAL Files").
  package func leaveOpen() {
    let open = state.withLock { $0.open }
    if IndexFile.logBytes(path) >= Self.longLogBytes, open.files.isUnchanged {
      // The index is derived; the next process makes up for a checkpoint that failed.
      try? open.queue.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      }
    }
    // Retained for good on purpose: the operating system closes the file.
    _ = unsafe Unmanaged.passRetained(open.queue)
  }

  /// About four small commits.
  private static let longLogBytes = 256 << 10

  /// Runs reads in one transaction, so that they see one state.
  func read<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    try run { queue in
      try queue.writeWithoutTransaction { database in
        var result: Result?
        try database.inTransaction(.deferred) {
          result = try body(database)
          return .commit
        }
        return result
      }
    }
  }

  /// Runs one statement on its own, which needs no transaction to see one state.
  func readOnce<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    try run { queue in try queue.writeWithoutTransaction { try body($0) } }
  }

  /// Runs changes in one transaction: all of them happen, or none.
  func write(_ body: (Database) throws -> Void) throws(StoreError) {
    try run(isWriting: true) { queue -> Void? in
      try queue.writeWithoutTransaction { database in
        try database.inTransaction(.immediate) {
          try body(database)
          return .commit
        }
      }
    }
  }

  /// - Parameter isWriting: whether all files have to be of one index; whoever reads goes on with
  ///   those that it has open.
  private func run<Result>(
    isWriting: Bool = false, _ body: (DatabaseQueue) throws -> Result?
  ) throws(StoreError) -> Result {
    let open = state.withLock { $0.open }
    do {
      guard isWriting ? open.files.isByItself : open.files.hasSharedMemory else {
        throw Self.otherFiles
      }
      guard let result = try body(open.queue) else {
        throw IndexDamage(what: "a read gave no answer")
      }
      return result
    } catch {
      var cause = error
      if let failure = error as? DatabaseError, IndexFile.mayTellOtherFiles(failure),
        !open.files.isUnchanged
      {
        cause = Self.otherFiles
      }
      if Self.isDamage(cause) { state.withLock { $0.isDamaged = true } }
      throw Self.failure(cause)
    }
  }

  private static let otherFiles = IndexDamage(
    what: "its files were removed, exchanged or cut short while it was open")

  private static func isDamage(_ error: any Error) -> Bool {
    if error is IndexDamage { return true }
    return (error as? DatabaseError).map(IndexFile.isDamage) ?? false
  }

  private static func failure(_ error: any Error) -> StoreError {
    if let error = error as? StoreError { return error }
    if let damage = error as? IndexDamage {
      return StoreError(
        .corrupt, "index.sqlite is damaged (\(damage.what)); run reindex, which loses nothing")
    }
    guard let error = error as? DatabaseError else {
      return StoreError(.unavailable, "index.sqlite cannot be used: \(error)")
    }
    let reason = error.message ?? error.resultCode.description
    if IndexFile.isDamage(error) {
      return StoreError(
        .corrupt, "index.sqlite is damaged (\(reason)); run reindex, which loses nothing")
    }
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return StoreError(
        .unavailable, "index.sqlite is in use by another process for too long; try again")
    case .SQLITE_FULL:
      return StoreError(
        .exhausted, "the disk is full: index.sqlite cannot grow; free space and try again")
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_CANTOPEN:
      return StoreError(
        .denied, "index.sqlite cannot be opened or written (\(reason)); check who owns the store")
    default:
      return StoreError(.unavailable, "index.sqlite cannot be used (\(reason)); try again")
    }
  }
}

/// The index holds something that nobody wrote there.
struct IndexDamage: Error {
  /// What was found, as part of a sentence.
  let what: String
}
