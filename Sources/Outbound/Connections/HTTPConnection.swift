import CCurl
import Foundation
import Model

/// A connection to servers, kept open from one request to the next.
///
/// Used by one thread at a time, not always the same.
@safe final class HTTPConnection: Sendable {
  // The connection is the only holder of the handle, and has one user at a time.
  private nonisolated(unsafe) let handle: UnsafeMutableRawPointer
  private nonisolated(unsafe) let errorText: UnsafeMutablePointer<CChar>

  /// Loads libcurl, if that has not happened yet.
  /// - Throws: ``StoreError`` of kind `unavailable` when it is not there.
  init() throws(StoreError) {
    guard assay_curl_load(), let handle = unsafe assay_curl_open() else {
      throw StoreError(
        .unavailable,
        "libcurl, which talks to servers, cannot be loaded: install it (Debian: libcurl4)")
    }
    unsafe self.handle = unsafe handle
    unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    unsafe assay_curl_close(handle)
    unsafe errorText.deallocate()
  }

  /// Sends a request and hands over the body of its response, of whatever status, in pieces.
  /// - Parameters:
  ///   - receive: Takes the pieces, each with the head.
  ///   - report: Called now and then with the bytes of the request's body sent so far.
  /// - Returns: The head of the response.
  func perform(
    _ request: HTTPRequest, to address: ServerAddress,
    receive: (HTTPResponseHead, [UInt8]) throws(StoreError) -> Void, report: (Int) -> Void
  ) throws(TransferFailure) -> HTTPResponseHead {
    let fields = unsafe try lines(request)
    defer { unsafe assay_curl_list_free(fields) }
    return try withoutActuallyEscaping(receive) { receive throws(TransferFailure) in
      try withoutActuallyEscaping(report) { report throws(TransferFailure) in
        let transfer = Transfer(request.body, receive: receive, report: report)
        unsafe assay_curl_reset(handle)
        prepare()
        describe(request, to: address)
        unsafe assay_curl_set_pointer(handle, CURLOPT_HTTPHEADER, fields)
        unsafe transfer.attach(to: handle)
        let code = withExtendedLifetime(transfer) { unsafe assay_curl_perform(handle) }
        return try result(code, transfer)
      }
    }
  }

  /// Sets the options that hold for every request.
  private func prepare() {
    let environment = ProcessInfo.processInfo.environment
    unsafe errorText[0] = 0
    unsafe assay_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
    for (option, value) in [
      (CURLOPT_NOSIGNAL, 1), (CURLOPT_NOPROGRESS, 0), (CURLOPT_CONNECTTIMEOUT, 10),
      // A redirection is the caller's to judge: a token goes to the server it was meant for.
      (CURLOPT_FOLLOWLOCATION, 0),
      (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2), (CURLOPT_TCP_KEEPALIVE, 1),
      (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1), (CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE)),
      (CURLOPT_BUFFERSIZE, 256 << 10), (CURLOPT_UPLOAD_BUFFERSIZE, 256 << 10),
      (CURLOPT_PATH_AS_IS, 1),
    ] {
      unsafe assay_curl_set_long(handle, option, value)
    }
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_USERAGENT, "assay/" + assayVersion)
    // As the curl command does; the library does not look at these variables.
    if let bundle = environment["CURL_CA_BUNDLE"] ?? environment["SSL_CERT_FILE"], !bundle.isEmpty {
      set(CURLOPT_CAINFO, bundle)
    }
  }

  private func describe(_ request: HTTPRequest, to address: ServerAddress) {
    set(CURLOPT_URL, address.description + request.resource.text)
    let count = request.body.count
    switch request.method {
    case .get: unsafe assay_curl_set_long(handle, CURLOPT_HTTPGET, 1)
    case .head: unsafe assay_curl_set_long(handle, CURLOPT_NOBODY, 1)
    case .delete: set(CURLOPT_CUSTOMREQUEST, "DELETE")
    case .post:
      unsafe assay_curl_set_long(handle, CURLOPT_POST, 1)
      unsafe assay_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(count))
    case .put:
      unsafe assay_curl_set_long(handle, CURLOPT_UPLOAD, 1)
      unsafe assay_curl_set_size(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(count))
    }
  }

  private func set(_ option: CURLoption, _ text: String) {
    unsafe assay_curl_set_string(handle, option, text)
  }

  /// The header fields as libcurl takes them; to be freed.
  private func lines(
    _ request: HTTPRequest
  ) throws(TransferFailure) -> UnsafeMutablePointer<curl_slist>? {
    var lines = request.fields.map { $0.name + ": " + $0.value }
    guard lines.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }) else {
      throw TransferFailure(
        StoreError(.usage, "a token or a key holds a character that cannot be sent; check it"))
    }
    if request.body.count == 0, !request.fields.contains(where: { $0.name == "Content-Type" }) {
      lines.append("Content-Type:")
    }
    var list: UnsafeMutablePointer<curl_slist>?
    for line in lines { unsafe list = unsafe assay_curl_list_append(list, line) ?? list }
    return unsafe list
  }

  private func result(
    _ code: CURLcode, _ transfer: Transfer
  ) throws(TransferFailure) -> HTTPResponseHead {
    if let failure = transfer.failure { throw failure }
    if let head = transfer.head {
      // A server that refuses a body may answer and close before all of it was sent.
      if code == CURLE_OK || code == CURLE_SEND_ERROR && !head.isSuccess { return head }
    }
    if code == CURLE_OK { throw TransferFailure(.interrupted, "its header breaks off") }
    throw TransferFailure(Self.cause(code), reason(code))
  }

  private static func cause(_ code: CURLcode) -> TransferFailure.Cause {
    switch code {
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT,
      CURLE_OPERATION_TIMEDOUT:
      // The only time limit left to libcurl is the one on connecting.
      .unreachable
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2,
      CURLE_HTTP2_STREAM, CURLE_SEND_FAIL_REWIND:
      .interrupted
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
      .untrusted
    default: .malformed
    }
  }

  private func reason(_ code: CURLcode) -> String {
    let detail = unsafe String(cString: errorText)
    if !detail.isEmpty { return detail }
    return unsafe assay_curl_error_text(code).map { unsafe String(cString: $0) } ?? "error \(code)"
  }
}
