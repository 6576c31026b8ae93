import GRDB
package import Model

extension Index {
  /// Takes packs in, in one transaction: their objects and, of log files, their records.
  ///
  /// A record must follow its dataset's head: the next sequence, naming the head's digest. Taking
  /// in what is there already changes nothing, so two processes may catch up at once.
  /// - Throws: `corrupt` naming dataset and sequence when a record does not follow.
  package func apply(_ packs: [IndexedPack]) throws(StoreError) {
    guard !packs.isEmpty else { return }
    try write { database in
      for pack in packs { try Self.apply(pack, database) }
    }
  }

  /// Takes in `added` and forgets the packs named `removed`, in one transaction.
  ///
  /// Objects that are in both are read from `added` from then on, whether that was taken in before
  /// or not. Of an object that was read from `removed` and is not in `added`, no other copy is
  /// looked for: it is gone.
  package func replace(_ removed: [String], with added: [IndexedPack]) throws(StoreError) {
    try write { database in
      for name in removed {
        try database.execute(
          sql: "DELETE FROM object WHERE pack = (SELECT id FROM pack WHERE name = ?)",
          arguments: [name])
        try database.execute(sql: "DELETE FROM pack WHERE name = ?", arguments: [name])
      }
      for pack in added {
        if let known = try Self.packID(pack.name, database) {
          // Its copies may have lost against those in `removed`, which are gone now.
          try ObjectRows.insert(pack.objects, pack: known, database)
        } else {
          try Self.apply(pack, database)
        }
      }
    }
  }

  private static func apply(_ pack: IndexedPack, _ database: Database) throws {
    if let record = pack.record { try apply(record, database) }
    guard try packID(pack.name, database) == nil else { return }
    let statement = try database.cachedStatement(
      sql: "INSERT INTO pack (name, bytes) VALUES (?, ?)")
    try statement.execute(arguments: [pack.name, pack.byteCount])
    try ObjectRows.insert(pack.objects, pack: database.lastInsertedRowID, database)
  }

  private static func packID(_ name: String, _ database: Database) throws -> Int64? {
    try Int64.fetchOne(
      database.cachedStatement(sql: "SELECT id FROM pack WHERE name = ?"), arguments: [name])
  }

  private static func apply(_ record: LogRecord, _ database: Database) throws {
    let head = try Row.fetchOne(
      database.cachedStatement(
        sql: "SELECT id, head_sequence, head_digest FROM dataset WHERE name = ?"),
      arguments: [record.dataset.text])
    let sequence: Int = head?["head_sequence"] ?? 0
    if record.sequence <= sequence {
      try expectKnown(record, database)
      return
    }
    let previous: Digest =
      try head.map { try RecordRows.digest($0["head_digest"]) } ?? Digest(zero: ())
    guard record.sequence == sequence + 1, record.previous == previous else {
      throw broken(record, "it does not follow record \(sequence)")
    }
    let id: Int64
    if let head {
      id = head["id"]
      let statement = try database.cachedStatement(
        sql: "UPDATE dataset SET head_sequence = ?, head_digest = ? WHERE id = ?")
      try statement.execute(arguments: [record.sequence, RecordRows.blob(record.digest.bytes), id])
    } else {
      let statement = try database.cachedStatement(
        sql: "INSERT INTO dataset (name, head_sequence, head_digest) VALUES (?, ?, ?)")
      try statement.execute(
        arguments: [record.dataset.text, record.sequence, RecordRows.blob(record.digest.bytes)])
      id = database.lastInsertedRowID
    }
    let statement = try database.cachedStatement(
      sql: "INSERT INTO record (dataset, sequence, digest, json, texts) VALUES (?, ?, ?, ?, ?)")
    try statement.execute(
      arguments: [
        id, record.sequence, RecordRows.blob(record.digest.bytes), RecordRows.blob(record.bytes),
        record.texts.map(RecordRows.blob),
      ])
    try apply(record.change, of: record, dataset: id, database)
  }

  private static func apply(
    _ change: LogRecord.Change, of record: LogRecord, dataset: Int64, _ database: Database
  ) throws {
    switch change {
    case .version(let version):
      try expectNext(version, of: record, dataset: dataset, database)
      let statement = try database.cachedStatement(
        sql: """
          INSERT INTO version (dataset, number, sequence, snapshot, created_at, idempotency_key)
          VALUES (?, ?, ?, ?, ?, ?)
          """)
      try statement.execute(
        arguments: [
          dataset, version.number, record.sequence, RecordRows.blob(version.snapshot.bytes),
          version.createdAt.microseconds, version.idempotencyKey,
        ])
    case .tag(let tag):
      guard let number = tag.number else {
        let statement = try database.cachedStatement(
          sql: "DELETE FROM tag WHERE dataset = ? AND name = ?")
        try statement.execute(arguments: [dataset, tag.name])
        return
      }
      let statement = try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO tag (dataset, name, number, sequence) VALUES (?, ?, ?, ?)")
      try statement.execute(arguments: [dataset, tag.name, number, record.sequence])
    case .deployment:
      // They are few, and read from the records themselves.
      break
    }
  }

  /// Numbers run without gaps and idempotency keys are used once; a log that breaks this was not
  /// written by us, and must not pass for a damaged index.
  private static func expectNext(
    _ version: VersionRecord, of record: LogRecord, dataset: Int64, _ database: Database
  ) throws {
    let newest = try Int.fetchOne(
      database.cachedStatement(sql: "SELECT max(number) FROM version WHERE dataset = ?"),
      arguments: [dataset])
    guard version.number == (newest ?? 0) + 1 else {
      throw broken(record, "it names its version \(version.number) after \(newest ?? 0)")
    }
    guard let key = version.idempotencyKey else { return }
    let used = try Int.fetchOne(
      database.cachedStatement(
        sql: "SELECT number FROM version WHERE dataset = ? AND idempotency_key = ?"),
      arguments: [dataset, key])
    if let used { throw broken(record, "it repeats the idempotency key of version \(used)") }
  }

  private static func expectKnown(_ record: LogRecord, _ database: Database) throws {
    let known = try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT record.digest AS digest FROM record JOIN dataset ON dataset.id = record.dataset
          WHERE dataset.name = ? AND sequence = ?
          """),
      arguments: [record.dataset.text, record.sequence])
    guard let known else { throw IndexDamage(what: "a record below the head is missing") }
    guard try RecordRows.digest(known["digest"]) == record.digest else {
      throw broken(record, "another record of that sequence was read before")
    }
  }

  private static func broken(_ record: LogRecord, _ why: String) -> StoreError {
    StoreError(
      .corrupt,
      "the log of \(record.dataset) is broken at record \(record.sequence): \(why); "
        + "run verify, and restore the log from a copy")
  }
}
