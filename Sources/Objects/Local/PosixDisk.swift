import Glibc
package import Model
import Platform

/// The disk of the operating system, below one folder.
///
/// All system calls of the store are in this file.
package struct PosixDisk: Disk {
  private let root: String

  /// A disk whose paths are relative to the folder `root`, which need not exist yet.
  package init(root: String) {
    self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
  }

  func absolute(_ path: String) -> String {
    path.isEmpty ? root : root + "/" + path
  }

  package func create(_ path: String) throws(StoreError) -> DiskFile {
    try create(path, mode: 0o644)
  }

  package func createPrivately(_ path: String) throws(StoreError) -> DiskFile {
    try create(path, mode: 0o600)
  }

  private func create(_ path: String, mode: mode_t) throws(StoreError) -> DiskFile {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    let descriptor = retryingOnInterrupt { unsafe Glibc.open(absolute(path), flags, mode) }
    guard descriptor >= 0 else { throw failure("create", path) }
    return DiskFile(descriptor: descriptor, path: path)
  }

  package func open(_ path: String) throws(StoreError) -> DiskFile {
    // Without waiting: opening a pipe would block until another process opens its other end.
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK
    let descriptor = retryingOnInterrupt { unsafe Glibc.open(absolute(path), flags) }
    guard descriptor >= 0 else { throw failure("open", path) }
    let file = DiskFile(descriptor: descriptor, path: path)
    _ = try regularFile(file)
    return file
  }

  /// Returns the status of an open file; closes it and throws when it is not a regular file.
  func regularFile(_ file: DiskFile) throws(StoreError) -> stat {
    var status = stat()
    guard unsafe fstat(file.descriptor, &status) == 0 else {
      let error = failure("look at", file.path)
      close(file)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(file)
      throw Self.noFile(file.path, status.st_mode)
    }
    return status
  }

  private static func noFile(_ path: String, _ mode: mode_t) -> StoreError {
    let kind =
      switch mode & S_IFMT {
      case S_IFIFO: "a named pipe"
      case S_IFSOCK: "a socket"
      case S_IFDIR: "a folder"
      case S_IFCHR, S_IFBLK: "a device"
      default: "not a file"
      }
    return StoreLayout.noFile(path, kind)
  }

  private static func noFolder(_ path: String) -> StoreError {
    StoreError(
      .corrupt,
      "\(path) is not a folder, where the store has one: \(StoreLayout.remedy(path))")
  }

  package func byteCount(of file: DiskFile) throws(StoreError) -> Int {
    var status = stat()
    guard unsafe fstat(file.descriptor, &status) == 0 else { throw failure("look at", file.path) }
    return Int(status.st_size)
  }

  package func openExclusively(_ path: String) throws(StoreError) -> DiskFile {
    let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK
    while true {
      let descriptor = retryingOnInterrupt { unsafe Glibc.open(absolute(path), flags, 0o644) }
      guard descriptor >= 0 else { throw failure("open", path) }
      let file = DiskFile(descriptor: descriptor, path: path)
      let opened = try regularFile(file)
      guard retryingOnInterrupt({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
        let isTaken = errno == EWOULDBLOCK
        let error = failure("lock", path)
        close(file)
        throw isTaken
          ? StoreError(
            .conflict, "\(path) is in use by another process; try again when it is done")
          : error
      }
      if has(path, opened) { return file }
      close(file)
    }
  }

  package func openShared(_ path: String) throws(StoreError) -> DiskFile {
    // Without waiting: a pipe in the file's place would block until a process reads it.
    try openOrCreate(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK)
  }

  func openOrCreate(_ path: String, _ flags: Int32) throws(StoreError) -> DiskFile {
    let descriptor = retryingOnInterrupt { unsafe Glibc.open(absolute(path), flags, 0o600) }
    guard descriptor >= 0 else { throw failure("open", path) }
    let file = DiskFile(descriptor: descriptor, path: path)
    _ = try regularFile(file)
    return file
  }

  /// Returns true when a name is that of an open file: the last owner of its lock may have removed
  /// the name, which then belongs to another file.
  func has(_ path: String, _ opened: stat) -> Bool {
    var named = stat()
    return unsafe stat(absolute(path), &named) == 0 && opened.st_ino == named.st_ino
      && opened.st_dev == named.st_dev
  }

  package func touch(_ path: String) throws(StoreError) {
    let result = retryingOnInterrupt { unsafe utimensat(AT_FDCWD, absolute(path), nil, 0) }
    guard result == 0 else { throw failure("touch", path) }
  }

  package func write(_ bytes: [UInt8], to file: DiskFile) throws(StoreError) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        return retryingOnInterrupt {
          unsafe Glibc.write(file.descriptor, rest.baseAddress, rest.count)
        }
      }
      guard count > 0 else { throw failure("write", file.path) }
      written += count
    }
  }

  package func read(
    _ file: DiskFile, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8] {
    var failed = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count {
        let rest = unsafe UnsafeMutableBufferPointer(rebasing: buffer[filled..<count])
        let got = retryingOnInterrupt {
          unsafe pread(file.descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
        }
        guard got > 0 else {
          failed = got < 0
          return
        }
        filled += got
      }
    }
    if failed { throw failure("read", file.path) }
    return bytes
  }

  package func sync(_ file: DiskFile) throws(StoreError) {
    guard retryingOnInterrupt({ fsync(file.descriptor) }) == 0 else {
      throw failure("sync", file.path)
    }
  }

  package func close(_ file: DiskFile) {
    _ = Glibc.close(file.descriptor)
  }

  package func link(_ source: String, to target: String) throws(StoreError) -> Bool {
    let result = retryingOnInterrupt { unsafe Glibc.link(absolute(source), absolute(target)) }
    if result == 0 { return true }
    if errno == EEXIST { return false }
    throw failure("create", target)
  }

  package func rename(_ source: String, to target: String) throws(StoreError) {
    let result = retryingOnInterrupt { unsafe Glibc.rename(absolute(source), absolute(target)) }
    guard result == 0 else { throw failure("replace", target) }
  }

  package func unlink(_ path: String) throws(StoreError) {
    let result = retryingOnInterrupt { unsafe Glibc.unlink(absolute(path)) }
    guard result == 0 else { throw failure("remove", path) }
  }

  package func syncDirectory(_ path: String) throws(StoreError) {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    let descriptor = retryingOnInterrupt { unsafe Glibc.open(absolute(path), flags) }
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { _ = Glibc.close(descriptor) }
    guard retryingOnInterrupt({ fsync(descriptor) }) == 0 else { throw failure("sync", path) }
  }

  package func makeDirectory(_ path: String) throws(StoreError) -> Bool {
    try makeDirectory(path, mode: 0o755)
  }

  package func makePrivateDirectory(_ path: String) throws(StoreError) -> Bool {
    try makeDirectory(path, mode: 0o700)
  }

  private func makeDirectory(_ path: String, mode: mode_t) throws(StoreError) -> Bool {
    if retryingOnInterrupt({ unsafe mkdir(absolute(path), mode) }) == 0 { return true }
    if errno == EEXIST { return false }
    throw failure("create", path)
  }

  package func makePrivate(_ folder: String, files: [String]) {
    let directory = unsafe Glibc.open(
      absolute(folder), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard directory >= 0 else { return }
    defer { _ = Glibc.close(directory) }
    Self.takeRights(directory, leaving: 0o700, S_IFDIR)
    for name in files {
      // Not blocking, should there be a pipe in its place.
      let file = unsafe openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard file >= 0 else { continue }
      Self.takeRights(file, leaving: 0o600, S_IFREG)
      _ = Glibc.close(file)
    }
  }

  private static func takeRights(_ descriptor: Int32, leaving mode: mode_t, _ kind: mode_t) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == kind,
      status.st_mode & 0o077 != 0
    else { return }
    _ = fchmod(descriptor, mode)
  }

  package func list(_ path: String) throws(StoreError) -> [String] {
    guard let directory = unsafe openDirectory(path) else {
      let code = errno
      let error = failure("list", path)
      var status = stat()
      // Another thing in the folder's place does not count as an empty folder.
      guard code == ENOTDIR, unsafe stat(absolute(path), &status) == 0 else { throw error }
      throw Self.noFolder(path)
    }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = try unsafe next(directory, path) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      let type = unsafe Int(entry.pointee.d_type)
      if name != ".", name != ".." {
        names.append(isDirectory(type, path + "/" + name) ? name + "/" : name)
      }
    }
    return names.sorted()
  }

  private func openDirectory(_ path: String) -> OpaquePointer? {
    while true {
      if let directory = unsafe opendir(absolute(path)) { return unsafe directory }
      if errno != EINTR { return nil }
    }
  }

  /// The next entry of a folder; nil at the end.
  private func next(
    _ directory: OpaquePointer, _ path: String
  ) throws(StoreError) -> UnsafeMutablePointer<dirent>? {
    while true {
      errno = 0
      if let entry = unsafe readdir(directory) { return unsafe entry }
      if errno == 0 { return nil }
      if errno != EINTR { throw failure("list", path) }
    }
  }

  /// Returns true for a folder, also on file systems that do not distinguish them while listing.
  private func isDirectory(_ type: Int, _ path: String) -> Bool {
    guard type == Int(DT_UNKNOWN) else { return type == Int(DT_DIR) }
    var status = stat()
    return unsafe stat(absolute(path), &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  package func status(of path: String) throws(StoreError) -> FileStatus? {
    var status = stat()
    guard unsafe stat(absolute(path), &status) == 0 else {
      if errno == ENOENT { return nil }
      throw failure("look at", path)
    }
    let time = status.st_mtim
    return FileStatus(
      byteCount: Int(status.st_size),
      modified: Timestamp(
        microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec / 1000)),
      isFile: status.st_mode & S_IFMT == S_IFREG)
  }

  /// The path of the first thing on the way that is not a folder; nil when that is the store's own.
  private func obstacle(to path: String) -> String? {
    let names = path.split(separator: "/")
    return (1..<names.count + 1).lazy.map { names.prefix($0).joined(separator: "/") }
      .first { prefix in
        var status = stat()
        return unsafe stat(absolute(prefix), &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
      }
  }

  /// Returns the error that `errno` stands for; call it before any other call can change `errno`.
  func failure(_ verb: String, _ path: String) -> StoreError {
    let code = errno
    let thing = path.isEmpty ? "the store's folder" : path
    let reason = systemReason(code)
    switch code {
    case ENOTDIR:
      if let obstacle = obstacle(to: path) { return Self.noFolder(obstacle) }
      return StoreError(
        .missing, "cannot \(verb) \(thing): something else is in the place of a folder above it")
    case ENOENT:
      return StoreError(.missing, "cannot \(verb) \(thing): it, or a folder above it, is not there")
    case EEXIST:
      return StoreError(.conflict, "cannot \(verb) \(thing): it exists already")
    case EACCES, EPERM, EROFS:
      return StoreError(
        .denied, "cannot \(verb) \(thing): \(reason); check who owns the store and may write to it")
    case ENOSPC, EDQUOT:
      return StoreError(
        .exhausted,
        "cannot \(verb) \(thing): the disk is full (\(reason)); free space and try again")
    case EMFILE, ENFILE:
      return StoreError(
        .exhausted,
        "cannot \(verb) \(thing): \(reason); raise the limit ('ulimit -n') and try again")
    case ENOMEM, EFBIG, EMLINK:
      return StoreError(
        .exhausted, "cannot \(verb) \(thing): \(reason); raise the limit and try again")
    case ELOOP:
      return StoreError(
        .corrupt,
        "cannot \(verb) \(thing): it is a symbolic link that leads to itself; \(StoreLayout.remedy(path))"
      )
    case ENXIO, EISDIR:
      var status = stat()
      let isThere = unsafe stat(absolute(path), &status) == 0
      return Self.noFile(path, isThere ? status.st_mode : S_IFSOCK)
    default:
      return StoreError(
        .unavailable, "cannot \(verb) \(thing): \(reason); check the disk and try again")
    }
  }
}
