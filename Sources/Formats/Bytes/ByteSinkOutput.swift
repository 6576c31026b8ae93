import Glibc
import Model
import Platform

/// The descriptor behind a ``ByteSink`` and the temporary name of its file.
final class ByteSinkOutput {
  private let name: String
  private var descriptor: Int32
  /// The path of the bytes until ``finish()``, and the final path; nil when written in place.
  private let paths: (temporary: String, final: String)?

  /// Begins the file at `path`, under another name in the same folder.
  init(path: String) throws(StoreError) {
    name = path
    var status = stat()
    let exists = unsafe stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFREG {
      // Renaming over /dev/null or a named pipe would replace it by a file.
      descriptor = retryingOnInterrupt { unsafe open(path, O_WRONLY | O_CLOEXEC) }
      paths = nil
      guard descriptor >= 0 else { throw Self.refusal(of: path, errno) }
      Self.ignoreBrokenPipes()
      return
    }
    let final = Self.resolved(path)
    let folder = final.lastIndex(of: "/").map { String(final[...$0]) } ?? ""
    var temporary = ""
    descriptor = -1
    for attempt in 0..<1000 {
      temporary = "\(folder).assay-\(getpid())-\(attempt).part"
      let mode: mode_t = exists ? status.st_mode & 0o777 : 0o666
      descriptor = retryingOnInterrupt {
        unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
      }
      if descriptor >= 0 || errno != EEXIST { break }
    }
    paths = (temporary, final)
    guard descriptor >= 0 else { throw Self.refusal(of: path, errno) }
    // The umask may have taken bits that the file being replaced has.
    if exists { fchmod(descriptor, status.st_mode & 0o777) }
  }

  /// Writes to what the process was given as standard output.
  init(standardOutput: Void) {
    name = "<stdout>"
    descriptor = STDOUT_FILENO
    paths = nil
    Self.ignoreBrokenPipes()
  }

  deinit {
    close()
    if let paths { unsafe unlink(paths.temporary) }
  }

  /// Writes all of `bytes`.
  func write(_ bytes: [UInt8]) throws(StoreError) {
    var written = 0
    while written < bytes.count {
      let count = retryingOnInterrupt {
        unsafe bytes.withUnsafeBytes {
          unsafe Glibc.write(
            descriptor, $0.baseAddress.map { unsafe $0 + written }, bytes.count - written)
        }
      }
      guard count >= 0 else { throw Self.refusal(of: name, errno) }
      written += count
    }
  }

  /// Gives the file its name.
  func finish() throws(StoreError) {
    guard close() == 0 else { throw Self.refusal(of: name, errno) }
    guard let paths else { return }
    guard unsafe rename(paths.temporary, paths.final) == 0 else {
      throw Self.refusal(of: name, errno)
    }
  }

  /// Closes the file, once; standard output stays open for others.
  @discardableResult
  private func close() -> Int32 {
    guard descriptor > STDERR_FILENO else { return 0 }
    defer { descriptor = -1 }
    return Glibc.close(descriptor)
  }

  /// The file a symbolic link leads to, so that the link stays and its target changes.
  private static func resolved(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  private static func ignoreBrokenPipes() {
    _ = signal(SIGPIPE, SIG_IGN)
  }

  private static func refusal(of name: String, _ code: Int32) -> StoreError {
    switch code {
    case ENOENT, ENOTDIR:
      StoreError(.missing, "'\(name)' cannot be written: its folder is not there, make it first")
    case ENOSPC, EDQUOT:
      StoreError(
        .exhausted, "'\(name)' cannot be written: \(systemReason(code)), make room and try again")
    case EPIPE:
      StoreError(.unavailable, "'\(name)' cannot be written: its reader has stopped")
    default: StoreError(.unavailable, "'\(name)' cannot be written: \(systemReason(code))")
    }
  }
}
