import CZlib
import Model

/// Decodes gzip, of one member or of many laid end to end.
@safe
final class GzipDecoder {
  private let name: String
  /// zlib keeps the address of the stream, so the stream must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var pending = CompressedBytes()
  private var isInMember = true
  private var hasEnded = false

  /// A decoder for the file called `name` in messages.
  init(name: String) throws(StoreError) {
    self.name = name
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15 is the largest window; 16 more asks for the gzip wrapping and its checksum.
    let status = unsafe inflateInit2_(
      stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw StoreError(.exhausted, "there is no memory to decompress '\(name)'")
    }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Appends at most `limit` decoded bytes and returns how many; 0 at the end.
  func read(
    _ limit: Int, appendingTo bytes: inout [UInt8], from input: inout FileSourceInput
  ) throws(StoreError) -> Int {
    while !hasEnded {
      try pending.refill(from: &input)
      if !isInMember {
        pending.skipZeros()
        if pending.count == 0 {
          hasEnded = pending.isAtEnd
          continue
        }
        unsafe inflateReset(stream)
        isInMember = true
      }
      guard pending.count > 0 else {
        throw StoreError(
          .invalid, "the gzip data ends early: the file was cut short, get it again",
          at: .init(file: name))
      }
      let (status, count) = decode(limit, appendingTo: &bytes)
      switch status {
      case Z_STREAM_END: isInMember = false
      case Z_OK, Z_BUF_ERROR: break
      case Z_MEM_ERROR:
        throw StoreError(.exhausted, "there is no memory to decompress '\(name)'")
      default:
        throw StoreError(
          .invalid, "this is not gzip data, or it is damaged: get the file again",
          at: .init(file: name))
      }
      if count > 0 { return count }
    }
    return 0
  }

  /// Forgets everything, to decode from the first byte again.
  func reset() {
    unsafe inflateReset(stream)
    pending.reset()
    isInMember = true
    hasEnded = false
  }

  private func decode(
    _ limit: Int, appendingTo bytes: inout [UInt8]
  ) -> (status: Int32, count: Int) {
    var status = Z_OK
    var count = 0
    let source = pending.bytes
    let start = pending.start
    let available = pending.count
    bytes.append(addingCapacity: limit) { (spare: inout OutputSpan<UInt8>) in
      unsafe spare.withUnsafeMutableBufferPointer { target, initialized in
        unsafe source.withUnsafeBufferPointer { buffer in
          // zlib only reads the input; its header leaves out the const.
          unsafe stream.pointee.next_in =
            unsafe UnsafeMutablePointer(mutating: buffer.baseAddress).map { unsafe $0 + start }
          unsafe stream.pointee.avail_in = UInt32(available)
          unsafe stream.pointee.next_out = target.baseAddress
          unsafe stream.pointee.avail_out = UInt32(clamping: limit)
          status = unsafe inflate(stream, Z_NO_FLUSH)
        }
        count = min(limit, Int(UInt32.max)) - Int(unsafe stream.pointee.avail_out)
        initialized = count
      }
    }
    pending.consume(available - Int(unsafe stream.pointee.avail_in))
    return (status, count)
  }
}
