import NIOCore

/// Bytes that are all there before an answer begins, so that its length is known and nothing can
/// go wrong halfway: few of them in memory, many in a file without a name.
///
/// Any thread may read.
struct SpooledBytes: Sendable {
  private enum Place {
    case memory(ByteBuffer)
    case file(SpoolFile)
  }

  private let place: Place
  let count: Int

  /// Bytes in memory.
  init(_ bytes: ByteBuffer) {
    place = .memory(bytes)
    count = bytes.readableBytes
  }

  /// The first `count` bytes of a file.
  init(_ file: SpoolFile, count: Int) {
    place = .file(file)
    self.count = count
  }

  /// The bytes themselves, when they are in memory.
  var memory: ByteBuffer? {
    if case .memory(let bytes) = place { bytes } else { nil }
  }

  /// The file that holds them, when they are not in memory.
  var file: SpoolFile? {
    if case .file(let file) = place { file } else { nil }
  }

  /// A part in memory, without copying; nil when the bytes are in a file.
  func slice(_ range: Range<Int>) -> ByteBuffer? {
    memory.flatMap { $0.getSlice(at: $0.readerIndex + range.lowerBound, length: range.count) }
  }
}
