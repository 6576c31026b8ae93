import Catalog
import Columns
package import Model
import Objects

extension Store {
  /// Finds files that nothing refers to: uploads that were never finished and packs without a
  /// commit, as crashes and lost races leave them.
  ///
  /// With `apply` it removes those past the grace
  /// period.
  ///
  /// A commit under way writes its packs before its log file, so a young file may be about to be
  /// referred to; the grace period must be longer than any commit takes. It also moves the chunks
  /// of many small commits into few packs.
  /// - Throws: ``StoreError``, before anything is removed: `corrupt`, `denied` or `unavailable`
  ///   when a log, a pack or rows that wait to be sealed cannot be read, since then nobody can say
  ///   what is unreferenced (run `verify`); later `denied` or `unavailable` when a file cannot be
  ///   removed.
  package func collectGarbage(
    apply: Bool, graceSeconds: Int = 3600
  ) throws(StoreError) -> GarbageReport {
    var report = GarbageReport(isApplied: apply)
    let oldest = Timestamp(
      microseconds: clock().microseconds - Int64(graceSeconds) * 1_000_000)
    var unreferenced = try objects.list(StoreLayout.temporaries)
    unreferenced += try objects.list(StoreLayout.uploads)
    let (live, liveFiles) = try liveObjects()
    for name in try objects.list(StoreLayout.files) {
      guard let digest = StoreLayout.parseFileName(name) else { continue }
      if !liveFiles.contains(digest) { unreferenced.append(name) }
    }
    for name in try objects.list(StoreLayout.packs) {
      let pack = try PackReader.readIndex(objects, name)
      if !pack.entries.contains(where: { live.contains($0.digest) }) { unreferenced.append(name) }
    }
    for name in unreferenced {
      guard let status = try objects.status(of: name) else { continue }
      let file = GarbageReport.File(name: name, bytes: status.byteCount)
      if status.modified > oldest {
        report.youngFiles.append(file)
        continue
      }
      report.files.append(file)
      guard apply else { continue }
      // The index first: what it does not name is read by nobody.
      try index.replace([name], with: [])
      _ = try objects.delete(name)
    }
    try compact(olderThan: oldest, apply: apply, &report)
    return report
  }

  /// The attachments that appended rows may name, which are in no version yet.
  private func waitingFiles() throws(StoreError) -> Set<Digest> {
    var files: Set<Digest> = []
    for name in try objects.list(StoreLayout.live)
    where name.hasSuffix(StoreLayout.liveLogSuffix) {
      let bytes: [UInt8]
      do throws(StoreError) {
        bytes = try objects.get(name)
      } catch  where error.kind == .missing {
        // A segment that is gone meanwhile is in a version, which was read after this or is young.
        continue
      }
      if let contents = LiveSegment.parse(bytes), contents.isDamaged {
        throw LiveSegment.damaged(name, at: contents.end)
      }
      files.formUnion(Self.digests(in: bytes))
    }
    return files
  }

  /// All digests that stand in a text.
  package static func digests(in text: [UInt8]) -> Set<Digest> {
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
    var contents = StoreContents()
    for name in try StoreContents.names(objects) {
      let pack = try PackReader.readIndex(objects, name)
      contents.add(
        StoreContents.File(name: name, bytes: pack.byteCount, entries: pack.entries))
    }
    let decoder = try ChunkDecoder()
    var live: Set<Digest> = []
    var files: Set<Digest> = []
    for dataset in try datasets() {
      for version in try versions(of: dataset) where live.insert(version.snapshot).inserted {
        let snapshot = try snapshot(version)
        let fileColumns = snapshot.schema.columns.indices.filter {
          snapshot.schema.columns[$0].type == .file
        }
        for group in snapshot.manifest.groups where live.insert(group.digest).inserted {
          guard let bytes = contents.manifest(group.digest, objects, decoder),
            let manifest = RowGroupManifest(parsing: bytes)
          else {
            throw StoreError(
              .corrupt,
              "row group \(group.digest) of \(version.reference) is damaged; run 'assay verify'")
          }
          for column in fileColumns where column < manifest.chunks.count {
            files.formUnion(
              try snapshot.vector(column: column, of: manifest, decoder).files.map(\.digest))
          }
          for case let chunk? in manifest.chunks {
            var next: Digest? = chunk
            while let link = next, live.insert(link).inserted {
              next = contents.objects[link]?.entry.base
            }
          }
        }
      }
    }
    return (live, files.union(try waitingFiles()))
  }
}
