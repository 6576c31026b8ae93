import GRDB
import GRDBSQLite
import Model

/// The columns that the index holds of a version besides its record.
struct VersionRow {
  let number: Int
  let sequence: Int
  let snapshot: Digest
  let createdAt: Timestamp
  let idempotencyKey: String?

  /// The row of a version that record `sequence` published.
  init(_ version: VersionRecord, sequence: Int) {
    number = version.number
    self.sequence = sequence
    snapshot = version.snapshot
    createdAt = version.createdAt
    idempotencyKey = version.idempotencyKey
  }

  private func checksum(_ dataset: Int64, _ key: RowChecksum) -> Int64 {
    var sum = key.of(.version)
    sum.combine(Int(dataset))
    sum.combine(number)
    sum.combine(sequence)
    sum.combine(snapshot)
    sum.combine(UInt64(bitPattern: createdAt.microseconds))
    sum.combine(idempotencyKey)
    return sum.value
  }

  func insert(into dataset: Int64, _ database: Database, _ key: RowChecksum) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO version
          (dataset, number, sequence, snapshot, created_at, idempotency_key, checksum)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """)
    try statement.execute(
      arguments: [
        dataset, number, sequence, RecordRows.blob(snapshot.bytes), createdAt.microseconds,
        idempotencyKey, checksum(dataset, key),
      ])
  }

  /// Passes the rows of a dataset's versions to `visit`, newest first, without a gap, from the one
  /// before number `before` on, until it returns that it has seen enough.
  ///
  /// By SQLite's own calls, and without an index of the table on time, digest or key: a row that
  /// such an index hides would go unnoticed.
  @safe static func scan(
    of dataset: DatasetRow, before: Int = .max, _ database: Database, _ key: RowChecksum,
    _ visit: (VersionRow) throws -> Bool
  ) throws {
    let statement = unsafe try database.cachedStatement(
      sql: """
        SELECT number, sequence, snapshot, created_at, idempotency_key, checksum FROM version
        WHERE dataset = ? AND number < ? ORDER BY number DESC
        """
    ).sqliteStatement
    defer { unsafe sqlite3_reset(statement) }
    unsafe sqlite3_bind_int64(statement, 1, dataset.id)
    unsafe sqlite3_bind_int64(statement, 2, Int64(before))
    var expected = min(before - 1, dataset.versions)
    while expected > 0 {
      switch unsafe sqlite3_step(statement) {
      case SQLITE_ROW: break
      case SQLITE_DONE: throw IndexDamage(what: "a version is missing")
      case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code))
      }
      let row = unsafe try VersionRow(statement)
      guard row.number == expected,
        unsafe row.checksum(dataset.id, key) == sqlite3_column_int64(statement, 5)
      else { throw IndexDamage(what: "a version is not what was written") }
      if try visit(row) { return }
      expected -= 1
    }
  }

  private init(_ statement: OpaquePointer) throws {
    number = Int(unsafe sqlite3_column_int64(statement, 0))
    sequence = Int(unsafe sqlite3_column_int64(statement, 1))
    let digestBytes = unsafe Int(sqlite3_column_bytes(statement, 2))
    snapshot = try RecordRows.digest(
      bytes: unsafe Array(
        UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, 2), count: digestBytes)))
    createdAt = Timestamp(microseconds: unsafe sqlite3_column_int64(statement, 3))
    idempotencyKey = unsafe sqlite3_column_text(statement, 4).map { text in
      let count = unsafe Int(sqlite3_column_bytes(statement, 4))
      return unsafe String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }
  }
}
