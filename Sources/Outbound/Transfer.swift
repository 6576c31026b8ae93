import CCurl
import Glibc
import Model

/// One request on its way: what libcurl's callbacks read and write.
///
/// Used by the thread that performs the request.
final class Transfer {
  /// Takes a piece of the body; only called when the head is complete.
  typealias Receiver = (HTTPResponseHead, [UInt8]) throws(StoreError) -> Void

  private let body: HTTPRequest.Body
  private let receive: Receiver
  private let report: (Int) -> Void
  private var heads = HeadReader()
  private var watch = StallWatch(start: .now)
  private var sent = 0
  /// The failure for which a callback stopped libcurl.
  private(set) var failure: TransferFailure?

  /// - Parameter report: Called with the number of bytes of the body sent.
  init(
    _ body: HTTPRequest.Body, receive: @escaping Receiver, report: @escaping (Int) -> Void
  ) {
    self.body = body
    self.receive = receive
    self.report = report
  }

  /// The head, once it has come.
  var head: HTTPResponseHead? { heads.head }

  /// Takes a line of a head.
  func takeLine(_ line: [UInt8]) -> Bool {
    if heads.read(line) { return true }
    failure = TransferFailure(.malformed, "its header is malformed or too large")
    return false
  }

  /// Takes a piece of the body.
  func take(_ bytes: [UInt8]) -> Bool {
    guard let head = heads.head else {
      failure = TransferFailure(.malformed, "its header does not end")
      return false
    }
    do throws(StoreError) {
      try receive(head, bytes)
      return true
    } catch {
      failure = TransferFailure(error)
      return false
    }
  }

  /// Gives the next piece of what is sent.
  /// - Returns: How many bytes; 0 at the end; nil when there should be more and are not.
  func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int? {
    switch body {
    case .none: return 0
    case .bytes(let bytes):
      let count = min(buffer.count, bytes.count - sent)
      unsafe buffer.copyBytes(from: bytes[sent..<sent + count])
      sent += count
      return count
    case .file(let file):
      guard let count = unsafe file.read(at: sent, into: buffer) else {
        failure = TransferFailure(
          StoreError(.unavailable, "the file cannot be read to its end, or became shorter"))
        return nil
      }
      sent += count
      return count
    }
  }

  /// Goes to another place of what is sent.
  func seek(to offset: Int) -> Bool {
    guard (0...body.count).contains(offset) else { return false }
    sent = offset
    return true
  }

  /// Looks whether anything moves.
  func check(received: Int, sent: Int) -> Bool {
    if body.count > 0 { report(sent) }
    let isWaiting = sent >= body.count && heads.head == nil
    if watch.check(.now, sent: sent, received: received, isWaiting: isWaiting) { return true }
    failure = TransferFailure(.interrupted, "nothing came for a long time")
    return false
  }
}

extension Transfer {
  /// Makes libcurl call this transfer while it performs a request over `handle`.
  func attach(to handle: UnsafeMutableRawPointer) {
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    for option in [
      CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA,
      CURLOPT_XFERINFODATA,
    ] {
      unsafe assay_curl_set_pointer(handle, option, context)
    }
    unsafe assay_curl_set_bytes(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      // Any other number than that of the bytes makes libcurl stop.
      let line = unsafe Transfer.copy(bytes, size * count)
      return unsafe Transfer.of(context)?.takeLine(line) == true ? line.count : -1
    }
    unsafe assay_curl_set_bytes(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      let piece = unsafe Transfer.copy(bytes, size * count)
      return unsafe Transfer.of(context)?.take(piece) == true ? piece.count : -1
    }
    unsafe assay_curl_set_bytes(handle, CURLOPT_READFUNCTION) { bytes, size, count, context in
      let buffer = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
      return unsafe Transfer.of(context)?.give(buffer) ?? Int(CURL_READFUNC_ABORT)
    }
    unsafe assay_curl_set_seek(handle) { context, offset, origin in
      guard origin == SEEK_SET, unsafe Transfer.of(context)?.seek(to: Int(offset)) == true else {
        return CURL_SEEKFUNC_FAIL
      }
      return CURL_SEEKFUNC_OK
    }
    unsafe assay_curl_set_progress(handle) { context, _, received, _, sent in
      unsafe Transfer.of(context)?.check(received: Int(received), sent: Int(sent)) == true ? 0 : 1
    }
  }

  /// The transfer behind a callback's context, which `attach` made.
  private static func of(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    unsafe context.map { unsafe Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func copy(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> [UInt8] {
    unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
  }
}
