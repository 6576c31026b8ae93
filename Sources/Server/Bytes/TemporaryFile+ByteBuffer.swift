import Glibc
import Model
import NIOCore
import Platform

extension TemporaryFile {
  /// Reads `count` bytes at `offset`, which the file must have.
  /// - Throws: ``StoreError`` of kind `unavailable`.
  func read(_ count: Int, at offset: Int) throws(StoreError) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: count)
    while buffer.readableBytes < count {
      let place = off_t(offset + buffer.readableBytes)
      let rest = count - buffer.readableBytes
      var code: Int32 = 0
      let got = unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: rest) { target in
        let got = unsafe pread(descriptor, target.baseAddress, rest, place)
        code = got < 0 ? errno : 0
        return max(0, got)
      }
      if code == EINTR { continue }
      guard got > 0 else { throw Self.failure("read", code) }
    }
    return buffer
  }
}
