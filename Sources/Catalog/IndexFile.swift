import Foundation
import GRDB
import Migrations

/// Opens, makes and removes the file of an index.
enum IndexFile {
  /// Marks a SQLite file as ours ("ASAY"), so that a foreign one is not taken for an index.
  private static let applicationID = 0x4153_4159

  /// Opens the index at `path`.
  ///
  /// A file that is none, is broken or has another schema is replaced.
  static func open(_ path: String) throws -> DatabaseQueue {
    do {
      if let queue = try connect(path) { return queue }
    } catch let error as DatabaseError where isDamage(error) {
      // Falls through to make it anew.
    }
    try remove(path)
    guard let queue = try connect(path) else {
      throw IndexDamage(what: "a new file is not empty")
    }
    return queue
  }

  /// Whether an error means that the file is broken, as opposed to locked or forbidden.
  static func isDamage(_ error: DatabaseError) -> Bool {
    switch error.resultCode {
    // SQLITE_ERROR and SQLITE_SCHEMA too: all statements are ours, so they fail only when a table
    // or column is not what the schema says.
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_ERROR, .SQLITE_SCHEMA,
      .SQLITE_CONSTRAINT, .SQLITE_MISMATCH:
      true
    default: false
    }
  }

  /// The size of the write-ahead log beside the file; 0 when there is none.
  static func logBytes(_ path: String) -> Int {
    var status = stat()
    return unsafe stat(path + "-wal", &status) == 0 ? Int(status.st_size) : 0
  }

  /// Removes the file and what SQLite keeps beside it.
  static func remove(_ path: String) throws {
    guard path != ":memory:" else { return }
    // The file itself last: without it, SQLite ignores the other two.
    for suffix in ["-wal", "-shm", ""] where unsafe unlink(path + suffix) != 0 && errno != ENOENT {
      throw DatabaseError(
        resultCode: .SQLITE_CANTOPEN, message: "a file of the index cannot be removed")
    }
  }

  /// A connection to an index of the current schema, made when the file is new; nil for any other.
  private static func connect(_ path: String) throws -> DatabaseQueue? {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.foreignKeysEnabled = false
    configuration.label = "assay.index"
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    let isOurs = try queue.writeWithoutTransaction { database in
      // NORMAL never syncs on commit: a power cut may lose the newest commits, which the logs hold.
      // The short log bounds what the next process has to read when this one ends without a
      // checkpoint.
      try database.execute(
        sql: """
          PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 128;
          PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 268435456
          """)
      if try isCurrent(database) { return true }
      return try create(database)
    }
    guard isOurs else {
      try? queue.close()
      return nil
    }
    return queue
  }

  private static func isCurrent(_ database: Database) throws -> Bool {
    try Int.fetchOne(database, sql: "PRAGMA user_version") == Migrations.scripts.count
      && Int.fetchOne(database, sql: "PRAGMA application_id") == applicationID
  }

  /// Makes the tables in an empty file; false when it is not empty.
  private static func create(_ database: Database) throws -> Bool {
    guard try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0 else {
      // Another process may have made it just now.
      return try isCurrent(database)
    }
    try database.execute(sql: "PRAGMA journal_mode = WAL")
    try database.inTransaction(.exclusive) {
      if try isCurrent(database) { return .rollback }
      for script in Migrations.scripts { try database.execute(sql: script) }
      try database.execute(
        sql: """
          PRAGMA application_id = \(applicationID);
          PRAGMA user_version = \(Migrations.scripts.count)
          """)
      return .commit
    }
    return true
  }
}
