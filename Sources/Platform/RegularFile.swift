import Glibc
package import Model

/// A file that is open for reading: no pipe, device or folder, for whose other end or bytes a
/// process could wait for ever.
///
/// For files that a user names once and a process reads whenever it needs them. Files that are the
/// input of a command may be pipes.
package struct RegularFile: ~Copyable {
  /// The number of bytes when it was opened.
  package let byteCount: Int
  /// True when it belongs to this process's user, or to root, and no other user has a right to it.
  package let isPrivate: Bool
  private let descriptor: Int32
  private let path: String

  private static let pieceBytes = 1 << 16

  /// Opens the file at `path`, without waiting.
  /// - Throws: ``StoreError``: `missing` or `unavailable` when it cannot be read, `usage` for what
  ///   is no regular file.
  package init(_ path: String) throws(StoreError) {
    let descriptor = retryingOnInterrupt { unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw StoreError(reading: path, errno) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw StoreError(reading: path, code)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw StoreError(
        .usage, "'\(path)' is no regular file, but a pipe, a device or a folder: name a file")
    }
    byteCount = Int(status.st_size)
    isPrivate =
      (status.st_uid == geteuid() || status.st_uid == 0) && status.st_mode & 0o077 == 0
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// Reads on from where the last call ended; nothing at the end.
  /// - Throws: ``StoreError`` of kind `unavailable` when the disk fails.
  package borrowing func next() throws(StoreError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.pieceBytes)
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      retryingOnInterrupt { unsafe read(descriptor, buffer.baseAddress, buffer.count) }
    }
    guard count >= 0 else { throw StoreError(reading: path, errno) }
    return Array(bytes[..<count])
  }

  /// Reads the rest.
  /// - Throws: ``StoreError``: `unavailable` when the disk fails, `usage` for more than `limit`
  ///   bytes.
  package borrowing func rest(limit: Int) throws(StoreError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let piece = try next()
      if piece.isEmpty { return bytes }
      bytes += piece
      guard bytes.count <= limit else {
        throw StoreError(.usage, "'\(path)' has more than \(limit) bytes: name another file")
      }
    }
  }
}
