package import Model
import Wire

/// A store that a server elsewhere holds.
package struct RemoteStoreService: Sendable {
  let client: HTTPClient
  private let hasToken: Bool

  /// The store at an address; nothing is sent before it is asked for something.
  /// - Parameter token: From ASSAY_TOKEN; nil or empty for none.
  /// - Throws: ``StoreError`` of kind `usage` when `url` is no address of a server.
  package init(url: String, token: String?) throws(StoreError) {
    let token = token.flatMap { $0.isEmpty ? nil : $0 }
    self.init(HTTPClient(try ServerAddress(parsing: url), token: token), hasToken: token != nil)
  }

  /// A store at an address, with pauses between attempts that a test can foresee.
  package init(
    url: String, token: String?, seed: UInt64, sleep: @escaping @Sendable (Duration) -> Void
  ) throws(StoreError) {
    let address = try ServerAddress(parsing: url)
    self.init(
      HTTPClient(address, token: token, seed: seed, sleep: sleep), hasToken: token != nil)
  }

  private init(_ client: HTTPClient, hasToken: Bool) {
    self.client = client
    self.hasToken = hasToken
  }

  /// Sends a request, and throws what an answer that is no success tells.
  /// - Parameter file: How the body sent is called in errors about a line of it.
  func send(
    _ request: HTTPRequest, file: String? = nil, report: (Int) -> Void = { _ in }
  ) throws(StoreError) -> HTTPAnswer {
    let answer = try client.send(request, report: report)
    try require(answer, file: file)
    return answer
  }

  /// Sends a request whose answer is handed on as it comes.
  /// - Parameter check: Takes the head before the body, and may refuse it.
  func download(
    _ request: HTTPRequest, check: (HTTPResponseHead) throws(StoreError) -> Void,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) {
    try require(try client.download(request, check: check, sink: write))
  }

  /// Throws what an answer that is no success tells.
  func require(_ answer: HTTPAnswer, file: String? = nil) throws(StoreError) {
    guard answer.head.isSuccess else {
      throw StoreError(answer, from: client.address, hasToken: hasToken, file: file)
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
      "\(client.address.origin) does not answer as an Assay server does (\(why)): check the "
        + "address and that its version is that of this program")
  }
}
