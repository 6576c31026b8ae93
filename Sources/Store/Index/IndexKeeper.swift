import Catalog
import Model
import Objects
import Synchronization

/// Keeps the index in step with logs and packs, and verifies its answers.
///
/// An object that the index does not know, or has in the wrong place, is looked for in every file
/// before it is reported missing; an index that is found wrong is rebuilt, and read again. Any
/// thread may call.
final class IndexKeeper: Sendable {
  let objects: any ObjectStore
  let index: Index

  /// A sign, cheap to read, of whether a log is as it was: a hint, since bytes may change under it.
  struct Stamp: Equatable {
    /// The last change of its folder.
    let changed: Timestamp
    /// The file of its newest record; nil for one that is lost.
    let newest: FileStatus?
  }

  /// The newest record of a dataset's log when the index was last compared with it.
  private struct Compared {
    let head: DatasetHead
    let stamp: Stamp
  }

  private let logs = Mutex<[DatasetName: Compared]>([:])
  /// Held while the index is rebuilt, in part or as a whole; the names of the files that objects
  /// were last located in.
  private let located = Mutex<[String]?>(nil)
  /// Receives the failures of a disk that another index in memory makes up for.
  private let warn: @Sendable (String) -> Void

  init(
    objects: any ObjectStore, index: Index, warn: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.objects = objects
    self.index = index
    self.warn = warn
    if let failure = index.diskFailure { report(failure) }
  }

  /// Warns of a disk that fails; a full one is reported by what cannot be saved on it.
  private func report(_ failure: StoreError) {
    guard failure.kind == .unavailable else { return }
    warn("\(failure.message); until then each process makes one of its own in memory")
  }

  /// Returns true when a log has the stamp with which its newest record was last compared.
  func isCompared(_ head: DatasetHead, _ stamp: Stamp?) -> Bool {
    logs.withLock { $0[head.dataset] }.map { $0.head == head && $0.stamp == stamp } ?? false
  }

  func note(_ head: DatasetHead, _ stamp: Stamp) {
    logs.withLock { $0[head.dataset] = Compared(head: head, stamp: stamp) }
  }

  /// Notes a record that this process has written, and so need not compare.
  func noteCommit(of record: LogRecord) {
    let name = StoreLayout.logName(record.dataset, record.sequence)
    guard let changed = try? objects.changed(StoreLayout.logPrefix(record.dataset)),
      let newest = try? objects.status(of: name)
    else { return }
    note(DatasetHead(record), Stamp(changed: changed, newest: newest))
  }

  /// Runs `body`; when that finds the index broken, rebuilds the index and runs it again.
  ///
  /// A read of an index that another thread rebuilt meanwhile is repeated too. Where the disk has
  /// no room for the index, or fails, it is made in memory, for this process: reads and `gc` need
  /// none.
  func repairing<Result>(
    _ body: () throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    var repairs = 0
    while true {
      let generation = index.generation
      do throws(StoreError) {
        let result = try body()
        if index.generation == generation { return result }
      } catch {
        guard index.generation == generation else { continue }
        let isWithoutDisk = index.isWithoutDisk
        guard index.isDamaged || isWithoutDisk, repairs < Self.mostRepairs else { throw error }
        repairs = isWithoutDisk ? Self.mostRepairs : repairs + 1
        if isWithoutDisk { report(error) }
        try located.withLock { names throws(StoreError) in
          // Another process may have rebuilt it by now; its version is then right.
          if index.generation == generation { try reset(&names, repair: repairs) }
        }
      }
    }
  }

  /// Throws all away that the index says.
  func reset() throws(StoreError) {
    try located.withLock { names throws(StoreError) in try reset(&names) }
  }

  private static let mostRepairs = 4

  /// - Parameter repair: which repair of a call it is; the last makes an index in memory, for who
  ///   removes the files faster than they can be filled. So does any where they cannot be written.
  private func reset(_ names: inout [String]?, repair: Int = 0) throws(StoreError) {
    names = nil
    logs.withLock { $0 = [:] }
    do throws(StoreError) {
      try index.reset(adopts: repair == 1, isPrivate: repair == Self.mostRepairs)
    } catch  where repair > 0 && [.denied, .exhausted, .unavailable].contains(error.kind) {
      try index.reset(isPrivate: true)
    }
  }

  /// The names of all datasets, sorted, each with the reason if its log cannot be read to its end.
  ///
  /// They come from the folders, and from the index for folders that are lost.
  func survey() throws(StoreError) -> [(dataset: DatasetName, problem: StoreError?)] {
    var found: [DatasetName: StoreError?] = [:]
    for folder in try objects.folders(StoreLayout.logs) {
      guard let dataset = StoreLayout.parseLogPrefix(folder) else { continue }
      do throws(StoreError) {
        if try readLog(of: dataset) != nil { found[dataset] = .some(nil) }
      } catch  where !index.isDamaged && !index.isWithoutDisk {
        found[dataset] = .some(error)
      }
    }
    for head in try index.datasets() where found[head.dataset] == nil {
      found[head.dataset] = .some(nil)
    }
    return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Takes a pack out of the index; what else has its objects is not looked for.
  func forget(_ name: String) throws(StoreError) {
    try repairing { () throws(StoreError) in try index.replace([name], with: []) }
  }

  /// Takes in all logs, as far as they can be read, and all packs; within ``repairing(_:)``.
  func catchUp() throws(StoreError) {
    _ = try survey()
    try indexPacks()
  }

  /// Rebuilds the index's locations of objects, unless the files are those in which they were last
  /// located; records stay, since the index may be the only one to remember them.
  /// - Returns: the generation of the index that has the locations.
  @discardableResult
  func relocate() throws(StoreError) -> Int {
    try located.withLock { known throws(StoreError) in
      var names = try StoreContents.names(objects)
      if names == known { return index.generation }
      // Files appear while others are read: what was moved from one to the other must be seen.
      for _ in 0..<5 {
        var packs: [IndexedPack] = []
        for name in names {
          objects.refresh(name)
          if let pack = try readablePack(name) { packs.append(pack) }
        }
        try index.relocate(packs)
        known = names
        names = try StoreContents.names(objects)
        if names == known { break }
      }
      return index.generation
    }
  }

  /// Runs `body` on an index whose locations of objects were rebuilt.
  func relocating<Result>(
    _ body: () throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    // Once for each index: others may add files as fast as they are read.
    var located: Int?
    return try repairing { () throws(StoreError) in
      if located != index.generation { located = try relocate() }
      return try body()
    }
  }

  /// Looks up a place in the index and runs `body` on it; without one, or when `body` finds nothing
  /// at it, after looking into every file.
  ///
  /// - Parameter place: reads the index; nil when it does not know.
  /// - Returns: nil when no file has it.
  /// - Throws: what `body` threw last, once all files were looked at.
  func looking<Place: Equatable, Result>(
    _ place: () throws(StoreError) -> Place?,
    _ body: (Place) throws(StoreError) -> Result
  ) throws(StoreError) -> Result? {
    var tried: Place?
    var failure: StoreError?
    // As the index has it; as it has it by now, since compaction moves things; with new files;
    // rebuilt. In one with the question, since an index that was replaced in between is empty.
    for effort in 0..<4 {
      let found =
        if effort == 3 {
          try relocating(place)
        } else {
          try repairing { () throws(StoreError) in
            if effort == 2 { try catchUp() }
            return try place()
          }
        }
      guard let found, found != tried else { continue }
      do throws(StoreError) {
        return try body(found)
      } catch  where error.kind == .missing || error.kind == .corrupt {
        tried = found
        failure = error
      }
    }
    if let failure { throw failure }
    return nil
  }
}
