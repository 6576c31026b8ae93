import Glibc
package import Model
import Platform

/// The bytes of a file as they are, which can be sent again from any place.
///
/// A regular file is read in place. Anything else (standard input, a pipe) gives its bytes once, so
/// they are first copied to a temporary file that has no name. Any thread may read.
package final class UploadFile: Sendable {
  private let descriptor: Int32
  private let isOwned: Bool
  /// The owner of the descriptor, when the bytes were copied.
  private let copy: TemporaryFile?
  /// The offset of the first byte: a shell may hand over a file that was read in part.
  private let origin: Int
  /// The number of bytes.
  package let count: Int

  /// The number of bytes that are copied at a time.
  private static let pieceSize = 128 << 10

  /// Opens the file at `path`; `-` is standard input.
  /// - Throws: ``StoreError``: `missing` when there is no such file, `unavailable` when it cannot
  ///   be read, `exhausted` when a copy has no room.
  package convenience init(path: String, name: String) throws(StoreError) {
    guard path != "-" else {
      try self.init(STDIN_FILENO, isOwned: false, name: name)
      return
    }
    let file = retryingOnInterrupt { unsafe open(path, O_RDONLY | O_CLOEXEC) }
    guard file >= 0 else { throw StoreError(reading: name, errno) }
    try self.init(file, isOwned: true, name: name)
  }

  private init(_ file: Int32, isOwned: Bool, name: String) throws(StoreError) {
    var status = stat()
    let result = unsafe fstat(file, &status)
    let kind = status.st_mode & S_IFMT
    guard result == 0, kind != S_IFDIR else {
      if isOwned { close(file) }
      throw StoreError(reading: name, result == 0 ? EISDIR : errno)
    }
    guard kind != S_IFREG else {
      descriptor = file
      self.isOwned = isOwned
      copy = nil
      origin = isOwned ? 0 : Int(max(0, lseek(file, 0, SEEK_CUR)))
      count = max(0, Int(status.st_size) - origin)
      return
    }
    defer { if isOwned { close(file) } }
    let copied = try TemporaryFile.spooling { bytes throws(StoreError) in
      try Self.read(file, name: name, into: &bytes)
    }
    count = copied.count
    descriptor = copied.file.descriptor
    self.isOwned = false
    copy = copied.file
    origin = 0
  }

  deinit { if isOwned { close(descriptor) } }

  /// Reads bytes from `offset` on into `buffer`.
  /// - Returns: How many, or nil when the file cannot be read or is shorter than it was.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    let limit = min(buffer.count, count - offset)
    guard limit > 0, let base = buffer.baseAddress else { return 0 }
    let result = retryingOnInterrupt {
      unsafe pread(descriptor, base, limit, off_t(origin + offset))
    }
    return result > 0 ? result : nil
  }

  /// Reads the next bytes that `file` gives.
  /// - Returns: How many; 0 at the end.
  private static func read(
    _ file: Int32, name: String, into bytes: inout [UInt8]
  ) throws(StoreError) -> Int {
    var size = 0
    var code: Int32 = 0
    bytes = unsafe [UInt8](unsafeUninitializedCapacity: pieceSize) { buffer, filled in
      size = retryingOnInterrupt { unsafe Glibc.read(file, buffer.baseAddress, pieceSize) }
      code = errno
      filled = max(0, size)
    }
    guard size >= 0 else { throw StoreError(reading: name, code) }
    return size
  }
}
