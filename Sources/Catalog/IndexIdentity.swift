import Glibc

/// The files of an open index as they were when it was opened: the database, its write-ahead log
/// and the lock file, whose memory all processes share.
///
/// SQLite does not notice that one of them was removed, exchanged or cut short, and would write the
/// pages of one index into another (https://www.sqlite.org/howtocorrupt.html, "Unlinking or
/// renaming a database file while in use"), or read memory behind the end of the lock file, which
/// ends the process.
struct IndexIdentity: Sendable {
  /// One file, whatever name it has.
  private struct File: Equatable {
    let device: dev_t
    let number: ino_t
  }

  private static let suffixes = ["", "-wal", "-shm"]
  /// SQLite maps the lock file in pieces of this size.
  private static let lockBytes = 32 << 10
  /// More than the lock file ever needs for a log that is kept as short as this index's.
  static let mostLockBytes = 32 * lockBytes

  private let path: String
  private let files: [File?]

  /// Notes the files that are at `path` now.
  init(_ path: String) {
    self.path = path
    files = Self.suffixes.map { Self.status(path + $0).map(Self.file) }
  }

  /// True when all three names are those of the files that were opened, and their memory is there.
  var isUnchanged: Bool {
    guard path != ":memory:" else { return true }
    return files[0] != nil && hasSharedMemory
      && zip(Self.suffixes, files).allSatisfy { suffix, file in
        Self.status(path + suffix).map(Self.file) == file
      }
  }

  /// True when the lock file was not cut short; one that was removed keeps its bytes for processes
  /// that have it open.
  var hasSharedMemory: Bool {
    guard path != ":memory:", let lock = files[2], let status = Self.status(path + "-shm"),
      Self.file(status) == lock
    else { return true }
    return status.st_size >= Self.lockBytes
  }

  /// True when a write cannot mix two indexes: a database that was removed or replaced as a whole
  /// is, with its log, only in the processes that have it open.
  var isByItself: Bool { isUnchanged || hasSharedMemory && !hasDatabase }

  /// True when the database that was opened is still at the path.
  var hasDatabase: Bool {
    path == ":memory:" || Self.status(path).map(Self.file).map { $0 == files[0] } ?? false
  }

  /// True when there is a database at the path, but not the one that was opened.
  var isReplaced: Bool {
    guard path != ":memory:", let status = Self.status(path) else { return false }
    return Self.file(status) != files[0]
  }

  private static func file(_ status: stat) -> File {
    File(device: status.st_dev, number: status.st_ino)
  }

  private static func status(_ path: String) -> stat? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status : nil
  }
}
