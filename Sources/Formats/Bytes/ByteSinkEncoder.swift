import CZlib
import CZstd
import Model

/// The compressor between the bytes of a table and the bytes of its file.
enum ByteSinkEncoder {
  case gzip(GzipEncoder)
  case zstd(ZstdEncoder)
}

/// The compressed bytes that an encoder makes room for at a time.
private let encodedBytesAtOnce = 128 << 10

/// Encodes one gzip member.
@safe
final class GzipEncoder {
  /// zlib keeps the address of the stream, so the stream must not move.
  private let stream: UnsafeMutablePointer<z_stream>

  /// An encoder at zlib's usual level.
  init() throws(StoreError) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15 is the largest window; 16 more asks for the gzip wrapping; 8 is zlib's usual memory level.
    let status = unsafe deflateInit2_(
      stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw StoreError(.exhausted, "there is no memory to compress") }
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Appends what `bytes` compress to, as far as it is decided; all of it when they are the last.
  func encode(
    _ bytes: [UInt8], isLast: Bool, appendingTo target: inout [UInt8]
  ) throws(StoreError) {
    // zlib counts in 32 bits.
    precondition(bytes.count <= Int(UInt32.max), "too many bytes at once")
    var status = Z_OK
    unsafe bytes.withUnsafeBufferPointer { source in
      // zlib only reads the input; its header leaves out the const.
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
      unsafe stream.pointee.avail_in = UInt32(source.count)
      repeat {
        target.append(addingCapacity: encodedBytesAtOnce) { (spare: inout OutputSpan<UInt8>) in
          unsafe spare.withUnsafeMutableBufferPointer { buffer, initialized in
            unsafe stream.pointee.next_out = buffer.baseAddress
            unsafe stream.pointee.avail_out = UInt32(encodedBytesAtOnce)
            status = unsafe deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
            initialized = encodedBytesAtOnce - Int(unsafe stream.pointee.avail_out)
          }
        }
      } while unsafe status == Z_OK && stream.pointee.avail_out == 0
    }
    guard status == Z_OK || status == Z_BUF_ERROR || status == Z_STREAM_END else {
      throw StoreError(.exhausted, "the output cannot be compressed (zlib says \(status))")
    }
  }
}

/// Encodes one zstd frame.
@safe
final class ZstdEncoder {
  private let context: OpaquePointer

  /// An encoder at level 3, with a checksum of the content.
  init() throws(StoreError) {
    guard let context = unsafe ZSTD_createCCtx() else {
      throw StoreError(.exhausted, "there is no memory to compress")
    }
    unsafe self.context = context
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 3)
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
  }

  deinit { unsafe ZSTD_freeCCtx(context) }

  /// Appends what `bytes` compress to, as far as it is decided; all of it when they are the last.
  func encode(
    _ bytes: [UInt8], isLast: Bool, appendingTo target: inout [UInt8]
  ) throws(StoreError) {
    var result = 0
    unsafe bytes.withUnsafeBytes { source in
      var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
      repeat {
        target.append(addingCapacity: encodedBytesAtOnce) { (spare: inout OutputSpan<UInt8>) in
          unsafe spare.withUnsafeMutableBufferPointer { buffer, initialized in
            var output = unsafe ZSTD_outBuffer(
              dst: buffer.baseAddress, size: encodedBytesAtOnce, pos: 0)
            result = unsafe ZSTD_compressStream2(
              context, &output, &input, isLast ? ZSTD_e_end : ZSTD_e_continue)
            initialized = unsafe output.pos
          }
        }
      } while unsafe ZSTD_isError(result) == 0 && (isLast ? result != 0 : input.pos < input.size)
    }
    guard ZSTD_isError(result) == 0 else {
      let reason = unsafe String(cString: ZSTD_getErrorName(result))
      throw StoreError(.exhausted, "the output cannot be compressed (\(reason))")
    }
  }
}
