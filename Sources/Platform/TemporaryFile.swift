import Glibc
package import Model

/// A temporary file that has no name: it is gone when the last one lets go of it, or the process
/// ends.
///
/// Any thread may call; reads and writes say where.
package final class TemporaryFile: Sendable {
  /// For reads by system calls; open as long as the file is held.
  package let descriptor: Int32

  /// The path by which other code of this process can open it.
  package var path: String { "/proc/self/fd/\(descriptor)" }

  /// Makes an empty file on the file system of `folder`, else of `$TMPDIR`, else of `/tmp`.
  /// - Throws: ``StoreError`` of kind `exhausted` when the disk is full, else `unavailable`.
  package init(folder: String? = nil) throws(StoreError) {
    let temporary = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    let place = folder ?? temporary
    // Linux's own way to make such a file (open(2)); Swift does not import the macro.
    let nameless = O_DIRECTORY | 0o20_000_000
    var opened = retryingOnInterrupt {
      unsafe open(place, O_RDWR | O_CLOEXEC | nameless, 0o600)
    }
    if opened < 0 { opened = Self.unlinked(in: place) }
    guard opened >= 0 else { throw Self.failure("made", errno) }
    descriptor = opened
  }

  /// Copies bytes that are given once, by a pipe or a decompressor, so that they can be read again.
  /// - Parameter next: adds the next bytes to those it is given, and returns how many; 0 at the
  ///   end.
  /// - Returns: the file, and how many bytes it has.
  /// - Throws: what `next` throws; ``StoreError`` of kind `exhausted` when the disk is full.
  package static func spooling(
    _ next: (inout [UInt8]) throws(StoreError) -> Int
  ) throws(StoreError) -> (file: TemporaryFile, count: Int) {
    let file = try TemporaryFile()
    var count = 0
    var piece: [UInt8] = []
    while try next(&piece) > 0 {
      try file.write(piece[...], at: count)
      count += piece.count
      piece.removeAll(keepingCapacity: true)
    }
    return (file, count)
  }

  deinit { close(descriptor) }

  /// The same where the file system knows no files without a name.
  private static func unlinked(in folder: String) -> Int32 {
    var template = Array("\(folder)/assay-XXXXXX".utf8CString)
    return unsafe template.withUnsafeMutableBufferPointer { buffer in
      guard let path = buffer.baseAddress else { return -1 }
      let file = unsafe mkstemp(path)
      guard file >= 0 else { return file }
      _ = fcntl(file, F_SETFD, FD_CLOEXEC)
      unsafe unlink(path)
      return file
    }
  }

  /// Writes all of `bytes` at `offset`.
  /// - Throws: ``StoreError`` of kind `exhausted` when the disk is full, else `unavailable`.
  package func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(StoreError) {
    var done = 0
    while done < bytes.count {
      let count = retryingOnInterrupt {
        unsafe bytes.withUnsafeBytes { buffer in
          unsafe pwrite(
            descriptor, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done,
            off_t(offset + done))
        }
      }
      guard count > 0 else { throw Self.failure("written", errno) }
      done += count
    }
  }

  /// The error for a file that cannot be made, written or read.
  package static func failure(_ verb: String, _ code: Int32) -> StoreError {
    let isFull = code == ENOSPC || code == EDQUOT
    return StoreError(
      isFull ? .exhausted : .unavailable,
      "a temporary file cannot be \(verb) (\(systemReason(code))): "
        + "set TMPDIR to a folder that may be written and has room")
  }
}
