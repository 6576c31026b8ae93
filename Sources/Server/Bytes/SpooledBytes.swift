import Model
import NIOCore
import Platform

/// Bytes that are all there before an answer begins, so that its length is known and nothing can
/// go wrong halfway: few of them in memory, many in a file without a name.
///
/// Any thread may read.
struct SpooledBytes: Sendable {
  private enum Place {
    case memory(ByteBuffer)
    case file(TemporaryFile)
    case elsewhere(Reader)
  }

  /// Reads so many bytes from an offset on, all of which are there; it may block.
  typealias Reader = @Sendable (_ count: Int, _ offset: Int) throws(StoreError) -> ByteBuffer

  private let place: Place
  let count: Int

  /// Bytes in memory.
  init(_ bytes: ByteBuffer) {
    place = .memory(bytes)
    count = bytes.readableBytes
  }

  /// The first `count` bytes of a file.
  init(_ file: TemporaryFile, count: Int) {
    place = .file(file)
    self.count = count
  }

  /// `count` bytes that `read` returns.
  init(count: Int, read: @escaping Reader) {
    place = .elsewhere(read)
    self.count = count
  }

  /// The bytes themselves, when they are in memory.
  var memory: ByteBuffer? {
    if case .memory(let bytes) = place { bytes } else { nil }
  }

  /// The file that holds them, when they are not in memory.
  var file: TemporaryFile? {
    if case .file(let file) = place { file } else { nil }
  }

  /// Reads a part of them.
  var reader: Reader {
    switch place {
    case .memory(let bytes):
      return { (count, offset) throws(StoreError) in
        bytes.getSlice(at: bytes.readerIndex + offset, length: count) ?? ByteBuffer()
      }
    case .file(let file):
      return { (count, offset) throws(StoreError) in try file.read(count, at: offset) }
    case .elsewhere(let read): return read
    }
  }

  /// Reads them one piece after another; none at the end.
  func pieces() -> () throws(StoreError) -> [UInt8] {
    let (read, end) = (reader, count)
    var offset = 0
    return { () throws(StoreError) in
      let count = min(Self.pieceBytes, end - offset)
      guard count > 0 else { return [] }
      defer { offset += count }
      return Array(buffer: try read(count, offset))
    }
  }

  /// The number of bytes that are read at a time.
  static let pieceBytes = 256 << 10

  /// A part in memory, without copying; nil when the bytes are in a file.
  func slice(_ range: Range<Int>) -> ByteBuffer? {
    memory.flatMap { $0.getSlice(at: $0.readerIndex + range.lowerBound, length: range.count) }
  }
}
