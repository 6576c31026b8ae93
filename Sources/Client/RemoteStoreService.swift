package import Model
import Outbound
import Wire

/// A store that a remote server holds.
package struct RemoteStoreService: Sendable {
  private let client: HTTPClient
  private let address: ServerAddress
  private let token: String?

  /// The store at an address; nothing is sent before the first call.
  /// - Parameter token: From ASSAY_TOKEN; nil or empty for none.
  /// - Throws: ``StoreError`` of kind `usage` when `url` is not the address of a server.
  package init(url: String, token: String?) throws(StoreError) {
    try self.init(url, token.flatMap { $0.isEmpty ? nil : $0 }, HTTPClient())
  }

  /// A store at an address, with pauses between attempts that a test can foresee.
  package init(
    url: String, token: String?, seed: UInt64, sleep: @escaping @Sendable (Duration) -> Void
  ) throws(StoreError) {
    try self.init(url, token, HTTPClient(seed: seed, sleep: sleep))
  }

  private init(_ url: String, _ token: String?, _ client: HTTPClient) throws(StoreError) {
    do throws(AddressError) {
      address = try ServerAddress(parsing: url)
    } catch {
      throw StoreError(error)
    }
    self.token = token
    self.client = client
  }

  /// The request with the token, which goes to this server and to no other.
  private func authorized(_ request: HTTPRequest) -> HTTPRequest {
    var request = request
    request.add("Authorization", token.map { "Bearer " + $0 })
    return request
  }

  /// Sends a request and returns what the server answers, of whatever status.
  func answer(
    to request: HTTPRequest, report: (Int) -> Void = { _ in }
  ) throws(StoreError) -> HTTPAnswer {
    do throws(TransferFailure) {
      return try client.send(authorized(request), to: address, report: report)
    } catch {
      throw StoreError(error, at: address)
    }
  }

  /// Sends a request; throws the error of an answer that is not a success.
  /// - Parameter file: The name of the body in errors about a line of it.
  func send(
    _ request: HTTPRequest, file: String? = nil, report: (Int) -> Void = { _ in }
  ) throws(StoreError) -> HTTPAnswer {
    let answer = try answer(to: request, report: report)
    try require(answer, file: file)
    return answer
  }

  /// Sends a request whose answer is handed on as it comes.
  /// - Parameter check: Takes the head before the body, and may refuse it.
  func download(
    _ request: HTTPRequest, check: (HTTPResponseHead) throws(StoreError) -> Void,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) {
    let answer: HTTPAnswer
    do throws(TransferFailure) {
      answer = try client.download(authorized(request), from: address, check: check, sink: write)
    } catch {
      throw StoreError(error, at: address)
    }
    try require(answer)
  }

  /// Waits as the client does between attempts.
  func pause(_ duration: Duration) { client.pause(duration) }

  /// Throws the error of an answer that is not a success.
  func require(_ answer: HTTPAnswer, file: String? = nil) throws(StoreError) {
    guard answer.head.isSuccess else {
      throw StoreError(answer, from: address, hasToken: token != nil, file: file)
    }
  }

  /// Sends a request whose answer is a document.
  func document<Document: Decodable>(
    _ type: Document.Type, _ request: HTTPRequest, file: String? = nil,
    report: (Int) -> Void = { _ in }
  ) throws(StoreError) -> Document {
    try decode(type, from: try send(request, file: file, report: report))
  }

  /// Reads the document that an answer is.
  func decode<Document: Decodable>(
    _ type: Document.Type, from answer: HTTPAnswer
  ) throws(StoreError) -> Document {
    do throws(StoreError) {
      return try Documents.decode(type, from: answer.body)
    } catch {
      throw unlikeAssay(error.message)
    }
  }

  /// The value of a header field that an Assay server sends.
  func field<Value>(
    _ name: String, of head: HTTPResponseHead, _ parse: (String) -> Value?
  ) throws(StoreError) -> Value {
    guard let text = head[name], let value = parse(text) else {
      throw unlikeAssay("without the field \(name)")
    }
    return value
  }

  private func unlikeAssay(_ why: String) -> StoreError {
    StoreError(
      .unavailable,
      "\(address.origin) does not answer as an Assay server does (\(why)): check the "
        + "address and that its version is that of this program")
  }
}
