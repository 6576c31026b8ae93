import GRDB
package import Model

extension Index {
  /// Adds packs in one transaction: their objects and, for log files, their records.
  ///
  /// A record must follow its dataset's head: the next sequence, naming the head's digest. Adding
  /// what the index already has changes nothing, so two processes may catch up at once.
  /// - Throws: `corrupt` naming dataset and sequence when a record does not follow the index's
  ///   head; only the log itself shows whether the log or the index is broken.
  package func apply(_ packs: [IndexedPack]) throws(StoreError) {
    guard !packs.isEmpty else { return }
    try write { database in
      for pack in packs { try apply(pack, database) }
    }
  }

  /// Adds the packs `added` and removes those named `removed`, in one transaction.
  ///
  /// Objects that are in both are then read from `added`, whether that was added before or not. An
  /// object that was read from `removed` and is not in `added` leaves the index: no other copy is
  /// looked for.
  package func replace(_ removed: [String], with added: [IndexedPack]) throws(StoreError) {
    try write { database in
      for name in removed {
        try database.execute(
          sql: "DELETE FROM object WHERE pack = (SELECT id FROM pack WHERE name = ?)",
          arguments: [name])
        try database.execute(sql: "DELETE FROM pack WHERE name = ?", arguments: [name])
      }
      for pack in added {
        if let known = try PackRow.find(pack.name, database, key) {
          // Its copies may have lost against those in `removed`, which are gone now.
          try ObjectRows.insert(pack.objects, pack: known, database, key)
        } else {
          try apply(pack, database)
        }
      }
    }
  }

  /// Replaces the places of all objects by those in `packs`, in one transaction; records stay as
  /// they are.
  package func relocate(_ packs: [IndexedPack]) throws(StoreError) {
    try write { database in
      try database.execute(sql: "DELETE FROM object; DELETE FROM pack")
      for pack in packs { try addObjects(of: pack, database) }
    }
    startGeneration()
  }

  private func apply(_ pack: IndexedPack, _ database: Database) throws {
    if let record = pack.record { try apply(record, database) }
    guard try PackRow.find(pack.name, database, key) == nil else { return }
    try addObjects(of: pack, database)
  }

  private func addObjects(of pack: IndexedPack, _ database: Database) throws {
    let known = KnownPack(
      name: pack.name, byteCount: pack.byteCount, trailerChecksum: pack.trailerChecksum)
    let row = try PackRow.insert(known, database, key)
    try ObjectRows.insert(pack.objects, pack: row, database, key)
  }

  private func apply(_ record: LogRecord, _ database: Database) throws {
    let known = try DatasetRow.find(record.dataset, database, key)
    var dataset = known ?? DatasetRow(record.dataset)
    if record.sequence <= dataset.headSequence {
      try expectKnown(record, of: dataset, database)
      return
    }
    guard record.sequence == dataset.headSequence + 1, record.previous == dataset.headDigest else {
      throw Self.broken(record, "it does not follow record \(dataset.headSequence)")
    }
    if known == nil { try dataset.insert(database) }
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO record (dataset, sequence, digest, json, texts, checksum)
        VALUES (?, ?, ?, ?, ?, ?)
        """)
    try statement.execute(
      arguments: [
        dataset.id, record.sequence, RecordRows.blob(record.digest.bytes),
        RecordRows.blob(record.bytes), record.texts.map(RecordRows.blob),
        RecordRows.checksum(dataset.id, record.sequence, record.digest, key),
      ])
    try apply(record.change, of: record, to: &dataset, database)
    dataset.headSequence = record.sequence
    dataset.headDigest = record.digest
    try dataset.update(database, key)
  }

  private func apply(
    _ change: LogRecord.Change, of record: LogRecord, to dataset: inout DatasetRow,
    _ database: Database
  ) throws {
    switch change {
    case .version(let version):
      try expectNext(version, of: record, in: dataset, database)
      try VersionRow(version, sequence: record.sequence).insert(into: dataset.id, database, key)
      dataset.versions = version.number
    case .tag(let tag):
      if let number = tag.number, number < 1 || number > dataset.versions {
        throw Self.broken(record, "it tags version \(number) of \(dataset.versions)")
      }
      try TagRows.apply(tag, sequence: record.sequence, to: &dataset, database, key)
    case .deployment:
      // They are few, and read from the records themselves.
      break
    }
  }

  /// Numbers run without gaps and idempotency keys are used once; a log that breaks this was not
  /// written by this program, and must not pass for a damaged index.
  private func expectNext(
    _ version: VersionRecord, of record: LogRecord, in dataset: DatasetRow, _ database: Database
  ) throws {
    guard version.number == dataset.versions + 1 else {
      throw Self.broken(
        record, "it names its version \(version.number) after \(dataset.versions)")
    }
    guard let key = version.idempotencyKey else { return }
    let used = try Int.fetchOne(
      database.cachedStatement(
        sql: "SELECT number FROM version WHERE dataset = ? AND idempotency_key = ?"),
      arguments: [dataset.id, key])
    if let used { throw Self.broken(record, "it repeats the idempotency key of version \(used)") }
  }

  private func expectKnown(
    _ record: LogRecord, of dataset: DatasetRow, _ database: Database
  ) throws {
    let known = try Row.fetchOne(
      database.cachedStatement(
        sql: "SELECT digest FROM record WHERE dataset = ? AND sequence = ?"),
      arguments: [dataset.id, record.sequence])
    guard let known else { throw IndexDamage(what: "a record below the head is missing") }
    guard try RecordRows.digest(known.decode(forColumn: "digest")) == record.digest else {
      throw Self.broken(record, "another record of that sequence was read before")
    }
  }

  private static func broken(_ record: LogRecord, _ why: String) -> StoreError {
    StoreError(
      .corrupt,
      "the log of \(record.dataset) is broken at record \(record.sequence): \(why); "
        + "run verify, and restore the log from a copy")
  }
}
