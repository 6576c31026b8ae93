import Catalog
import Columns
package import Model
import Objects

extension Store {
  /// Finds files that nothing refers to: uploads that were never finished and packs without a
  /// commit, as crashes and lost races leave them.
  ///
  /// With `apply` it removes those past the grace period.
  ///
  /// A commit under way writes its packs before its log file, so a young file may be about to be
  /// referred to; the grace period must be longer than any commit takes. It also moves the chunks
  /// of many small commits into few packs.
  /// - Throws: ``StoreError``, before anything is removed: `corrupt`, `denied` or `unavailable`
  ///   when a log, a pack or rows that wait to be sealed cannot be read, since references are then
  ///   unknown (run `verify`); later `denied` or `unavailable` when a file cannot be removed.
  package func collectGarbage(
    apply: Bool, graceSeconds: Int = 3600
  ) throws(StoreError) -> GarbageReport {
    var report = GarbageReport(isApplied: apply)
    let right: (any Sendable)? = apply ? try maintainable.collecting() : nil
    defer { withExtendedLifetime(right) {} }
    let oldest = Timestamp(
      microseconds: clock().microseconds - Int64(graceSeconds) * 1_000_000)
    // Before versions are read: a file that a later commit refers to was touched for it, or is not
    // in this list.
    var unreferenced = try objects.list(StoreLayout.temporaries)
    unreferenced.removeAll {
      [StoreLayout.collectionLock, StoreLayout.keyLock].contains($0)
        || StoreLayout.parseCollectedName($0) != nil
    }
    unreferenced += try objects.list(StoreLayout.uploads)
    unreferenced += try oldAnswers()
    let attachments = try objects.list(StoreLayout.files)
    let packs = try objects.list(StoreLayout.packs)
    let (live, liveFiles) = try liveObjects()
    for name in attachments {
      guard let digest = StoreLayout.parseFileName(name) else { continue }
      if !liveFiles.contains(digest) { unreferenced.append(name) }
    }
    for name in packs where StoreLayout.isPack(name) {
      do throws(StoreError) {
        let pack = try PackReader.readIndex(objects, name)
        if !pack.entries.contains(where: { live.contains($0.digest) }) { unreferenced.append(name) }
      } catch  where error.kind == .missing {
        continue
      }
    }
    for name in unreferenced {
      guard let status = try objects.status(of: name) else { continue }
      let file = GarbageReport.File(name: name, bytes: status.byteCount)
      var isGarbage = status.modified <= oldest
      if isGarbage, apply { isGarbage = try remove(name, unlessTouchedAfter: oldest) }
      if isGarbage { report.files.append(file) } else { report.youngFiles.append(file) }
    }
    try compact(olderThan: oldest, apply: apply, &report)
    return report
  }

  /// The answers to pushes without a version that are kept no longer.
  private func oldAnswers() throws(StoreError) -> [String] {
    let last = clock().microseconds - Int64(Self.answerSeconds) * 1_000_000
    var old: [String] = []
    for name in try objects.list(StoreLayout.answers) {
      guard let status = try objects.status(of: name), status.modified.microseconds <= last
      else { continue }
      old.append(name)
    }
    return old
  }

  /// Removes a file that nothing refers to; false when a writer is about to refer to it.
  private func remove(
    _ name: String, unlessTouchedAfter oldest: Timestamp
  ) throws(StoreError) -> Bool {
    guard StoreLayout.parsePackName(name) != nil else {
      return try maintainable.delete(name, unlessTouchedAfter: oldest)
    }
    // The index first: no new reader relies on a file that it does not name.
    try keeper.forget(name)
    if try maintainable.delete(name, unlessTouchedAfter: oldest) { return true }
    try keeper.repairing { () throws(StoreError) in try keeper.indexPacks() }
    return false
  }

  /// The attachments that appended rows and outcomes of runs may name, which are in no version yet.
  private func waitingFiles() throws(StoreError) -> Set<Digest> {
    var files: Set<Digest> = []
    let objects = home.liveObjects
    let names = try objects.list(StoreLayout.live) + objects.list(StoreLayout.runs)
    for name in names where name.hasSuffix(StoreLayout.liveLogSuffix) {
      let bytes: [UInt8]
      do throws(StoreError) {
        bytes = try objects.get(name)
      } catch  where error.kind == .missing {
        // A file that is gone meanwhile is in a version, which was read after this or is young.
        continue
      }
      try LiveSegment.parse(bytes)?.requireSound(name)
      files.formUnion(Self.digests(in: bytes))
    }
    return files
  }

  /// All digests that stand in a text.
  private static func digests(in text: [UInt8]) -> Set<Digest> {
    var digests: Set<Digest> = []
    let mark = Array("sha256:".utf8)
    var start = 0
    while start + mark.count + 64 <= text.count {
      if text[start] == mark[0], text[start..<start + mark.count].elementsEqual(mark),
        let digits = Hex.decode(text[start + mark.count..<start + mark.count + 64]),
        let digest = Digest(digits)
      {
        digests.insert(digest)
      }
      start += 1
    }
    return digests
  }

  /// Everything that some version's content needs, read from the files themselves.
  ///
  /// - Returns: the objects, and the attachments that they name.
  private func liveObjects() throws(StoreError) -> (objects: Set<Digest>, files: Set<Digest>) {
    // Versions before files: all that they need was in some file by then.
    var versions: [Version] = []
    for dataset in try datasets() { versions += try self.versions(of: dataset) }
    let contents = try StoreContents.read(objects)
    let bases = contents.bases()
    let decoder = try ChunkDecoder()
    var live: Set<Digest> = []
    var files: Set<Digest> = []
    for version in versions where live.insert(version.snapshot).inserted {
      let snapshot = try snapshot(version)
      let fileColumns = snapshot.schema.columns.indices.filter {
        snapshot.schema.columns[$0].type == .file
      }
      for (index, entry) in snapshot.manifest.groups.enumerated()
      where live.insert(entry.digest).inserted {
        let group = try snapshot.group(index, decoder)
        for column in fileColumns {
          files.formUnion(
            try snapshot.vector(column: column, of: group, decoder).files.map(\.digest))
        }
        // Of an object that is stored twice either copy may be read, over whatever it is stored.
        var next = group.chunks.compactMap(\.self)
        while let link = next.popLast() {
          guard live.insert(link).inserted else { continue }
          guard contents.objects[link] != nil else { throw ChunkStore.missing(link) }
          next += bases[link] ?? []
        }
      }
    }
    return (live, files.union(try waitingFiles()))
  }
}
