import Glibc
import Model

/// The raw bytes behind a ``FileSource``, readable again from where they began.
///
/// A regular file is read in place. Anything else (standard input, a pipe) is copied as it is read
/// into a temporary file that has no name, because a pipe gives its bytes once.
struct FileSourceInput: ~Copyable {
  private let name: String
  private let descriptor: Int32
  private let isOwned: Bool
  /// Where the first byte stands: a shell may hand over a file that was read in part.
  private let origin: off_t
  private let isSeekable: Bool
  private var spool: Int32?
  private var spooledCount: off_t = 0
  private var hasPipeEnded = false
  private var position: off_t = 0

  /// Opens the file at `path`, which errors call `name`.
  init(path: String, name: String) throws(StoreError) {
    let opened = retryingOnInterrupt { unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC) }
    guard opened >= 0 else { throw Self.refusal(of: name, errno) }
    do throws(StoreError) {
      isSeekable = try Self.isRegular(opened, name: name)
    } catch {
      Glibc.close(opened)
      throw error
    }
    self.name = name
    descriptor = opened
    isOwned = true
    origin = 0
  }

  /// Reads what the process was given as standard input, which errors call `name`.
  init(standardInput name: String) throws(StoreError) {
    self.name = name
    descriptor = STDIN_FILENO
    isOwned = false
    isSeekable = try Self.isRegular(STDIN_FILENO, name: name)
    origin = isSeekable ? max(0, lseek(STDIN_FILENO, 0, SEEK_CUR)) : 0
  }

  deinit {
    if isOwned { close(descriptor) }
    if let spool { close(spool) }
  }

  /// Appends at most `limit` bytes and returns how many; 0 at the end.
  mutating func read(_ limit: Int, appendingTo bytes: inout [UInt8]) throws(StoreError) -> Int {
    let count: Int
    if isSeekable {
      count = try fill(limit, &bytes, from: descriptor, at: origin + position)
    } else if let spool, position < spooledCount {
      count = try fill(min(limit, Int(spooledCount - position)), &bytes, from: spool, at: position)
    } else if hasPipeEnded {
      count = 0
    } else {
      count = try fill(limit, &bytes, from: descriptor, at: nil)
      hasPipeEnded = count == 0
      try keep(bytes, last: count)
    }
    position += off_t(count)
    return count
  }

  /// Goes back to the first byte.
  mutating func rewind() { position = 0 }

  /// Reads into the spare storage of `bytes`, at `offset` or, without one, from where a pipe is.
  private func fill(
    _ limit: Int, _ bytes: inout [UInt8], from file: Int32, at offset: off_t?
  ) throws(StoreError) -> Int {
    var count = 0
    bytes.append(addingCapacity: limit) { (spare: inout OutputSpan<UInt8>) in
      unsafe spare.withUnsafeMutableBufferPointer { buffer, initialized in
        guard let base = buffer.baseAddress else { return }
        count = retryingOnInterrupt {
          if let offset { return unsafe pread(file, base, limit, offset) }
          return unsafe Glibc.read(file, base, limit)
        }
        initialized = max(0, count)
      }
    }
    guard count >= 0 else { throw Self.refusal(of: name, errno) }
    return count
  }

  /// Copies the last `count` of `bytes` to the end of the temporary file.
  private mutating func keep(_ bytes: [UInt8], last count: Int) throws(StoreError) {
    guard count > 0 else { return }
    let file: Int32
    if let spool {
      file = spool
    } else {
      file = try Self.makeSpool()
      spool = file
    }
    try Self.write(bytes[(bytes.count - count)...], to: file, at: Int(spooledCount))
    spooledCount += off_t(count)
  }

  /// Writes `bytes` to a temporary file at `offset`.
  static func write(
    _ bytes: ArraySlice<UInt8>, to file: Int32, at offset: Int
  ) throws(StoreError) {
    var written = 0
    while written < bytes.count {
      let result = retryingOnInterrupt {
        unsafe bytes.withUnsafeBytes {
          unsafe pwrite(
            file, $0.baseAddress.map { unsafe $0 + written }, bytes.count - written,
            off_t(offset + written))
        }
      }
      guard result > 0 else {
        throw StoreError(
          errno == ENOSPC ? .exhausted : .unavailable,
          "the input cannot be kept in a temporary file (\(reason(errno))): give a plain file "
            + "instead of a pipe, or set TMPDIR to a folder with room")
      }
      written += result
    }
  }

  /// Makes a temporary file without a name and opens it; the caller closes it.
  static func makeSpool() throws(StoreError) -> Int32 {
    let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/assay-XXXXXX".utf8CString)
    let file = unsafe template.withUnsafeMutableBufferPointer { buffer -> Int32 in
      guard let path = buffer.baseAddress else { return -1 }
      let file = unsafe mkstemp(path)
      guard file >= 0 else { return file }
      _ = fcntl(file, F_SETFD, FD_CLOEXEC)
      unsafe unlink(path)
      return file
    }
    guard file >= 0 else {
      throw StoreError(
        .unavailable,
        "no temporary file can be made in '\(folder)' (\(reason(errno))): set TMPDIR to a folder "
          + "that may be written")
    }
    return file
  }

  /// Whether a descriptor can be read at any offset; directories are refused.
  private static func isRegular(_ file: Int32, name: String) throws(StoreError) -> Bool {
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { throw refusal(of: name, errno) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw refusal(of: name, EISDIR) }
    return status.st_mode & S_IFMT == S_IFREG
  }

  private static func refusal(of name: String, _ code: Int32) -> StoreError {
    if code == ENOENT || code == ENOTDIR {
      return StoreError(.missing, "there is no file '\(name)': check the path")
    }
    return StoreError(.unavailable, "'\(name)' cannot be read: \(reason(code))")
  }
}

/// Repeats a system call that a signal cut short.
func retryingOnInterrupt<Count: SignedInteger>(_ call: () -> Count) -> Count {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}

/// The system's words for an error number.
func reason(_ code: Int32) -> String {
  guard let text = unsafe strerror(code) else { return "error \(code)" }
  return unsafe String(cString: text)
}
