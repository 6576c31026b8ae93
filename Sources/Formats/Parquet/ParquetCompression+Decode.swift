import CBrotli
import CLz4
import CSnappy
import CZlib
import CZstd
import Model

extension ParquetCompression {
  /// The largest page, without compression.
  private static let pageLimit = 256 << 20

  /// The greatest ratio of a codec's output to its input.
  private var ratioLimit: Int {
    switch self {
    case .none: 1
    // Copies of 64 bytes take 3 at the most.
    case .snappy: 64
    case .gzip: 1040
    case .lz4, .lz4Hadoop: 256
    // A block of 128 KiB takes four bytes.
    case .zstd: 1 << 16
    // One copy makes 16 MiB of a few bytes.
    case .brotli: 1 << 22
    case .lzo: 1
    }
  }

  /// The `count` bytes that `input` holds.
  func decode(_ input: ArraySlice<UInt8>, count: Int) throws(StoreError) -> [UInt8] {
    switch self {
    case .none:
      guard input.count == count else { throw Self.damage }
      return Array(input)
    case .lzo: throw ParquetFault.unsupported("pages compressed with LZO")
    case .snappy, .gzip, .brotli, .zstd, .lz4, .lz4Hadoop: break
    }
    guard count <= Self.pageLimit else {
      throw ParquetFault.beyond(
        "a page of more than \(Self.pageLimit >> 20) MiB", ParquetFault.smallerPages)
    }
    guard count <= (input.count + 64) * ratioLimit else { throw Self.damage }
    if count == 0 { return [] }
    var didFit = false
    let output = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, filled in
      unsafe input.withUnsafeBufferPointer { source in
        let target = unsafe UnsafeMutableBufferPointer(rebasing: target[..<count])
        didFit = unsafe decode(source, into: target)
      }
      filled = didFit ? count : 0
    }
    guard didFit else { throw Self.damage }
    return output
  }

  /// Fills `target` exactly; false when the source does not hold that.
  private func decode(
    _ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    switch self {
    case .snappy:
      guard let (from, to) = unsafe Self.characters(source, target) else { return false }
      var length = target.count
      let status = unsafe snappy_uncompress(from, source.count, to, &length)
      return status == SNAPPY_OK && length == target.count
    case .zstd:
      return unsafe ZSTD_decompress(
        target.baseAddress, target.count, source.baseAddress, source.count) == target.count
    case .lz4: return unsafe Self.lz4(source, into: target)
    case .lz4Hadoop:
      // Some writers left the framing out.
      return unsafe Self.hadoop(source, into: target) || Self.lz4(source, into: target)
    case .gzip: return unsafe Self.gzip(source, into: target)
    case .brotli:
      var length = target.count
      let result = unsafe BrotliDecoderDecompress(
        source.count, source.baseAddress, &length, target.baseAddress)
      return result == BROTLI_DECODER_RESULT_SUCCESS && length == target.count
    case .none, .lzo: return false
    }
  }

  private static func lz4(
    _ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    guard let (from, to) = unsafe characters(source, target) else { return false }
    return unsafe LZ4_decompress_safe(
      from, to, Int32(clamping: source.count), Int32(clamping: target.count)) == target.count
  }

  /// The starts of both as C sees text; nil when one of them is empty.
  private static func characters(
    _ source: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutableBufferPointer<UInt8>
  ) -> (from: UnsafePointer<CChar>, to: UnsafeMutablePointer<CChar>)? {
    guard let from = source.baseAddress, let to = target.baseAddress else { return nil }
    return unsafe (
      UnsafeRawPointer(from).assumingMemoryBound(to: CChar.self),
      UnsafeMutableRawPointer(to).assumingMemoryBound(to: CChar.self)
    )
  }

  /// Frames of Hadoop: how many bytes follow when decoded, then blocks with the length of each,
  /// both with the highest byte first.
  private static func hadoop(
    _ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    guard let (text, room) = unsafe characters(source, target) else { return false }
    var (from, to) = (0, 0)
    func length() -> Int? {
      guard source.count - from >= 4 else { return nil }
      defer { from += 4 }
      return (0..<4).reduce(0) { unsafe $0 << 8 | Int(source[from + $1]) }
    }
    while from < source.count {
      guard let plain = length(), plain <= target.count - to else { return false }
      let stop = to + plain
      while to < stop {
        guard let packed = length(), packed > 0, packed <= source.count - from else { return false }
        let got = unsafe LZ4_decompress_safe(
          text + from, room + to,
          Int32(clamping: packed), Int32(clamping: stop - to))
        guard got > 0 else { return false }
        from += packed
        to += Int(got)
      }
    }
    return to == target.count
  }

  /// One gzip member or several, or a zlib stream.
  private static func gzip(
    _ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    var stream = unsafe z_stream()
    // 15 is the largest window; 32 more makes zlib detect the wrapping by itself.
    guard
      unsafe inflateInit2_(
        &stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return false }
    defer { unsafe inflateEnd(&stream) }
    unsafe stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
    unsafe stream.avail_in = UInt32(clamping: source.count)
    unsafe stream.next_out = target.baseAddress
    unsafe stream.avail_out = UInt32(clamping: target.count)
    while true {
      let status = unsafe inflate(&stream, Z_FINISH)
      guard status == Z_STREAM_END else { return false }
      if unsafe stream.avail_in == 0 { return unsafe stream.avail_out == 0 }
      guard unsafe inflateReset(&stream) == Z_OK else { return false }
    }
  }

  private static var damage: StoreError {
    ParquetFault.damaged("a page cannot be decompressed")
  }
}
