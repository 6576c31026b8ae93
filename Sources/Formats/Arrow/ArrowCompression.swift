import CLz4
import CZstd
import Columns
import Model

/// The compression of the buffers of a record batch (Message.fbs, `CompressionType`).
///
/// A compressed buffer is its length without compression in eight bytes, -1 when it was stored as
/// it is, and one frame.
package enum ArrowCompression: Int8, Sendable {
  case lz4 = 0
  case zstd = 1

  /// The largest buffer, without compression.
  private static let byteLimit = 1 << 31

  /// The bytes of a buffer that is compressed.
  func decode(_ buffer: ArrowBuffer, budget: InputBudget) throws(StoreError) -> ArrowBuffer {
    if buffer.count == 0 { return buffer }
    let length = try buffer.values(Int64.self, 0..<1)[0]
    let frame = buffer.range.lowerBound + 8..<buffer.range.upperBound
    if length == -1 { return ArrowBuffer(bytes: buffer.bytes, range: frame) }
    guard length >= 0, length <= Self.byteLimit else {
      throw ArrowFault.damaged("the length of a compressed buffer")
    }
    // A frame of zstd has blocks of 128 KiB in four bytes, one of LZ4 repeats by 255 in one byte.
    guard Int(length) <= (frame.count + 64) << (self == .zstd ? 16 : 8) else { throw Self.damage }
    if length == 0 { return ArrowBuffer(bytes: [], range: 0..<0) }
    try budget.take(Int(length))
    var isWhole = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(length)) { target, count in
      unsafe buffer.bytes.withUnsafeBytes { source in
        isWhole = unsafe decode(
          UnsafeRawBufferPointer(rebasing: source[frame]),
          into: UnsafeMutableRawBufferPointer(start: target.baseAddress, count: Int(length)))
      }
      count = isWhole ? Int(length) : 0
    }
    guard isWhole else { throw Self.damage }
    return ArrowBuffer(bytes: bytes, range: 0..<bytes.count)
  }

  /// Fills `target` exactly; false when the source does not hold that.
  private func decode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> Bool {
    switch self {
    case .zstd:
      return unsafe ZSTD_decompress(
        target.baseAddress, target.count, source.baseAddress, source.count) == target.count
    case .lz4:
      var context: OpaquePointer?
      guard
        unsafe LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0
      else { return false }
      defer { unsafe LZ4F_freeDecompressionContext(context) }
      var (from, to) = (0, 0)
      while true {
        var taken = source.count - from
        var made = target.count - to
        let rest = unsafe LZ4F_decompress(
          context, target.baseAddress.map { unsafe $0 + to }, &made,
          source.baseAddress.map { unsafe $0 + from }, &taken, nil)
        if LZ4F_isError(rest) != 0 { return false }
        from += taken
        to += made
        if rest == 0 { return to == target.count }
        if taken == 0, made == 0 { return false }
      }
    }
  }

  /// The buffer that holds `bytes`, compressed unless that makes it longer.
  func encode(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.isEmpty { return [] }
    var packed: [UInt8] = []
    packed.append(littleEndian: Int64(bytes.count))
    let bound =
      self == .zstd ? ZSTD_compressBound(bytes.count) : LZ4F_compressFrameBound(bytes.count, nil)
    let frame = unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
      unsafe bytes.withUnsafeBytes { source in
        switch self {
        case .zstd:
          let made = unsafe ZSTD_compress(
            target.baseAddress, bound, source.baseAddress, source.count, 1)
          count = ZSTD_isError(made) == 0 ? made : 0
        case .lz4:
          let made = unsafe LZ4F_compressFrame(
            target.baseAddress, bound, source.baseAddress, source.count, nil)
          count = LZ4F_isError(made) == 0 ? made : 0
        }
      }
    }
    if frame.isEmpty || frame.count >= bytes.count {
      packed = []
      packed.append(littleEndian: Int64(-1))
      return packed + bytes
    }
    return packed + frame
  }

  private static var damage: StoreError {
    ArrowFault.damaged("a buffer cannot be decompressed")
  }
}
