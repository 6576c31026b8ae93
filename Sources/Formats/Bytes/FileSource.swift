package import Model

/// A file or standard input, decompressed when its name ends in `.gz` or `.zst`.
///
/// Memory is one buffer of compressed bytes and the decoder's window, however large the file is.
/// Used by one thread at a time.
package final class FileSource: ByteSource {
  package let name: String
  private var input: FileSourceInput
  private let decoder: FileSourceDecoder?
  private let budget: InputBudget

  /// Opens a file for reading; `-` is standard input.
  /// - Throws: ``StoreError`` of kind `missing` when there is no such file, `unavailable` when it
  ///   is a directory or may not be read.
  package static func open(path: String) throws(StoreError) -> FileSource {
    try open(
      path: path, compression: path == "-" ? nil : FileCompression(path: path),
      name: path == "-" ? "<stdin>" : path)
  }

  /// Opens a file, compressed as `compression` says, that errors call `name`; `-` is standard
  /// input.
  ///
  /// A file that decompresses to more than `limitBytes` is refused when it does, with an error of
  /// kind `invalid`: a few bytes can stand for very many.
  /// - Parameter recognizesCompression: Whether bytes that begin as compressed ones do are taken
  ///   for such where `compression` is nil.
  /// - Throws: ``StoreError`` of kind `missing` when there is no such file, `unavailable` when it
  ///   is a directory or may not be read.
  package static func open(
    path: String, compression: FileCompression?, name: String, limitBytes: Int = .max,
    recognizesCompression: Bool = false
  ) throws(StoreError) -> FileSource {
    var input =
      path == "-"
      ? try FileSourceInput(standardInput: name) : try FileSourceInput(path: path, name: name)
    let found = compression == nil && recognizesCompression ? try input.compression() : nil
    let decoder: FileSourceDecoder? =
      switch compression ?? found {
      case .gzip: .gzip(try GzipDecoder(name: name))
      case .zstd: .zstd(try ZstdDecoder(name: name))
      case nil: nil
      }
    return FileSource(input: input, decoder: decoder, name: name, limitBytes: limitBytes)
  }

  private init(
    input: consuming FileSourceInput, decoder: FileSourceDecoder?, name: String, limitBytes: Int
  ) {
    self.name = name
    self.input = input
    self.decoder = decoder
    budget = InputBudget(limitBytes: limitBytes, name: name)
  }

  package func read(_ limit: Int, appendingTo bytes: inout [UInt8]) throws(StoreError) -> Int {
    let count =
      switch decoder {
      case .gzip(let gzip): try gzip.read(limit, appendingTo: &bytes, from: &input)
      case .zstd(let zstd): try zstd.read(limit, appendingTo: &bytes, from: &input)
      case nil: try input.read(limit, appendingTo: &bytes)
      }
    try budget.take(count)
    return count
  }

  package func rewind() throws(StoreError) {
    input.rewind()
    budget.restart()
    switch decoder {
    case .gzip(let gzip): gzip.reset()
    case .zstd(let zstd): zstd.reset()
    case nil: break
    }
  }
}

/// The decompressor between the bytes of a file and the bytes of its table.
enum FileSourceDecoder {
  case gzip(GzipDecoder)
  case zstd(ZstdDecoder)
}

/// Compressed bytes that were read and not yet decoded.
struct CompressedBytes {
  /// The number of bytes that one refill asks for.
  static let capacity = 128 << 10

  private(set) var bytes: [UInt8] = []
  private(set) var start = 0
  private(set) var isAtEnd = false

  /// The number of bytes not decoded yet.
  var count: Int { bytes.count - start }

  /// Makes at least one byte available, unless the input has ended.
  mutating func refill(from input: inout FileSourceInput) throws(StoreError) {
    guard count == 0, !isAtEnd else { return }
    bytes.removeAll(keepingCapacity: true)
    start = 0
    isAtEnd = try input.read(Self.capacity, appendingTo: &bytes) == 0
  }

  /// Marks `count` bytes as decoded.
  mutating func consume(_ count: Int) { start += count }

  /// Drops zero bytes at the front, with which tapes and block devices pad a file.
  mutating func skipZeros() {
    while start < bytes.count, bytes[start] == 0 { start += 1 }
  }

  /// Forgets everything, to read from the start again.
  mutating func reset() {
    bytes.removeAll(keepingCapacity: true)
    start = 0
    isAtEnd = false
  }
}
