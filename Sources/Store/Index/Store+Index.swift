import Catalog
import Columns
package import Model
import Objects
import Platform

extension Store {
  /// Takes in what was committed to a dataset since the index last looked, and returns its latest
  /// version; nil when it has none.
  package func catchUp(_ dataset: DatasetName) throws(StoreError) -> Version? {
    try reading(dataset) { () throws(StoreError) in
      try index.latestVersion(of: dataset).map { latest throws(StoreError) in try version(latest) }
    }
  }

  /// Runs `body` on an index that has all of a dataset's log, and is not rebuilt or set back
  /// meanwhile.
  func reading<Result>(
    _ dataset: DatasetName, _ body: () throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    try keeper.repairing { () throws(StoreError) in
      let newest = try keeper.readLog(of: dataset)
      let result = try body()
      if let newest { try keeper.requireNewest(newest, of: dataset) }
      return result
    }
  }

  /// Takes in what was committed to any dataset, and returns the names of all.
  /// - Throws: ``StoreError`` when one of the logs cannot be read to its end.
  package func datasets() throws(StoreError) -> [DatasetName] {
    try survey().map { entry throws(StoreError) in
      if let problem = entry.problem { throw problem }
      return entry.dataset
    }
  }

  /// The names of all datasets, sorted, and why a log of theirs cannot be read to its end.
  package func survey() throws(StoreError) -> [(dataset: DatasetName, problem: StoreError?)] {
    try keeper.repairing { () throws(StoreError) in try keeper.survey() }
  }

  /// The latest version of a dataset whose log cannot be read to its end; nil when none could be.
  package func latestKnown(of dataset: DatasetName) throws(StoreError) -> Version? {
    try keeper.repairing { () throws(StoreError) in
      try index.latestVersion(of: dataset).map { latest throws(StoreError) in try version(latest) }
    }
  }

  /// Discards the index and rebuilds it from logs and packs.
  /// - Parameter acceptsLoss: whether records are dropped that the index knows and no file has.
  /// - Returns: the number of datasets and of log records.
  /// - Throws: ``StoreError`` of kind `corrupt` naming a log file that is lost; the index is then
  ///   unchanged.
  package func reindex(
    acceptsLoss: Bool = false
  ) throws(StoreError) -> (datasets: Int, records: Int) {
    for folder in try objects.folders(StoreLayout.logs) {
      guard let dataset = StoreLayout.parseLogPrefix(folder) else { continue }
      _ = try keeper.newestLog(of: dataset, after: 0)
    }
    if !acceptsLoss {
      do throws(StoreError) {
        try requireKnownLogs()
      } catch  where index.isDamaged {
        // It can no longer be read.
      }
    }
    try keeper.reset()
    return try keeper.repairing { () throws(StoreError) in
      let names = try datasets()
      try keeper.indexPacks()
      return (names.count, try index.datasets().reduce(0) { $0 + $1.sequence })
    }
  }

  /// Writes the next record of a dataset's log with whatever `log` holds already.
  ///
  /// Nil when another writer created that log file first, or when `head` is not the log's newest
  /// record; then nothing happened.
  /// - Throws: ``StoreError``, of kind `denied` where ``CommitPermission`` was withdrawn.
  func append(
    _ change: LogRecord.Change, to dataset: DatasetName, after head: DatasetHead?, author: String,
    time: Timestamp, writeID: String = WriteID.make(), _ log: inout PackWriter,
    _ compressor: borrowing Compressor,
    bulk: (name: String, pack: PackWriter.Finished)? = nil
  ) throws(StoreError) -> (record: LogRecord, storedBytes: Int, warnings: [String])? {
    try requireNoHole(at: (head?.sequence ?? 0) + 1, of: dataset)
    guard try isNewest(head, of: dataset) else { return nil }
    let record = LogRecord(
      dataset: dataset, sequence: (head?.sequence ?? 0) + 1,
      previous: head?.digest ?? Digest(zero: ()), author: author, time: time,
      writeID: writeID, salt: WriteID.make(), change: change)
    try LogFile.append(record, to: &log, compressor)
    let finished = try log.finish()
    let name = StoreLayout.logName(dataset, record.sequence)
    var warnings: [String] = []
    try CommitPermission.require()
    switch try objects.create(name, finished.pieces) {
    case .created: break
    case .taken: return nil
    case .visible(let error):
      warnings.append("\(name) is saved, but a power cut may take it: \(error.message)")
    case .unknown(let error):
      throw .uncertain(
        name, because: error, advice: "look at 'assay log \(dataset)' before you repeat it")
    }
    keeper.noteCommit(of: record)
    var packs: [IndexedPack] = []
    if let bulk { packs.append(IndexedPack(bulk.name, bulk.pack)) }
    packs.append(IndexedPack(name, finished, record: record))
    do throws(StoreError) {
      do throws(StoreError) {
        try keeper.apply(packs)
      } catch  where index.isDamaged {
        _ = try keeper.repairing { () throws(StoreError) in try keeper.readLog(of: dataset) }
      }
    } catch {
      // The commit is on disk and stays.
      warnings.append(
        "\(name) is saved; the index takes it in with the next read: \(error.message)")
    }
    return (record, finished.byteCount, warnings)
  }

  func version(_ indexed: IndexedVersion) throws(StoreError) -> Version {
    try version(indexed.record)
  }

  func version(_ record: LogRecord) throws(StoreError) -> Version {
    guard let version = Version(record) else {
      throw StoreError(
        .corrupt, "a record of \(record.dataset) is not a version; run 'assay reindex'")
    }
    return version
  }
}

extension IndexedPack {
  /// A pack that was written, as the index keeps it; records are kept by themselves.
  init(_ name: String, _ pack: PackWriter.Finished, record: LogRecord? = nil) {
    self.init(
      name: name, byteCount: pack.byteCount, trailerChecksum: pack.trailerChecksum,
      objects: pack.entries.filter { $0.kind != .record }, record: record)
  }

  /// A pack that was read, as the index keeps it.
  init(_ name: String, _ pack: PackIndex, record: LogRecord? = nil) {
    self.init(
      name: name, byteCount: pack.byteCount, trailerChecksum: pack.trailerChecksum,
      objects: pack.entries.filter { $0.kind != .record }, record: record)
  }
}
