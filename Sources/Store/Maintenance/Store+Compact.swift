import Catalog
import Columns
import Model
import Objects

extension Store {
  /// The least number of small files that are compacted.
  static let leastFilesToCompact = 32
  private static let packBytes = 256 << 20

  /// Moves the chunks of log files into packs of up to 256 MiB, so that a store of many commits is
  /// read from few files.
  ///
  /// Every object keeps its bytes, so no digest changes; the log files keep their records and their
  /// names.
  ///
  /// Order: the new pack is durable, the index knows it, then each log file is replaced by one that
  /// holds only its record. A crash leaves objects in two places, never in none.
  func compact(
    olderThan oldest: Timestamp, apply: Bool, _ report: inout GarbageReport
  ) throws(StoreError) {
    var files: [StoreContents.File] = []
    for name in try objects.list(StoreLayout.logs) where StoreLayout.isPack(name) {
      guard let status = try objects.status(of: name), status.modified <= oldest else { continue }
      let pack = try PackReader.readIndex(objects, name)
      if pack.entries.contains(where: { $0.kind != .record }) {
        files.append(StoreContents.File(name, pack))
      }
    }
    guard files.count >= Self.leastFilesToCompact else { return }
    report.compactedFiles = files.count
    guard apply else { return }
    var start = 0
    while start < files.count {
      var end = start
      var bytes = 0
      while end < files.count, end == start || bytes + files[end].bytes <= Self.packBytes {
        bytes += files[end].bytes
        end += 1
      }
      report.newPacks.append(try move(Array(files[start..<end])))
      start = end
    }
  }

  private func move(_ files: [StoreContents.File]) throws(StoreError) -> GarbageReport.File {
    let upload = try objects.begin()
    var writer = try PackWriter(to: upload)
    var moved: Set<Digest> = []
    for file in files {
      // Damage must not be sealed under a new digest.
      try PackReader.verify(objects, file.name)
      for entry in file.entries where entry.kind != .record && moved.insert(entry.digest).inserted {
        var frames: [Frame] = []
        var offset = Int(entry.offset)
        for frame in entry.frames {
          let stored = try objects.get(file.name, at: offset, count: Int(frame.storedBytes))
          frames.append(Frame(bytes: stored, rawCount: Int(frame.rawBytes)))
          offset += stored.count
        }
        try writer.append(
          entry.digest, entry.kind, frames: frames, base: entry.base, depth: entry.depth,
          statistics: entry.statistics)
      }
    }
    try ChunkSink.append(writeID: WriteID.make(), to: &writer)
    let finished = try writer.finish()
    let name = StoreLayout.packName(finished.digest)
    _ = try upload.commit(as: name)

    var slim: [(name: String, log: PackWriter.Finished)] = []
    for file in files { slim.append((file.name, try recordAlone(file))) }
    var packs = [IndexedPack(name, finished)]
    packs += slim.map { IndexedPack($0.name, $0.log) }
    try keeper.repairing { () throws(StoreError) in
      try index.replace(files.map(\.name), with: packs)
    }
    let maintainable = try maintainable
    for (name, log) in slim { try maintainable.replace(name, log.pieces) }
    return GarbageReport.File(name: name, bytes: finished.byteCount)
  }

  /// A log file with only the record of `file` and the texts of its version.
  private func recordAlone(_ file: StoreContents.File) throws(StoreError) -> PackWriter.Finished {
    let entries = file.entries.filter { $0.kind == .record }
    guard !entries.isEmpty, entries.allSatisfy({ $0.frames.count == 1 }) else {
      throw StoreError(.corrupt, "\(file.name) holds no record; run 'assay verify'")
    }
    var writer = try PackWriter()
    for entry in entries {
      let stored = try objects.get(
        file.name, at: Int(entry.offset), count: entry.storedBytes)
      let frame = Frame(bytes: stored, rawCount: Int(entry.frames[0].rawBytes))
      try writer.append(entry.digest, .record, frames: [frame])
    }
    return try writer.finish()
  }
}
