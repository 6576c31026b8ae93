import HTTPTypes
import Model
import NIOCore
import Platform

/// Takes bytes that come in pieces, and keeps them in memory until they are too many for it.
///
/// Used by one thread at a time.
final class SpoolWriter {
  /// More bytes than this go into a file.
  static let memoryBytes = 1 << 20

  private let folder: String
  private let limit: Int
  private var memory = ByteBuffer()
  private var file: TemporaryFile?
  private(set) var count = 0
  /// The HTTP problem of a failed write.
  private(set) var problem: HTTPProblem?

  /// Takes up to `limit` bytes; files are made in `folder`.
  init(folder: String, limit: Int) {
    self.folder = folder
    self.limit = limit
  }

  /// Adds bytes at the end.
  /// - Throws: ``StoreError`` of kind `exhausted` at the limit or when the disk is full; then
  ///   ``problem`` says which.
  func write(_ bytes: [UInt8]) throws(StoreError) {
    try reserve(bytes.count)
    if file == nil, memory.readableBytes + bytes.count <= Self.memoryBytes {
      memory.writeBytes(bytes)
    } else {
      try append(bytes)
    }
    count += bytes.count
  }

  /// Adds bytes at the end.
  func write(_ bytes: ByteBuffer) throws(StoreError) {
    try reserve(bytes.readableBytes)
    if file == nil, memory.readableBytes + bytes.readableBytes <= Self.memoryBytes {
      memory.writeImmutableBuffer(bytes)
    } else {
      try append(Array(buffer: bytes))
    }
    count += bytes.readableBytes
  }

  /// All that was written; the writer is not to be used any more.
  func finish() -> SpooledBytes {
    file.map { SpooledBytes($0, count: count) } ?? SpooledBytes(memory)
  }

  private func reserve(_ more: Int) throws(StoreError) {
    guard more <= limit - count else {
      let error = StoreError(
        .exhausted, "this is more than \(limit) bytes, the most that the server allows")
      problem = HTTPProblem(.contentTooLarge, .exhausted, error.message)
      throw error
    }
  }

  private func append(_ bytes: [UInt8]) throws(StoreError) {
    do throws(StoreError) {
      let file = try spill()
      try file.write(bytes[...], at: count)
    } catch {
      problem = HTTPProblem(error)
      throw error
    }
  }

  /// The file, with what was in memory until now.
  private func spill() throws(StoreError) -> TemporaryFile {
    if let file { return file }
    let file = try TemporaryFile(folder: folder)
    try file.write(Array(buffer: memory)[...], at: 0)
    memory = ByteBuffer()
    self.file = file
    return file
  }
}
