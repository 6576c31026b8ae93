import CZstd
import Model

/// Decodes zstd, of one frame or of many laid end to end.
@safe
final class ZstdDecoder {
  private let name: String
  private let context: OpaquePointer
  private var pending = CompressedBytes()
  /// True when the last decoded byte ended a frame; an empty file is not valid zstd.
  private var isAtFrameEnd = false

  /// A decoder for the file called `name` in messages.
  init(name: String) throws(StoreError) {
    guard let context = unsafe ZSTD_createDCtx() else {
      throw StoreError(.exhausted, "there is no memory to decompress '\(name)'")
    }
    self.name = name
    unsafe self.context = context
  }

  deinit { unsafe ZSTD_freeDCtx(context) }

  /// Appends at most `limit` decoded bytes and returns how many; 0 at the end.
  func read(
    _ limit: Int, appendingTo bytes: inout [UInt8], from input: inout FileSourceInput
  ) throws(StoreError) -> Int {
    while true {
      try pending.refill(from: &input)
      if pending.count == 0, isAtFrameEnd { return 0 }
      let hadInput = pending.count > 0
      let (result, count) = decode(limit, appendingTo: &bytes)
      if ZSTD_isError(result) != 0 {
        throw StoreError(.invalid, Self.reason(result), at: .init(file: name))
      }
      isAtFrameEnd = result == 0
      if count > 0 { return count }
      guard hadInput || isAtFrameEnd else {
        throw StoreError(
          .invalid, "the zstd data ends early: the file was cut short, get it again",
          at: .init(file: name))
      }
    }
  }

  private static func reason(_ result: Int) -> String {
    // The default limit of this version of zstd (ZSTD_WINDOWLOG_LIMIT_DEFAULT).
    if ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge {
      return
        "the zstd data has a window of more than 128 MiB, the limit: compress it "
        + "without --long, or with --long=27"
    }
    let reason = unsafe String(cString: ZSTD_getErrorName(result))
    return "this is not zstd data, or it is damaged (\(reason)): get the file again"
  }

  /// Forgets everything, to decode from the first byte again.
  func reset() {
    unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    pending.reset()
    isAtFrameEnd = false
  }

  private func decode(
    _ limit: Int, appendingTo bytes: inout [UInt8]
  ) -> (result: Int, count: Int) {
    var result = 0
    var count = 0
    var consumed = 0
    let source = pending
    bytes.append(addingCapacity: limit) { (spare: inout OutputSpan<UInt8>) in
      unsafe spare.withUnsafeMutableBufferPointer { target, initialized in
        unsafe source.bytes.withUnsafeBytes { buffer in
          var input = unsafe ZSTD_inBuffer(
            src: buffer.baseAddress, size: buffer.count, pos: source.start)
          var output = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: limit, pos: 0)
          result = unsafe ZSTD_decompressStream(context, &output, &input)
          consumed = unsafe input.pos - source.start
          count = unsafe output.pos
        }
        initialized = count
      }
    }
    pending.consume(consumed)
    return (result, count)
  }
}
