package import Model

/// The one door to the operating system: every byte of a store passes through these calls.
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

  /// Creates a file as ``create(_:)`` does, which nobody but its owner may read.
  func createPrivately(_ path: String) throws(StoreError) -> DiskFile

  /// Opens a file for reading.
  /// - Throws: `corrupt` when something else than a file has that name: a pipe, a device, a folder.
  func open(_ path: String) throws(StoreError) -> DiskFile

  /// Opens a file for appending, which is made when it is not there, and keeps everybody else from
  /// doing so until it is closed or the process ends.
  /// - Throws: `conflict` when somebody else has it open so.
  func openExclusively(_ path: String) throws(StoreError) -> DiskFile

  /// Opens a file for appending, beside others who append to it; it is made when it is not there,
  /// and then nobody but its owner may read it.
  /// - Throws: `corrupt` when something else than a file has that name.
  func openShared(_ path: String) throws(StoreError) -> DiskFile

  /// Opens a file as a lock, which one owner has at a time; it is made when it is not there.
  ///
  /// Closing the file, and the end of the process, give the lock up.
  /// - Parameter waits: Whether an owner is waited for, for some seconds.
  /// - Throws: `conflict` when it is not to be had.
  func lock(_ path: String, waits: Bool) throws(StoreError) -> DiskFile

  /// Opens a file, which is made when it is not there, and keeps everybody else from holding the
  /// same place of it until it is closed or the process ends; waits for whoever does.
  ///
  /// Where the file system has no such locks, nobody is kept from anything.
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

  /// Creates a folder as ``makeDirectory(_:)`` does, which nobody but its owner may enter.
  func makePrivateDirectory(_ path: String) throws(StoreError) -> Bool

  /// Takes the rights to a folder, and to the files of these names in it, from everybody but their
  /// owner.
  ///
  /// What a link leads to, what somebody else owns, and a file system that cannot be written stay
  /// as they are.
  func makePrivate(_ folder: String, files: [String])

  /// The names in a folder, sorted; those of folders end with `/`.
  func list(_ path: String) throws(StoreError) -> [String]

  /// Makes a file as young as if it had been written now.
  func touch(_ path: String) throws(StoreError)

  /// Size and age of a file or folder; nil when there is none of that name.
  ///
  /// A folder is as young as the newest change of its names.
  func status(of path: String) throws(StoreError) -> FileStatus?
}

/// An open file of a ``Disk``.
///
/// Whoever opened it closes it, once.
package struct DiskFile: Sendable, Hashable {
  /// What the disk knows the file by: a file descriptor, for the real one.
  package let descriptor: Int32
  /// The path it was opened by, for messages.
  package let path: String

  /// A handle that only the disk which made it understands.
  package init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }
}

/// What a folder tells about a file without opening it.
package struct FileStatus: Sendable, Hashable {
  package let byteCount: Int
  package let modified: Timestamp

  /// A file of `byteCount` bytes that was last changed at `modified`.
  package init(byteCount: Int, modified: Timestamp) {
    self.byteCount = byteCount
    self.modified = modified
  }
}

extension Disk {
  /// A disk that has one user keeps nothing from others.
  package func createPrivately(_ path: String) throws(StoreError) -> DiskFile { try create(path) }

  package func makePrivateDirectory(_ path: String) throws(StoreError) -> Bool {
    try makeDirectory(path)
  }

  package func makePrivate(_ folder: String, files: [String]) {}

  package func openShared(_ path: String) throws(StoreError) -> DiskFile {
    try status(of: path) == nil ? create(path) : open(path)
  }

  /// A disk that has one user makes nobody wait.
  package func lock(_ path: String, waits: Bool) throws(StoreError) -> DiskFile {
    try openExclusively(path)
  }
}
