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

  /// The length to which a dataset's log was compared with the index, and its folder's last change.
  private struct Compared {
    let sequence: Int
    let changed: Timestamp
  }

  private let logs = Mutex<[DatasetName: Compared]>([:])
  /// Held while the index is rebuilt, in part or as a whole; the names of the files that objects
  /// were last located in.
  private let located = Mutex<[String]?>(nil)

  init(objects: any ObjectStore, index: Index) {
    self.objects = objects
    self.index = index
  }

  func compared(_ dataset: DatasetName) -> (sequence: Int, changed: Timestamp)? {
    logs.withLock { $0[dataset] }.map { ($0.sequence, $0.changed) }
  }

  func note(_ dataset: DatasetName, _ sequence: Int, _ changed: Timestamp) {
    logs.withLock { $0[dataset] = Compared(sequence: sequence, changed: changed) }
  }

  /// Notes a record that this process has written, and so need not compare.
  func noteCommit(to dataset: DatasetName, _ sequence: Int) {
    guard let changed = try? objects.changed(StoreLayout.logPrefix(dataset)) else { return }
    note(dataset, sequence, changed)
  }

  /// Runs `body`; when that finds the index broken, rebuilds the index and runs it again.
  ///
  /// A read of an index that another thread rebuilt meanwhile is repeated too.
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
        guard index.isDamaged, repairs < Self.mostRepairs else { throw error }
        repairs += 1
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
  ///   removes the files faster than they can be filled.
  private func reset(_ names: inout [String]?, repair: Int = 0) throws(StoreError) {
    names = nil
    logs.withLock { $0 = [:] }
    try index.reset(adopts: repair == 1, isPrivate: repair == Self.mostRepairs)
  }

  /// The names of all datasets, sorted, each with the reason if its log cannot be read to its end.
  ///
  /// They come from the folders, and from the index for folders that are lost.
  func survey() throws(StoreError) -> [(dataset: DatasetName, problem: StoreError?)] {
    var found: [DatasetName: StoreError?] = [:]
    for folder in try objects.folders(StoreLayout.logs) {
      guard let dataset = StoreLayout.parseLogPrefix(folder) else { continue }
      do throws(StoreError) {
        try readLog(of: dataset)
      } catch  where !index.isDamaged {
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

  /// Takes in all logs, as far as they can be read, and all packs.
  func catchUp() throws(StoreError) {
    try repairing { () throws(StoreError) in
      _ = try survey()
      try indexPacks()
    }
  }

  /// Rebuilds the index's locations of objects; records stay, since the index may be the only one
  /// to remember them.
  /// - Returns: false when the files are those in which objects were last located.
  @discardableResult
  func relocate() throws(StoreError) -> Bool {
    try located.withLock { known throws(StoreError) in
      var names = try StoreContents.names(objects)
      if names == known { return false }
      // Files appear while others are read: what was moved from one to the other must be seen.
      for _ in 0..<5 {
        var packs: [IndexedPack] = []
        for name in names {
          objects.refresh(name)
          if let pack = try readablePack(name) { packs.append(pack) }
        }
        try index.relocate(packs)
        let later = try StoreContents.names(objects)
        if later == names { break }
        names = later
      }
      known = names
      return true
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
    // rebuilt.
    for effort in 0..<4 {
      if effort == 2 { try catchUp() }
      if effort == 3, try !relocate() { break }
      guard let found = try repairing(place), found != tried else { continue }
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
