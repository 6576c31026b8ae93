import Glibc
import Model
import Platform

/// The raw bytes behind a ``FileSource``, readable again from where they began.
///
/// A regular file is read in place. Anything else (standard input, a pipe) is copied as it is read
/// into a temporary file that has no name, because a pipe gives its bytes once.
struct FileSourceInput: ~Copyable {
  private let name: String
  private let descriptor: Int32
  private let isOwned: Bool
  /// The offset of the first byte: a shell may hand over a file that was read in part.
  private let origin: off_t
  /// The size of a regular file when it was opened; nil for anything else.
  private let size: off_t?
  private var spool: TemporaryFile?
  private var spooledCount: off_t = 0
  private var hasPipeEnded = false
  private var position: off_t = 0

  /// Opens the file at `path`, which errors call `name`.
  init(path: String, name: String) throws(StoreError) {
    let opened = retryingOnInterrupt { unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC) }
    guard opened >= 0 else { throw StoreError(reading: name, errno) }
    do throws(StoreError) {
      size = try Self.size(of: opened, name: name)
    } catch {
      Glibc.close(opened)
      throw error
    }
    self.name = name
    descriptor = opened
    isOwned = true
    origin = 0
  }

  /// Reads the standard input of the process, which errors call `name`.
  init(standardInput name: String) throws(StoreError) {
    self.name = name
    descriptor = STDIN_FILENO
    isOwned = false
    size = try Self.size(of: STDIN_FILENO, name: name)
    origin = size == nil ? 0 : max(0, lseek(STDIN_FILENO, 0, SEEK_CUR))
  }

  /// The compression that the first bytes identify; they stay to be read.
  mutating func compression() throws(StoreError) -> FileCompression? {
    var bytes: [UInt8] = []
    // A pipe may give them one by one.
    while bytes.count < 4, try read(4 - bytes.count, appendingTo: &bytes) > 0 {}
    rewind()
    return FileCompression(firstBytes: bytes)
  }

  deinit { if isOwned { close(descriptor) } }

  /// Appends at most `limit` bytes and returns how many; 0 at the end.
  mutating func read(_ limit: Int, appendingTo bytes: inout [UInt8]) throws(StoreError) -> Int {
    let count: Int
    if let size {
      let offset = origin + position
      // Room for what the file has and no more: fresh memory costs as much as reading into it.
      count =
        offset < size
        ? try fill(min(limit, Int(size - offset)), &bytes, from: descriptor, at: offset)
        : try readGrowth(limit, &bytes, at: offset)
    } else if let spool, position < spooledCount {
      let rest = min(limit, Int(spooledCount - position))
      count = try fill(rest, &bytes, from: spool.descriptor, at: position)
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
    guard count >= 0 else { throw StoreError(reading: name, errno) }
    return count
  }

  /// Reads bytes added to a file since it was opened, as a rule none.
  private func readGrowth(
    _ limit: Int, _ bytes: inout [UInt8], at offset: off_t
  ) throws(StoreError) -> Int {
    var added: [UInt8] = []
    let count = try fill(min(limit, 4096), &added, from: descriptor, at: offset)
    if count > 0 { bytes += added }
    return count
  }

  /// Copies the last `count` of `bytes` to the end of the temporary file.
  private mutating func keep(_ bytes: [UInt8], last count: Int) throws(StoreError) {
    guard count > 0 else { return }
    let file = if let spool { spool } else { try TemporaryFile() }
    spool = file
    try file.write(bytes[(bytes.count - count)...], at: Int(spooledCount))
    spooledCount += off_t(count)
  }

  /// The size of what can be read at any offset, nil for a pipe; directories are refused.
  private static func size(of file: Int32, name: String) throws(StoreError) -> off_t? {
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { throw StoreError(reading: name, errno) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw StoreError(reading: name, EISDIR) }
    return status.st_mode & S_IFMT == S_IFREG ? status.st_size : nil
  }
}
