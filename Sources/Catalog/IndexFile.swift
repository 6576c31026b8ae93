import Foundation
import Glibc
import GRDB
import Migrations
import Model

/// Opens, makes and removes the file of an index.
enum IndexFile {
  /// Marks a SQLite file as ours ("ASAY"), so that a foreign one is not taken for an index.
  private static let applicationID = 0x4153_4159

  /// Opens the index of `store` at `path`.
  ///
  /// A file that is none, is broken, is of another store or has another schema is replaced. Files
  /// are made only where nobody else opens them: whoever has an older index open keeps its own.
  static func open(_ path: String, _ store: String) throws -> DatabaseQueue {
    try requireFiles(path)
    if let queue = try locked(path, LOCK_SH, { try existing(path, store) }) { return queue }
    return try locked(path, LOCK_EX) {
      // Another process may have made it just now.
      if let queue = try existing(path, store) { return queue }
      return try make(path, store)
    }
  }

  /// Makes an empty index in the place of what is there.
  static func replace(_ path: String, _ store: String) throws -> DatabaseQueue {
    try locked(path, LOCK_EX) { try make(path, store) }
  }

  /// A connection to the index that is there; nil when it is to be made anew.
  private static func existing(_ path: String, _ store: String) throws -> DatabaseQueue? {
    guard isWhole(path) else { return nil }
    do {
      return try connect(path, store)
    } catch let error as DatabaseError where isDamage(error) {
      return nil
    }
  }

  private static func make(_ path: String, _ store: String) throws -> DatabaseQueue {
    try remove(path)
    guard let queue = try connect(path, store) else {
      throw IndexDamage(what: "a new file is not empty")
    }
    return queue
  }

  /// Whether the files are there that SQLite leaves together; only their sizes are looked at, since
  /// to open and close one would give up the locks that this process has on it.
  ///
  /// A connection that found another's lock file or log beside a file of its own would mix two
  /// indexes. SQLite makes the log before the lock file and removes it after.
  private static func isWhole(_ path: String) -> Bool {
    guard path != ":memory:" else { return false }
    let isLockThere = byteCount(path + "-shm") != nil
    return byteCount(path) ?? 0 > 0 && (!isLockThere || byteCount(path + "-wal") != nil)
  }

  /// The size of a file; nil when there is none.
  private static func byteCount(_ path: String) -> Int? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// Runs `body` while nobody replaces the file, or (`LOCK_EX`) opens it: a connection that takes
  /// the file from before and the log from after would mix two indexes.
  ///
  /// The lock is one on the folder, and is given up with it. A file system without locks goes on
  /// without.
  private static func locked<Result>(
    _ path: String, _ kind: Int32, _ body: () throws -> Result
  ) throws -> Result {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor =
      path == ":memory:" ? -1 : unsafe Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    if descriptor >= 0 {
      while flock(descriptor, kind) != 0, errno == EINTR {}
    }
    return try body()
  }

  /// Goes on when nothing but files has the names of the index: SQLite would wait for a pipe.
  private static func requireFiles(_ path: String) throws {
    guard path != ":memory:" else { return }
    for suffix in ["", "-wal", "-shm"] {
      var status = stat()
      if unsafe stat(path + suffix, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        throw StoreError(
          .corrupt,
          "\(name + suffix) is no file, where the store has its index: remove it; the index is made "
            + "anew without loss")
      }
    }
  }

  /// Whether an error means that the file is broken, as opposed to locked or forbidden.
  static func isDamage(_ error: DatabaseError) -> Bool {
    switch error.extendedResultCode {
    // The log was cut short, or the file removed, beside those who have them open.
    case .SQLITE_IOERR_SHORT_READ, .SQLITE_READONLY_DBMOVED: return true
    default: break
    }
    return switch error.resultCode {
    // SQLITE_ERROR and SQLITE_SCHEMA too: all statements are ours, so they fail only when a table
    // or column is not what the schema says.
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_ERROR, .SQLITE_SCHEMA,
      .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG:
      true
    default: false
    }
  }

  /// The size of the write-ahead log beside the file; 0 when there is none.
  static func logBytes(_ path: String) -> Int { byteCount(path + "-wal") ?? 0 }

  /// Removes the file and what SQLite keeps beside it.
  static func remove(_ path: String) throws {
    guard path != ":memory:" else { return }
    // The file itself last: without it, SQLite ignores the other two.
    for suffix in ["-wal", "-shm", ""] where unsafe unlink(path + suffix) != 0 && errno != ENOENT {
      throw DatabaseError(
        resultCode: .SQLITE_CANTOPEN, message: "a file of the index cannot be removed")
    }
  }

  /// A connection to an index of the current schema and of `store`, made when the file is new; nil
  /// for any other.
  private static func connect(_ path: String, _ store: String) throws -> DatabaseQueue? {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.foreignKeysEnabled = false
    configuration.label = "assay.index"
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    let isOurs = try queue.writeWithoutTransaction { database in
      // NORMAL never syncs on commit: a power cut may lose the newest commits, which the logs hold.
      // The short log bounds what the next process has to read when this one ends without a
      // checkpoint. The file is not mapped: a page that somebody cut off, or that the disk cannot
      // read, is an error then, and not the end of the process.
      try database.execute(
        sql: """
          PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 128;
          PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA cache_size = -16384
          """)
      if try isCurrent(database) { return try isOf(store, database) }
      return try create(database, store)
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

  private static func isOf(_ store: String, _ database: Database) throws -> Bool {
    let row = try Row.fetchOne(database, sql: "SELECT name, checksum FROM store WHERE id = 1")
    return row?["name"] == store && row?["checksum"] == checksum(store)
  }

  private static func checksum(_ store: String) -> Int64 {
    RowChecksum(store: store).of(.store).value
  }

  /// Makes the tables in an empty file; false when it is not empty.
  private static func create(_ database: Database, _ store: String) throws -> Bool {
    guard try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0 else {
      // Another process may have made it just now.
      return try isCurrent(database) && isOf(store, database)
    }
    try database.execute(sql: "PRAGMA journal_mode = WAL")
    try database.inTransaction(.exclusive) {
      if try isCurrent(database) { return .rollback }
      for script in Migrations.scripts { try database.execute(sql: script) }
      try database.execute(
        sql: "INSERT INTO store (id, name, checksum) VALUES (1, ?, ?)",
        arguments: [store, checksum(store)])
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
