import Catalog
import Columns
package import Model
import Objects

extension Store {
  /// Takes in what was committed to a dataset since the index last looked, and returns its latest
  /// version; nil when it has none.
  package func catchUp(_ dataset: DatasetName) throws(StoreError) -> Version? {
    try repairing { () throws(StoreError) in
      try readLog(of: dataset)
      guard let latest = try index.latestVersion(of: dataset) else { return nil }
      return try version(latest)
    }
  }

  /// Takes in what was committed to any dataset, and returns the names of all.
  package func datasets() throws(StoreError) -> [DatasetName] {
    try repairing { () throws(StoreError) in
      for folder in try objects.folders(StoreLayout.logs) {
        if let dataset = StoreLayout.parseLogPrefix(folder) { try readLog(of: dataset) }
      }
      return try index.datasets().map(\.dataset)
    }
  }

  /// Throws the index away and makes it anew from logs and packs.
  /// - Parameter acceptsLoss: whether records are given up that the index knows and no file has.
  /// - Returns: the number of datasets and of log records.
  /// - Throws: ``StoreError`` of kind `corrupt` naming a log file that is lost; the index is then
  ///   as it was.
  package func reindex(
    acceptsLoss: Bool = false
  ) throws(StoreError) -> (datasets: Int, records: Int) {
    for folder in try objects.folders(StoreLayout.logs) {
      guard let dataset = StoreLayout.parseLogPrefix(folder) else { continue }
      _ = try newestLog(of: dataset, after: 0)
    }
    if !acceptsLoss {
      do throws(StoreError) {
        try requireKnownLogs()
      } catch  where index.isDamaged {
        // Nobody can ask it what it knew.
      }
    }
    try index.reset()
    let names = try datasets()
    try indexPacks()
    return (names.count, try index.datasets().reduce(0) { $0 + $1.sequence })
  }

  /// Runs `body`; when that finds the index itself broken, makes the index anew and runs it again.
  func repairing<Result>(
    _ body: () throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    do throws(StoreError) {
      return try body()
    } catch  where index.isDamaged {
      try index.reset()
      return try body()
    }
  }

  private func readLog(of dataset: DatasetName) throws(StoreError) {
    let known = try index.head(of: dataset)?.sequence ?? 0
    // Mostly nothing is new, and one look tells.
    if known > 0, try objects.status(of: StoreLayout.logName(dataset, known + 1)) == nil { return }
    let newest = try newestLog(of: dataset, after: known)
    guard newest > known else { return }
    var packs: [IndexedPack] = []
    for sequence in known + 1...newest {
      packs.append(try readLogFile(StoreLayout.logName(dataset, sequence), dataset, sequence))
      if packs.count == 256 {
        try index.apply(packs)
        packs = []
      }
    }
    // Chunks of large commits are in packs of their own, which were complete before the log file.
    try indexPacks()
    try index.apply(packs)
  }

  /// Takes in packs that the index does not know yet.
  private func indexPacks() throws(StoreError) {
    for name in try objects.list(StoreLayout.packs) where try !index.hasPack(name) {
      let pack = try PackReader.readIndex(objects, name)
      try index.apply([IndexedPack(name, pack.entries, byteCount: pack.byteCount)])
    }
  }

  /// Reads a log file's index and record, and checks that the record is the one the name promises.
  func readLogFile(
    _ name: String, _ dataset: DatasetName, _ sequence: Int
  ) throws(StoreError) -> IndexedPack {
    let pack = try PackReader.readIndex(objects, name)
    let record = try LogFile(name, pack).record(objects)
    guard record.dataset == dataset, record.sequence == sequence else {
      throw LogFile.damaged(name)
    }
    return IndexedPack(name, pack.entries, byteCount: pack.byteCount, record: record)
  }

  /// Writes the next record of a dataset's log with whatever `log` holds already.
  ///
  /// Nil when another writer created that log file first; then nothing happened.
  func append(
    _ change: LogRecord.Change, to dataset: DatasetName, after head: DatasetHead?, author: String,
    time: Timestamp, writeID: String = WriteID.make(), _ log: inout PackWriter,
    _ compressor: borrowing Compressor,
    bulk: (name: String, pack: PackWriter.Finished)? = nil
  ) throws(StoreError) -> (record: LogRecord, storedBytes: Int)? {
    try requireNoHole(at: (head?.sequence ?? 0) + 1, of: dataset)
    let record = LogRecord(
      dataset: dataset, sequence: (head?.sequence ?? 0) + 1,
      previous: head?.digest ?? Digest(zero: ()), author: author, time: time,
      writeID: writeID, salt: WriteID.make(), change: change)
    try LogFile.append(record, to: &log, compressor)
    let finished = try log.finish()
    let name = StoreLayout.logName(dataset, record.sequence)
    guard try objects.putIfAbsent(name, finished.pieces) else { return nil }
    var packs: [IndexedPack] = []
    if let bulk {
      packs.append(
        IndexedPack(bulk.name, bulk.pack.entries, byteCount: bulk.pack.byteCount))
    }
    packs.append(
      IndexedPack(name, finished.entries, byteCount: finished.byteCount, record: record))
    do throws(StoreError) {
      try index.apply(packs)
    } catch {
      // The commit is on disk and stays; the next read takes it in from the log.
    }
    return (record, finished.byteCount)
  }

  func version(_ indexed: IndexedVersion) throws(StoreError) -> Version {
    try version(indexed.record)
  }

  func version(_ record: LogRecord) throws(StoreError) -> Version {
    guard let version = Version(record) else {
      throw StoreError(.corrupt, "a record of \(record.dataset) is no version; run 'assay reindex'")
    }
    return version
  }
}

extension IndexedPack {
  /// A pack as the index keeps it; records are kept by themselves.
  init(_ name: String, _ entries: [PackEntry], byteCount: Int, record: LogRecord? = nil) {
    let objects = entries.filter { $0.kind != .record }.map { entry in
      IndexedObject(
        digest: entry.digest, kind: entry.kind.rawValue, offset: entry.offset,
        frames: entry.frames.encoded, base: entry.base, depth: Int(entry.depth),
        statistics: entry.statistics.map {
          IndexedObject.Statistics(
            nullCount: $0.nullCount, minimum: $0.minimum, maximum: $0.maximum)
        })
    }
    self.init(name: name, byteCount: byteCount, objects: objects, record: record)
  }
}
