import Glibc
package import Model
import Platform

/// The bytes of an input, read at any place and by any thread.
package final class SeekableFile: Sendable {
  private enum Storage: Sendable {
    case memory([UInt8])
    case descriptor(Int32)
    case temporary(TemporaryFile)
  }

  /// The name of the input in messages.
  package let name: String
  package let count: Int
  /// The bytes that its own compression may still make of it.
  let budget: InputBudget
  private let storage: Storage

  /// Bytes that are in memory already.
  package init(name: String, bytes: [UInt8], limitBytes: Int = .max) {
    self.name = name
    budget = InputBudget(limitBytes: limitBytes, name: name)
    count = bytes.count
    storage = .memory(bytes)
  }

  /// Copies all of `source` into a temporary file that has no name.
  /// - Throws: ``StoreError`` as the source does, and of kind `exhausted` when the disk is full.
  package init(spooling source: any ByteSource, limitBytes: Int = .max) throws(StoreError) {
    let spool = try TemporaryFile.spooling { bytes throws(StoreError) in
      try source.read(1 << 20, appendingTo: &bytes)
    }
    name = source.name
    budget = InputBudget(limitBytes: limitBytes, name: name)
    count = spool.count
    storage = .temporary(spool.file)
  }

  private init(name: String, descriptor: Int32, count: Int, limitBytes: Int) {
    self.name = name
    budget = InputBudget(limitBytes: limitBytes, name: name)
    self.count = count
    storage = .descriptor(descriptor)
  }

  /// Opens the file at `path`, `-` for standard input, decompressed when its name ends in `.gz` or
  /// `.zst`.
  /// - Throws: ``StoreError`` as ``open(path:compression:name:limitBytes:)``.
  package static func open(path: String) throws(StoreError) -> SeekableFile {
    try open(
      path: path, compression: path == "-" ? nil : FileCompression(path: path),
      name: path == "-" ? "<stdin>" : path)
  }

  /// Opens the file at `path`, which errors call `name`, compressed as `compression` says or as its
  /// first bytes show.
  ///
  /// A file that does not allow reads at any offset, or is compressed, is first copied
  /// (decompressed) into a temporary file.
  /// - Throws: ``StoreError`` of kind `missing` when there is no such file, `unavailable` when it
  ///   may not be read, `invalid` when compressed bytes are damaged.
  package static func open(
    path: String, compression: FileCompression?, name: String, limitBytes: Int = .max
  ) throws(StoreError) -> SeekableFile {
    if path != "-", compression == nil {
      let file = retryingOnInterrupt { unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC) }
      if file >= 0 {
        var status = stat()
        if unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
          let whole = SeekableFile(
            name: name, descriptor: file, count: Int(status.st_size), limitBytes: limitBytes)
          let first = try whole.bytes(0..<min(4, whole.count))
          if FileCompression(firstBytes: first) == nil { return whole }
        } else {
          close(file)
        }
      }
    }
    return try SeekableFile(
      spooling: FileSource.open(
        path: path, compression: compression, name: name, limitBytes: limitBytes,
        recognizesCompression: true), limitBytes: limitBytes)
  }

  deinit { if case .descriptor(let file) = storage { close(file) } }

  /// The bytes of `range`, which must lie within the file.
  /// - Throws: ``StoreError`` of kind `unavailable` when it cannot be read, `invalid` when it has
  ///   become shorter.
  package func bytes(_ range: Range<Int>) throws(StoreError) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range within the file")
    switch storage {
    case .memory(let bytes): return Array(bytes[range])
    case .descriptor(let file): return try read(range, file)
    case .temporary(let file): return try read(range, file.descriptor)
    }
  }

  private func read(_ range: Range<Int>, _ file: Int32) throws(StoreError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { target, filled in
      while filled < range.count, let base = target.baseAddress {
        let got = retryingOnInterrupt {
          unsafe pread(file, base + filled, range.count - filled, range.lowerBound + filled)
        }
        if got < 0 { failure = errno }
        if got <= 0 { return }
        filled += got
      }
    }
    guard failure == 0 else { throw StoreError(reading: name, failure) }
    guard bytes.count == range.count else {
      throw StoreError(
        .invalid, "the file was changed while it was being read: try again when it is complete",
        at: .init(file: name))
    }
    return bytes
  }
}
