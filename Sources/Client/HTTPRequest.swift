/// One request to a server.
struct HTTPRequest: Sendable {
  /// What is asked for.
  enum Method: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
  }

  /// What is sent along.
  enum Body: Sendable {
    case none
    case bytes([UInt8])
    case file(UploadFile)

    /// How many bytes are sent.
    var count: Int {
      switch self {
      case .none: 0
      case .bytes(let bytes): bytes.count
      case .file(let file): file.count
      }
    }
  }

  let method: Method
  let resource: Resource
  /// Names and values.
  private(set) var fields: [(name: String, value: String)] = []
  var body = Body.none
  /// Whether it changes something though it is a POST without an idempotency key.
  var makesChange = false

  /// A request without a body.
  init(_ method: Method, _ resource: Resource) {
    self.method = method
    self.resource = resource
  }

  /// A request whose body is JSON.
  init(_ method: Method, _ resource: Resource, json: [UInt8]) {
    self.init(method, resource)
    body = .bytes(json)
    add("Content-Type", "application/json")
  }

  /// Adds a header field; one without a value is left out.
  mutating func add(_ name: String, _ value: String?) {
    if let value { fields.append((name, value)) }
  }

  /// Whether the server may have changed something when no answer comes.
  var isChange: Bool {
    switch method {
    case .get, .head: false
    case .put, .delete: true
    case .post: makesChange || isRepeatable
    }
  }

  /// The same request, which changes something.
  func changing() -> HTTPRequest {
    var request = self
    request.makesChange = true
    return request
  }

  /// Whether sending it twice does no more than sending it once.
  var isRepeatable: Bool {
    switch method {
    case .get, .head, .put, .delete: true
    case .post: fields.contains { $0.name == "Idempotency-Key" }
    }
  }
}
