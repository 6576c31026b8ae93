package import Model

/// The only interface to the operating system's files: every byte of a store passes through it.
///
/// Kept this narrow so that tests can put a disk in its place that fails the n-th call, tears a
/// write or loses what was not synced. Paths are relative to the store's folder and use `/`; the
/// empty path is the folder itself. Any thread may call. All calls throw ``StoreError``: `missing`
/// when a file or folder on the way is not there, `denied` when the system does not allow it,
/// `exhausted` when the disk or a limit is full, `unavailable` for everything else.
package protocol Disk: Sendable {
  /// Creates a file that must not exist yet, open for appending.
  /// - Throws: `conflict` when something of that name exists.
  func create(_ path: String) throws(StoreError) -> DiskFile

  /// Creates a file as ``create(_:)`` does, which only its owner may read.
  func createPrivately(_ path: String) throws(StoreError) -> DiskFile

  /// Opens a file for reading.
  /// - Throws: `corrupt` when something else than a file has that name: a pipe, a device, a folder.
  func open(_ path: String) throws(StoreError) -> DiskFile

  /// Opens a file for appending, creating it when missing, and keeps every other process from doing
  /// so until it is closed or the process ends.
  /// - Throws: `conflict` while another process has it open so.
  func openExclusively(_ path: String) throws(StoreError) -> DiskFile

  /// Opens a file for appending, beside others who append to it; a missing file is created, and
  /// then only its owner may read it.
  /// - Throws: `corrupt` when something else than a file has that name.
  func openShared(_ path: String) throws(StoreError) -> DiskFile

  /// Opens a file as a lock, which one owner has at a time; a missing file is created.
  ///
  /// Closing the file releases the lock, as does the end of the process.
  /// - Parameter waits: True to wait for an owner, for some seconds.
  /// - Throws: `conflict` when the lock stays with another owner.
  func lock(_ path: String, waits: Bool) throws(StoreError) -> DiskFile

  /// Opens a file, which is created when missing, and keeps others from holding the same place of
  /// it until it is closed or the process ends; waits for another holder.
  ///
  /// Where the file system has no such locks, holders do not exclude each other.
  func hold(_ place: Int, of path: String) throws(StoreError) -> DiskFile

  /// Appends all of `bytes` to a file that ``create(_:)``, ``openExclusively(_:)`` or
  /// ``openShared(_:)`` opened.
  func write(_ bytes: [UInt8], to file: DiskFile) throws(StoreError)

  /// The size of an open file in bytes, whatever its name means by now.
  func byteCount(of file: DiskFile) throws(StoreError) -> Int

  /// Reads up to `count` bytes at `offset`; fewer only where the file ends.
  func read(_ file: DiskFile, at offset: Int, count: Int) throws(StoreError) -> [UInt8]

  /// Makes the file's bytes durable. After a failure nothing may be assumed about them, not even
  /// when a later call succeeds (https://www.usenix.org/system/files/atc20-rebello.pdf).
  func sync(_ file: DiskFile) throws(StoreError)

  /// Gives up an open file; a failure to close is of no interest, since ``sync(_:)`` came before.
  func close(_ file: DiskFile)

  /// Gives a file a second name, never replacing one; false when `target` exists.
  func link(_ source: String, to target: String) throws(StoreError) -> Bool

  /// Gives a file another name, replacing the file that had it, at once and for good once the
  /// folder is synced.
  func rename(_ source: String, to target: String) throws(StoreError)

  /// Removes a name.
  func unlink(_ path: String) throws(StoreError)

  /// Makes the names in a folder durable.
  func syncDirectory(_ path: String) throws(StoreError)

  /// Creates a folder; false when it exists. Its parent must exist.
  func makeDirectory(_ path: String) throws(StoreError) -> Bool

  /// Creates a folder as ``makeDirectory(_:)`` does, which only its owner may enter.
  func makePrivateDirectory(_ path: String) throws(StoreError) -> Bool

  /// Restricts a folder, and the files of these names in it, to their owner.
  ///
  /// Targets of links, files of other owners, and a file system that cannot be written stay as they
  /// are.
  func makePrivate(_ folder: String, files: [String])

  /// The names in a folder, sorted; those of folders end with `/`.
  func list(_ path: String) throws(StoreError) -> [String]

  /// Sets the modification time of a file to now.
  func touch(_ path: String) throws(StoreError)

  /// Size and age of a file or folder; nil when there is none of that name.
  ///
  /// A folder is as young as the newest change of its names.
  func status(of path: String) throws(StoreError) -> FileStatus?
}

/// An open file of a ``Disk``.
///
/// The code that opened it closes it, once.
package struct DiskFile: Sendable, Hashable {
  /// The identifier that the disk gave the file: a file descriptor, for the real one.
  package let descriptor: Int32
  /// The path it was opened by, for messages.
  package let path: String

  /// A handle that only the disk which made it understands.
  package init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }
}

/// The attributes of a file that can be read without opening it.
package struct FileStatus: Sendable, Hashable {
  package let byteCount: Int
  package let modified: Timestamp
  /// True for a file; false for a folder, a pipe or a device.
  package let isFile: Bool

  /// Something of `byteCount` bytes that was last changed at `modified`.
  package init(byteCount: Int, modified: Timestamp, isFile: Bool = true) {
    self.byteCount = byteCount
    self.modified = modified
    self.isFile = isFile
  }
}

extension Disk {
  /// A disk with one user needs no permissions.
  package func createPrivately(_ path: String) throws(StoreError) -> DiskFile { try create(path) }

  package func makePrivateDirectory(_ path: String) throws(StoreError) -> Bool {
    try makeDirectory(path)
  }

  package func makePrivate(_ folder: String, files: [String]) {}

  package func openShared(_ path: String) throws(StoreError) -> DiskFile {
    try status(of: path) == nil ? create(path) : open(path)
  }

  /// A disk with one user never waits.
  package func lock(_ path: String, waits: Bool) throws(StoreError) -> DiskFile {
    try openExclusively(path)
  }
}
