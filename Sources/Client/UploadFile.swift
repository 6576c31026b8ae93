import Glibc
import Model
import Wire

/// The bytes of a file as they are, which can be sent again from any place.
///
/// A regular file is read in place. Anything else (standard input, a pipe) gives its bytes once, so
/// they are first copied to a temporary file that has no name. Any thread may read.
final class UploadFile: Sendable {
  private let descriptor: Int32
  private let isOwned: Bool
  /// Where the first byte stands: a shell may hand over a file that was read in part.
  private let origin: Int
  /// How many bytes there are.
  let count: Int

  /// How many bytes are copied at a time.
  private static let pieceSize = 128 << 10

  /// Opens the file at `path`; `-` is standard input.
  /// - Throws: ``StoreError``: `missing` when there is no such file, `unavailable` when it cannot
  ///   be read, `exhausted` when a copy has no room.
  convenience init(path: String, name: String) throws(StoreError) {
    guard path != "-" else {
      try self.init(STDIN_FILENO, isOwned: false, name: name)
      return
    }
    let file = Self.retrying { unsafe open(path, O_RDONLY | O_CLOEXEC) }
    guard file >= 0 else { throw Self.refusal(of: name, errno) }
    try self.init(Int32(file), isOwned: true, name: name)
  }

  private init(_ file: Int32, isOwned: Bool, name: String) throws(StoreError) {
    do throws(StoreError) {
      var status = stat()
      guard unsafe fstat(file, &status) == 0 else { throw Self.refusal(of: name, errno) }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: throw Self.refusal(of: name, EISDIR)
      case S_IFREG:
        descriptor = file
        self.isOwned = isOwned
        origin = isOwned ? 0 : Int(max(0, lseek(file, 0, SEEK_CUR)))
        count = max(0, Int(status.st_size) - origin)
      default:
        (descriptor, count) = try Self.copied(from: file, name: name)
        self.isOwned = true
        origin = 0
        if isOwned { close(file) }
      }
    } catch {
      if isOwned { close(file) }
      throw error
    }
  }

  deinit { if isOwned { close(descriptor) } }

  /// Reads bytes from `offset` on into `buffer`.
  /// - Returns: How many, or nil when the file cannot be read or is shorter than it was.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    let limit = min(buffer.count, count - offset)
    guard limit > 0, let base = buffer.baseAddress else { return 0 }
    let result = Self.retrying {
      unsafe pread(descriptor, base, limit, off_t(origin + offset))
    }
    return result > 0 ? result : nil
  }

  /// A file without a name that holds all that `file` gives.
  private static func copied(
    from file: Int32, name: String
  ) throws(StoreError) -> (descriptor: Int32, count: Int) {
    let copy = try temporaryFile()
    var buffer = [UInt8](repeating: 0, count: pieceSize)
    var count = 0
    do throws(StoreError) {
      while true {
        let size = retrying { unsafe Glibc.read(file, &buffer, pieceSize) }
        guard size >= 0 else { throw refusal(of: name, errno) }
        if size == 0 { return (copy, count) }
        try write(buffer[..<size], to: copy)
        count += size
      }
    } catch {
      close(copy)
      throw error
    }
  }

  private static func write(_ bytes: ArraySlice<UInt8>, to file: Int32) throws(StoreError) {
    var rest = bytes
    while !rest.isEmpty {
      let written = retrying {
        unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
      }
      guard written > 0 else {
        throw StoreError(
          errno == ENOSPC ? .exhausted : .unavailable,
          "standard input cannot be kept in a temporary file (\(reason(errno))): give a file "
            + "instead of a pipe, or set TMPDIR to a folder with room")
      }
      rest = rest.dropFirst(written)
    }
  }

  private static func temporaryFile() throws(StoreError) -> Int32 {
    let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/assay-XXXXXX".utf8CString)
    let file = unsafe template.withUnsafeMutableBufferPointer { buffer -> Int32 in
      guard let path = buffer.baseAddress else { return -1 }
      let file = unsafe mkstemp(path)
      if file >= 0 {
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        unsafe unlink(path)
      }
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

  private static func refusal(of name: String, _ code: Int32) -> StoreError {
    if code == ENOENT || code == ENOTDIR {
      return StoreError(.missing, "there is no file '\(name)': check the path")
    }
    return StoreError(.unavailable, "'\(name)' cannot be read: \(reason(code))")
  }

  /// Repeats a system call that a signal cut short.
  private static func retrying(_ call: () -> some SignedInteger) -> Int {
    while true {
      let result = Int(call())
      if result >= 0 || errno != EINTR { return result }
    }
  }

  private static func reason(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }
}
