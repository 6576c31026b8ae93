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
  /// A file that is not an index, is broken, is of another store or has another schema is replaced.
  /// Files are made only where no other process opens them: a process that has an older index open
  /// keeps its own.
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

  /// Replaces the files at `path` by an empty index.
  static func replace(_ path: String, _ store: String) throws -> OpenIndex {
    try locked(path, LOCK_EX) { try make(path, store) }
  }

  /// Opens the index at `path`; nil when it must be rebuilt.
  private static func existing(_ path: String, _ store: String) throws -> OpenIndex? {
    var tries = 0
    while isWhole(path) {
      tries += 1
      do {
        return try connect(path, store)
      } catch  where IndexFailure.isDamage(error) {
        return nil
      } catch  where IndexFailure.mayMeanOtherFiles(error) && tries < mostTries {
        // A process without the lock replaced them; a failing disk fails every time.
      }
    }
    return nil
  }

  /// Makes an empty index.
  ///
  /// A process that takes no lock may replace its files before they are open: then it is made
  /// again, and at last in memory, where no other process can remove it.
  private static func make(_ path: String, _ store: String) throws -> OpenIndex {
    var failure: (any Error)?
    for _ in 1..<mostTries {
      try remove(path)
      do {
        if let index = try connect(path, store) { return index }
      } catch  where IndexFailure.isDamage(error) || IndexFailure.mayMeanOtherFiles(error) {
        failure = error
      }
    }
    if let failure, IndexFailure.mayMeanOtherFiles(failure), byteCount(path) != nil {
      throw failure
    }
    guard let index = try connect(":memory:", store) else {
      throw IndexDamage(what: "a new file is not empty")
    }
    return index
  }

  private static let mostTries = 5

  /// Returns true when the files are there that SQLite leaves together.
  ///
  /// It looks only at their sizes, since opening and closing one would release the locks that this
  /// process has on it. A connection that found another's lock file or log beside a file of its own
  /// would mix two indexes. SQLite makes the log before the lock file and removes it after.
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

  /// Runs `body` while no other process replaces the file, or (`LOCK_EX`) opens it: a connection
  /// that takes the file from before and the log from after would mix two indexes.
  ///
  /// The lock is one on the folder, and is released with it. A file system without locks continues
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

  /// Throws unless only files have the names of the index: SQLite would wait for a pipe.
  private static func requireFiles(_ path: String) throws {
    guard path != ":memory:" else { return }
    for suffix in ["", "-wal", "-shm"] {
      var status = stat()
      if unsafe stat(path + suffix, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        throw StoreError(
          .corrupt,
          "\(name + suffix) is not a file, where the store has its index: remove it; the index is "
            + "rebuilt without loss")
      }
    }
  }

  /// The size of the write-ahead log beside the file; 0 when there is none.
  static func logBytes(_ path: String) -> Int { byteCount(path + "-wal") ?? 0 }

  /// Removes the file and what SQLite keeps beside it.
  static func remove(_ path: String) throws {
    guard path != ":memory:" else { return }
    // One that was cut short is mapped memory of processes that still have it open, which would end
    // as they read it. Zeros make them rebuild it.
    if let size = byteCount(path + "-shm"), size < IndexIdentity.mostLockBytes {
      unsafe truncate(path + "-shm", off_t(IndexIdentity.mostLockBytes))
    }
    // The file itself last: without it, SQLite ignores the other two.
    for suffix in ["-wal", "-shm", ""] where unsafe unlink(path + suffix) != 0 && errno != ENOENT {
      throw IndexFailure.explained(
        DatabaseError(
          resultCode: .SQLITE_CANTOPEN, message: "a file of the index cannot be removed"), errno)
    }
  }

  /// A connection to an index of the current schema and of `store`, made when the file is new; nil
  /// for any other.
  private static func connect(_ path: String, _ store: String) throws -> OpenIndex? {
    try IndexFailure.explaining { try connection(path, store) }
  }

  private static func connection(_ path: String, _ store: String) throws -> OpenIndex? {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.foreignKeysEnabled = false
    configuration.label = "assay.index"
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    let isOurs = try queue.writeWithoutTransaction { database in
      // NORMAL never syncs on commit: a power cut may lose the newest commits, which the logs hold.
      // The short log bounds what the next process has to read when this one ends without a
      // checkpoint. The file is not mapped: a page that another process cut off, or that the disk
      // cannot read, is then an error and not the end of the process.
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
    guard let row else { return false }
    return try row.decode(forColumn: "name") == store
      && row.decode(forColumn: "checksum") == checksum(store)
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
