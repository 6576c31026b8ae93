import GRDB
package import Model
import Synchronization

/// The local SQLite index of a store: the places of all objects and records in logs and packs.
///
/// It is derived: deleting its file loses nothing, and a damaged or foreign file is replaced by an
/// empty index, which the caller fills again from the packs. Any thread may call, and several
/// processes may share the file; calls block, usually for microseconds. A call throws
/// ``StoreError``: `corrupt` with ``isDamaged`` set when the index itself is broken (then
/// ``reset()`` it, catch up and try again), `corrupt` without it when a log contradicts itself,
/// `unavailable` when the file is locked or the disk fails, `exhausted` when the disk is full.
package final class Index: Sendable {
  private struct State {
    var open: OpenIndex
    var isDamaged = false
    var isWithoutDisk = false
    var generation = 0
  }

  private let path: String
  /// The id of the store whose index this is.
  let store: String
  /// The key of all checksums.
  let key: RowChecksum
  /// The failure of the disk for which the index was made in memory when it was opened.
  package let diskFailure: StoreError?
  private let state: Mutex<State>
  /// The cache of packs by id.
  ///
  /// An id is never used twice, so a row stays valid once it was read.
  let packRows = Mutex<[Int64: PackRow]>([:])

  /// Opens the index of `store` at `path`; a missing or unusable index, or that of another store,
  /// is first replaced by an empty one.
  package init(path: String, store: String = "") throws(StoreError) {
    self.path = path
    self.store = store
    key = RowChecksum(store: store)
    do {
      let (open, failure) = try Self.open(path, store)
      state = Mutex(State(open: open))
      diskFailure = failure
    } catch {
      throw IndexFailure.storeError(error)
    }
  }

  /// Opens the file, or makes an index in memory where the disk has no room for one, or fails.
  private static func open(
    _ path: String, _ store: String
  ) throws -> (index: OpenIndex, failure: StoreError?) {
    do {
      return (try IndexFile.open(path, store), nil)
    } catch  where IndexFailure.isOfDisk(error) {
      return (try IndexFile.replace(":memory:", store), IndexFailure.storeError(error))
    }
  }

  /// True when a call found the index broken.
  package var isDamaged: Bool { state.withLock { $0.isDamaged } }

  /// True when a call could not read or write the index, since the disk is full or fails: one in
  /// memory serves as well (``reset(adopts:isPrivate:)``).
  package var isWithoutDisk: Bool { state.withLock { $0.isWithoutDisk } }

  /// A counter that rises when earlier answers of the index may no longer hold, apart from
  /// additions: a caller of several reads repeats them when it rose in between.
  package var generation: Int { state.withLock { $0.generation } }

  /// Marks the index as damaged, so that it is rebuilt, and returns the error to throw.
  package func distrust(_ what: String) -> StoreError {
    state.withLock { $0.isDamaged = true }
    return IndexFailure.storeError(IndexDamage(what: what))
  }

  func startGeneration() {
    packRows.withLock { $0.removeAll() }
    state.withLock { $0.generation += 1 }
  }

  /// Replaces the index by an empty one, for this process and those that open it later.
  /// - Parameters:
  ///   - adopts: True to open an index that another process made in the place of this one instead.
  ///   - isPrivate: True to make it in memory, where no other process can remove it.
  package func reset(adopts: Bool = false, isPrivate: Bool = false) throws(StoreError) {
    do {
      // Not closed: closing would remove the write-ahead log by name, which may belong to an index
      // that another process has rebuilt by now.
      leaveOpen()
      let isReplaced = state.withLock { $0.open.files.isReplaced }
      let open =
        adopts && isReplaced
        ? try IndexFile.open(path, store)
        : try IndexFile.replace(isPrivate ? ":memory:" : path, store)
      packRows.withLock { $0.removeAll() }
      state.withLock { $0 = State(open: open, generation: $0.generation + 1) }
    } catch {
      throw IndexFailure.storeError(error)
    }
  }

  /// Leaves the file open until the process ends, which skips the checkpoint that SQLite makes when
  /// the last connection closes, and its two syncs.
  ///
  /// For a process that is about to end: the next process to open the file reads the write-ahead
  /// log instead. A log that grew long is checkpointed nevertheless, since processes that each
  /// write once would otherwise never restart it (https://www.sqlite.org/wal.html, "Avoiding
  /// Excessively Large WAL Files").
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
    try run { database in
      var result: Result?
      try database.inTransaction(.deferred) {
        result = try body(database)
        return .commit
      }
      return result
    }
  }

  /// Runs one statement on its own, which needs no transaction to see one state.
  func readOnce<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    try run(body)
  }

  /// Runs changes in one transaction: all of them happen, or none.
  func write(_ body: (Database) throws -> Void) throws(StoreError) {
    try run(isWriting: true) { database -> Void? in
      try database.inTransaction(.immediate) {
        try body(database)
        return .commit
      }
    }
  }

  /// - Parameter isWriting: True when all files must belong to one index; a reader continues with
  ///   those that it has open.
  private func run<Result>(
    isWriting: Bool = false, _ body: (Database) throws -> Result?
  ) throws(StoreError) -> Result {
    let open = state.withLock { $0.open }
    do {
      guard isWriting ? open.files.isByItself : open.files.hasSharedMemory else {
        throw Self.otherFiles
      }
      let result = try open.queue.writeWithoutTransaction { database in
        try IndexFailure.explaining { try body(database) }
      }
      guard let result else { throw IndexDamage(what: "a read gave no answer") }
      return result
    } catch {
      let areOthers = IndexFailure.mayMeanOtherFiles(error) && !open.files.isUnchanged
      let cause: any Error = areOthers ? Self.otherFiles : error
      if IndexFailure.isDamage(cause) {
        // Another thread may have opened another index meanwhile, which this says nothing of.
        state.withLock { if $0.open.queue === open.queue { $0.isDamaged = true } }
      }
      if IndexFailure.isOfDisk(cause) {
        state.withLock { if $0.open.queue === open.queue { $0.isWithoutDisk = true } }
      }
      throw IndexFailure.storeError(cause)
    }
  }

  private static let otherFiles = IndexDamage(
    what: "its files were removed, exchanged or cut short while it was open")
}
