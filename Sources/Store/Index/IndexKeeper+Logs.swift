import Catalog
import Columns
import Model
import Objects

/// A log runs without gaps, so a file that is not there is either still to come or lost.
///
/// Lost it is when a later one is there, or when the index has taken its record in.
extension IndexKeeper {
  /// Adds to the index the commits of a dataset since the last read.
  ///
  /// Mostly three `stat`s are enough: that the folder and the newest file did not change, and that
  /// the next file does not exist (a folder's time is too coarse to show that).
  /// - Returns: the newest record of the log; nil when it has none.
  /// - Throws: ``StoreError``: `corrupt` naming a file that is lost or damaged, `unavailable` when
  ///   a newer program wrote it.
  @discardableResult
  func readLog(of dataset: DatasetName) throws(StoreError) -> DatasetHead? {
    var head = try index.head(of: dataset)
    let known = head?.sequence ?? 0
    let changed = try objects.changed(StoreLayout.logPrefix(dataset))
    let stamp = try changed.map { changed throws(StoreError) in
      try self.stamp(of: dataset, known, changed)
    }
    if let head {
      if !isCompared(head, stamp) {
        try requireSameHistory(head)
      } else if try objects.status(of: StoreLayout.logName(dataset, known + 1)) == nil {
        return head
      }
    }
    let newest = try newestLog(of: dataset, after: known)
    if newest > known { head = try takeIn(known + 1...newest, of: dataset) }
    if let head, let changed { note(head, try self.stamp(of: dataset, newest, changed)) }
    return head
  }

  private func stamp(
    of dataset: DatasetName, _ newest: Int, _ changed: Timestamp
  ) throws(StoreError) -> Stamp {
    Stamp(
      changed: changed,
      newest: newest == 0 ? nil : try objects.status(of: StoreLayout.logName(dataset, newest)))
  }

  /// Throws unless the file of the newest record that the index knows holds it.
  ///
  /// Its bytes are read: the next record names their digest.
  /// - Throws: ``StoreError``: `corrupt` naming a file that is damaged or another, `unavailable`
  ///   when a newer program wrote it.
  func requireRecord(_ head: DatasetHead) throws(StoreError) {
    let name = StoreLayout.logName(head.dataset, head.sequence)
    objects.refresh(name)
    guard try readLogFile(name, head.dataset, head.sequence).record?.digest == head.digest else {
      throw otherHistory(head.dataset)
    }
  }

  /// Throws unless the index still has the record that ``readLog(of:)`` found to be the newest: set
  /// back meanwhile, it answers as of then.
  func requireNewest(_ newest: DatasetHead, of dataset: DatasetName) throws(StoreError) {
    let head = try index.head(of: dataset)
    guard let head, head == newest || head.sequence > newest.sequence else {
      throw index.distrust("it has lost records of \(dataset)")
    }
  }

  /// - Returns: the newest of the records.
  private func takeIn(
    _ sequences: ClosedRange<Int>, of dataset: DatasetName
  ) throws(StoreError) -> DatasetHead? {
    var packs: [IndexedPack] = []
    var newest: DatasetHead?
    for sequence in sequences {
      let pack = try readLogFile(StoreLayout.logName(dataset, sequence), dataset, sequence)
      newest = pack.record.map { DatasetHead($0) }
      packs.append(pack)
      if packs.count == 256 {
        try apply(packs)
        packs = []
      }
    }
    // Chunks of large commits are in packs of their own, which were complete before the log file.
    try indexPacks()
    try apply(packs)
    return newest
  }

  /// Adds packs; a log is reported as broken only after its own files were read.
  ///
  /// An index that was replaced since it returned the newest record, or that has pages of two
  /// indexes, accepts no record that follows it: it is rebuilt.
  func apply(_ packs: [IndexedPack]) throws(StoreError) {
    do throws(StoreError) {
      try index.apply(packs)
    } catch  where error.kind == .corrupt && !index.isDamaged {
      let records = packs.compactMap(\.record)
      for dataset in Set(records.map(\.dataset)) {
        let newest = records.last { $0.dataset == dataset }?.sequence ?? 0
        guard try isWhole(dataset, to: newest) else { throw error }
      }
      throw index.distrust("it has other records than the logs")
    }
  }

  /// Returns true when the files of a log follow one another to record `newest`.
  private func isWhole(_ dataset: DatasetName, to newest: Int) throws(StoreError) -> Bool {
    var chain = LogChain()
    for sequence in 1..<newest + 1 {
      let name = StoreLayout.logName(dataset, sequence)
      objects.refresh(name)
      do throws(StoreError) {
        guard let record = try readLogFile(name, dataset, sequence).record, chain.follow(record)
        else { return false }
      } catch  where error.kind == .missing || error.kind == .corrupt {
        return false
      }
    }
    return true
  }

  /// Throws unless the newest record that the index knows is the one in its file, as far as the end
  /// of the file shows.
  ///
  /// A copy of the store that diverged has other records under the same names: an index from that
  /// copy is rebuilt. A newest record without a file is one that was lost, which only the index
  /// remembers. A file that is there and cannot be read as the record is damage: what the index
  /// says of it may be of another history.
  private func requireSameHistory(_ head: DatasetHead) throws(StoreError) {
    let name = StoreLayout.logName(head.dataset, head.sequence)
    if let trailerChecksum = try objects.trailerChecksum(of: name),
      try index.pack(name)?.trailerChecksum == trailerChecksum
    {
      return
    }
    if try objects.status(of: name) != nil {
      try requireRecord(head)
      // Its chunks were moved by a process that did not know of this index.
      try relocate()
      return
    }
    let names = try objects.list(StoreLayout.logPrefix(head.dataset))
    let newest = names.compactMap { StoreLayout.parseLogName($0)?.sequence }
      .last { $0 < head.sequence }
    guard let newest, let digest = try recordDigest(head.dataset, newest),
      try index.record(of: head.dataset, sequence: newest)?.digest != digest
    else { return }
    throw otherHistory(head.dataset)
  }

  private func otherHistory(_ dataset: DatasetName) -> StoreError {
    index.distrust("it has other records of \(dataset) than the log")
  }

  /// The digest of the record in a log file; nil when the file is damaged or gone, which is for
  /// others to report.
  private func recordDigest(
    _ dataset: DatasetName, _ sequence: Int
  ) throws(StoreError) -> Digest? {
    do throws(StoreError) {
      let name = StoreLayout.logName(dataset, sequence)
      return try readLogFile(name, dataset, sequence).record?.digest
    } catch  where [.missing, .corrupt, .unavailable].contains(error.kind) {
      return nil
    }
  }

  /// Takes in packs that the index does not know yet.
  func indexPacks() throws(StoreError) {
    let known = Set(try index.packs().map(\.name))
    for name in try objects.list(StoreLayout.packs) where !known.contains(name) {
      if let pack = try readablePack(name) { try index.apply([pack]) }
    }
  }

  /// The pack of that name, if it can be read; nil when it is not a pack, is damaged or was
  /// collected meanwhile.
  ///
  /// The reader of its contents reports that, and `verify`: an unreadable file must not stop reads
  /// that do without it.
  func readablePack(_ name: String) throws(StoreError) -> IndexedPack? {
    guard StoreLayout.isPack(name) else { return nil }
    do throws(StoreError) {
      return IndexedPack(name, try PackReader.readIndex(objects, name))
    } catch  where error.kind == .missing || error.kind == .corrupt {
      return nil
    }
  }

  /// The sequence of a dataset's newest log file; `known` when no later one exists.
  /// - Throws: ``StoreError`` of kind `corrupt` naming a file that is missing though a later one
  ///   exists.
  func newestLog(of dataset: DatasetName, after known: Int) throws(StoreError) -> Int {
    var newest = known
    let names = try objects.list(
      StoreLayout.logPrefix(dataset), after: StoreLayout.logName(dataset, known), limit: .max)
    for name in names {
      guard let sequence = StoreLayout.parseLogName(name)?.sequence else { continue }
      while newest + 1 < sequence {
        newest += 1
        // A folder that is listed while files are added may show only a later one.
        try requireLog(newest, of: dataset, because: "though later ones of its log are")
      }
      newest = sequence
    }
    return newest
  }

  /// Throws unless the log file exists.
  func requireLog(
    _ sequence: Int, of dataset: DatasetName, because reason: String
  ) throws(StoreError) {
    let name = StoreLayout.logName(dataset, sequence)
    guard try objects.status(of: name) == nil else { return }
    throw StoreError(
      .corrupt,
      "\(name) is not there, \(reason): restore it from a copy ('assay verify' names what it "
        + "touches)")
  }

  /// Reads a log file's index and record, and checks that the record is the one the name promises.
  func readLogFile(
    _ name: String, _ dataset: DatasetName, _ sequence: Int
  ) throws(StoreError) -> IndexedPack {
    let pack = try PackReader.readIndex(objects, name)
    let record = try LogFile(name, pack).record(objects)
    guard record.dataset == dataset, record.sequence == sequence else {
      throw StoreError(
        .corrupt,
        "\(name) holds record \(record.sequence) of \(record.dataset), and not the one that its "
          + "name promises; restore it from a copy")
    }
    return IndexedPack(name, pack, record: record)
  }
}
