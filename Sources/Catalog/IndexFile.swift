import Foundation
import Glibc
import GRDB
import Migrations
import Model

/// A connection to an index, and the files that it has open.
struct OpenIndex {
  let queue: DatabaseQueue
  let files: IndexIdentity
}

/// Opens, makes and removes the file of an index.
enum IndexFile {
  /// Marks a SQLite file as ours ("ASAY"), so that a foreign one is not taken for an index.
  private static let applicationID = 0x4153_4159

  /// Opens the index of `store` at `path`.
  ///
  /// A file that is none, is broken, is of another store or has another schema is replaced. Files
  /// are made only where nobody else opens them: whoever has an older index open keeps its own.
  static func open(_ path: String, _ store: String) throws -> OpenIndex {
    try requireFiles(path)
    let known = try locked(path, LOCK_SH) { try existing(path, store) }
    if let known { return known }
    return try locked(path, LOCK_EX) {
      // Another process may have made it just now.
      if let known = try existing(path, store) { return known }
      return try make(path, store)
    }
  }

  /// Makes an empty index in the place of what is there.
  static func replace(_ path: String, _ store: String) throws -> OpenIndex {
    try locked(path, LOCK_EX) { try make(path, store) }
  }

  /// The index that is there; nil when it is to be made anew.
  private static func existing(_ path: String, _ store: String) throws -> OpenIndex? {
    guard isWhole(path) else { return nil }
    let files = IndexIdentity(path)
    do {
      return try connect(path, store)
    } catch let error as DatabaseError
      where isDamage(error) || mayTellOtherFiles(error) && !files.hasDatabase
    {
      return nil
    }
  }

  /// Makes an empty index, again when somebody removes its files, who asks for no lock, before it
  /// is open; at last one in memory, which nobody can remove.
  private static func make(_ path: String, _ store: String) throws -> OpenIndex {
    var tries = 0
    while true {
      tries += 1
      try remove(path)
      do {
        if let index = try connect(tries < mostTries ? path : ":memory:", store) { return index }
      } catch let error as DatabaseError
        where tries < mostTries
        && (isDamage(error) || mayTellOtherFiles(error) && byteCount(path) == nil)
      {
        continue
      }
      guard tries < mostTries else { throw IndexDamage(what: "a new file is not empty") }
    }
  }

  private static let mostTries = 5

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

  /// Whether an error means that the file is broken or gone, as opposed to locked or forbidden.
  static func isDamage(_ error: DatabaseError) -> Bool {
    switch error.extendedResultCode {
    // These SQLite has for files alone that were cut short or removed beside those who have them
    // open (https://www.sqlite.org/rescode.html): a read behind the end; a name that is not there
    // when a log is made beside it, or removed.
    case .SQLITE_IOERR_SHORT_READ, .SQLITE_IOERR_FSTAT, .SQLITE_IOERR_DELETE_NOENT,
      .SQLITE_IOERR_VNODE, .SQLITE_IOERR_CORRUPTFS, .SQLITE_READONLY_DBMOVED,
      .SQLITE_READONLY_ROLLBACK, .SQLITE_READONLY_RECOVERY, .SQLITE_READONLY_CANTINIT,
      .SQLITE_CANTOPEN_DIRTYWAL:
      return true
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

  /// Whether an error has its cause in files that were exchanged, when they were: SQLite has these
  /// for a disk that fails too.
  static func mayTellOtherFiles(_ error: DatabaseError) -> Bool {
    [.SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PROTOCOL]
      .contains(error.resultCode)
  }

  /// The size of the write-ahead log beside the file; 0 when there is none.
  static func logBytes(_ path: String) -> Int { byteCount(path + "-wal") ?? 0 }

  /// Removes the file and what SQLite keeps beside it.
  static func remove(_ path: String) throws {
    guard path != ":memory:" else { return }
    // One that was cut short is memory of those who have it open still, who would end as they read
    // it. Zeros tell them to make it anew.
    if let size = byteCount(path + "-shm"), size < IndexIdentity.mostLockBytes {
      unsafe truncate(path + "-shm", off_t(IndexIdentity.mostLockBytes))
    }
    // The file itself last: without it, SQLite ignores the other two.
    for suffix in ["-wal", "-shm", ""] where unsafe unlink(path + suffix) != 0 && errno != ENOENT {
      throw DatabaseError(
        resultCode: .SQLITE_CANTOPEN, message: "a file of the index cannot be removed")
    }
  }

  /// A connection to an index of the current schema and of `store`, made when the file is new; nil
  /// for any other.
  private static func connect(_ path: String, _ store: String) throws -> OpenIndex? {
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
    return OpenIndex(queue: queue, files: IndexIdentity(path))
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
