import Columns
import Catalog
package import Model
import Objects
import Platform

extension Store {
  /// The sizes of all datasets, or of the ones named.
  ///
  /// Uncompressed sizes are not kept anywhere, so every version's text lengths are read.
  /// - Parameter progress: called with the versions done so far and those to do.
  /// - Throws: ``StoreError``: `missing` for a dataset that is not there, `corrupt` for damage.
  package func statistics(
    of names: [DatasetName]? = nil, progress: (Int, Int) -> Void = { _, _ in }
  ) throws(StoreError) -> StoreStatistics {
    let datasetNames: [DatasetName]
    if let names { datasetNames = names } else { datasetNames = try datasets() }
    var histories: [(DatasetName, [Version])] = []
    for name in datasetNames { histories.append((name, try versions(of: name).reversed())) }
    let total = histories.reduce(0) { $0 + $1.1.count }
    var done = 0
    var sizes: [StoreStatistics.DatasetSize] = []
    for (name, versions) in histories {
      var seen: Set<Digest> = []
      var rawSizes: [Digest: Int] = [:]
      var files: [Digest: Int] = [:]
      var entries: [StoreStatistics.VersionSize] = []
      for version in versions {
        entries.append(try size(of: version, &seen, &rawSizes, &files))
        done += 1
        progress(done, total)
      }
      sizes.append(
        StoreStatistics.DatasetSize(
          dataset: name, versions: entries, rawBytes: entries.reduce(0) { $0 + $1.rawBytes },
          storedBytes: entries.reduce(0) { $0 + $1.storedBytes }, attachments: files.count,
          attachmentBytes: files.values.reduce(0, +)))
    }
    var fileBytes = 0
    let files = try StoreContents.names(objects)
    for file in files { fileBytes += try objects.status(of: file)?.byteCount ?? 0 }
    var attachmentBytes = 0
    let attachments = try objects.list(StoreLayout.files)
    for file in attachments { attachmentBytes += try objects.status(of: file)?.byteCount ?? 0 }
    let indexBytes = try objects.status(of: StoreLayout.indexFile)?.byteCount ?? 0
    return StoreStatistics(
      datasets: sizes, fileBytes: fileBytes + attachmentBytes,
      files: files.count + attachments.count, attachments: attachments.count,
      attachmentBytes: attachmentBytes, indexBytes: indexBytes)
  }

  private func size(
    of version: Version, _ seen: inout Set<Digest>, _ rawSizes: inout [Digest: Int],
    _ files: inout [Digest: Int]
  ) throws(StoreError) -> StoreStatistics.VersionSize {
    let snapshot = try snapshot(version)
    let side = try DiffSide(snapshot)
    var digests: [Digest] = [version.snapshot] + snapshot.manifest.groups.map(\.digest)
    var unmeasured: [(digest: Digest, column: Int, group: Int)] = []
    for (index, group) in side.groups.enumerated() {
      for (column, digest) in group.chunks.enumerated() {
        guard let digest else { continue }
        digests.append(digest)
        if rawSizes[digest] == nil { unmeasured.append((digest, column, index)) }
      }
    }
    let work = unmeasured
    let measured = try parallelMap(count: work.count, state: ChunkDecoder.init) {
      (decoder: inout ChunkDecoder, item) throws(StoreError) in
      let vector = try snapshot.vector(
        column: work[item].column, of: side.groups[work[item].group], decoder)
      return (bytes: vector.plainBytes, files: vector.type == .file ? vector.files : [])
    }
    for (item, measure) in zip(work, measured) {
      rawSizes[item.digest] = measure.bytes
      for file in measure.files { files[file.digest] = file.byteCount }
    }
    var stored = 0
    var shared = 0
    for (digest, location) in zip(digests, try chunks.locateObjects(digests)) {
      guard let bytes = location?.object.storedBytes else { continue }
      if seen.insert(digest).inserted { stored += bytes } else { shared += bytes }
    }
    let raw = digests.reduce(0) { $0 + (rawSizes[$1] ?? 0) }
    return StoreStatistics.VersionSize(
      version: version, rawBytes: raw, storedBytes: stored, sharedBytes: shared)
  }
}
