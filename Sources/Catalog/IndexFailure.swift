import Glibc
import GRDB
import Model
import Platform

/// The meaning of the errors of an index, and the messages about them.
enum IndexFailure {
  /// Returns true when an error means that the file is broken or gone, not locked or forbidden.
  static func isDamage(_ error: any Error) -> Bool {
    guard let error = error as? DatabaseError else {
      // No row that we wrote fails to be decoded.
      return !(error is StoreError)
    }
    switch error.extendedResultCode {
    // SQLite returns these only for files that were cut short or removed while processes have them
    // open (https://www.sqlite.org/rescode.html): a read behind the end; a name that does not exist
    // when a log is made beside it, or removed.
    // A disk that fails gives SQLITE_IOERR_CORRUPTFS; `explained` keeps it from being the others.
    case .SQLITE_IOERR_SHORT_READ, .SQLITE_IOERR_FSTAT, .SQLITE_IOERR_DELETE_NOENT,
      .SQLITE_IOERR_VNODE, .SQLITE_READONLY_DBMOVED,
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

  /// Returns true when the disk has no room for the index, or fails to read or write it.
  ///
  /// An index in memory serves as well.
  static func isOfDisk(_ error: any Error) -> Bool {
    guard let error = error as? DatabaseError, !isDamage(error) else { return false }
    return error.resultCode == .SQLITE_FULL
      || error.resultCode == .SQLITE_IOERR && error.extendedResultCode != .SQLITE_IOERR_NOMEM
  }

  /// The error numbers of a disk, or of a file system, that fails.
  private static let ofDisk: Set<Int32> = [EIO, ENXIO, ENODEV, EREMOTEIO, ESTALE, EUCLEAN, EBADMSG]

  /// Returns true when replaced files can cause an error; SQLite returns the same errors for a
  /// failing disk.
  static func mayMeanOtherFiles(_ error: any Error) -> Bool {
    guard let error = error as? DatabaseError else { return false }
    return [.SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PROTOCOL]
      .contains(error.resultCode)
  }

  /// Runs `body` on one thread; an error of a call to the system has the system's words for it.
  ///
  /// They come from the thread's `errno`, since SQLite keeps none where a commit fails
  /// (`sqlite3_system_errno`).
  static func explaining<Result>(_ body: () throws -> Result) throws -> Result {
    errno = 0
    do {
      return try body()
    } catch let error as DatabaseError {
      throw explained(error, errno)
    }
  }

  /// The error with the file's use in which it came, and the system's words for `code`.
  static func explained(_ error: DatabaseError, _ code: Int32) -> DatabaseError {
    let isOfSystem = [.SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_FULL, .SQLITE_PERM]
      .contains(error.resultCode)
    guard isOfSystem else { return error }
    var message = error.message ?? error.resultCode.description
    if let use = use(error.extendedResultCode) { message += " while \(use)" }
    if code != 0 { message += ": \(systemReason(code))" }
    // A disk that fails where it is asked whether a file is there says nothing of the file.
    let saysMore = isDamage(error) || error.resultCode == .SQLITE_CANTOPEN
    let isOfDisk = ofDisk.contains(code) && saysMore
    return DatabaseError(
      resultCode: isOfDisk ? .SQLITE_IOERR : error.extendedResultCode, message: message)
  }

  /// The use of the file in which the error came (https://www.sqlite.org/rescode.html).
  private static func use(_ code: ResultCode) -> String? {
    switch code {
    case .SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ, .SQLITE_IOERR_CORRUPTFS: "it was read"
    case .SQLITE_IOERR_WRITE: "it was written"
    case .SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC: "it was synced"
    case .SQLITE_IOERR_TRUNCATE: "it was shortened"
    case .SQLITE_IOERR_LOCK, .SQLITE_IOERR_UNLOCK, .SQLITE_IOERR_RDLOCK,
      .SQLITE_IOERR_CHECKRESERVEDLOCK:
      "it was locked"
    case .SQLITE_IOERR_SHMOPEN, .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_SHMLOCK,
      .SQLITE_IOERR_SHMMAP:
      "its lock file was opened"
    case .SQLITE_IOERR_DELETE, .SQLITE_IOERR_DELETE_NOENT: "a file of it was removed"
    default: nil
    }
  }

  /// The error that callers get.
  static func storeError(_ error: any Error) -> StoreError {
    if let error = error as? StoreError { return error }
    guard let failure = error as? DatabaseError else {
      return damaged((error as? IndexDamage)?.what ?? "a row has a value of another type")
    }
    let reason = failure.message ?? failure.resultCode.description
    if isDamage(failure) { return damaged(reason) }
    switch failure.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return StoreError(
        .unavailable, "index.sqlite is in use by another process for too long; try again")
    case .SQLITE_FULL:
      return StoreError(
        .exhausted, "index.sqlite cannot grow (\(reason)); free space and try again")
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_CANTOPEN:
      return StoreError(
        .denied,
        "index.sqlite cannot be opened or written (\(reason)); check who owns the store, and how "
          + "many files may be open ('ulimit -n')")
    case .SQLITE_IOERR:
      return StoreError(
        .unavailable,
        "index.sqlite cannot be used, since the disk failed (\(reason)); nothing is lost with it: "
          + "check the disk, then make it anew with 'assay reindex'")
    default:
      return StoreError(
        .unavailable, "index.sqlite cannot be used (\(reason)); check the disk and try again")
    }
  }

  private static func damaged(_ what: String) -> StoreError {
    StoreError(.corrupt, "index.sqlite is damaged (\(what)); run reindex, which loses nothing")
  }
}

/// A row of the index that this program cannot have written.
struct IndexDamage: Error {
  /// The damage, as part of a sentence.
  let what: String
}
