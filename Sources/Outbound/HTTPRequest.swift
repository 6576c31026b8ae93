/// One request to a server.
package struct HTTPRequest: Sendable {
  /// The method of a request.
  package enum Method: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
  }

  /// The body of a request.
  package enum Body: Sendable {
    case none
    case bytes([UInt8])
    case file(UploadFile)

    /// The size of the body in bytes.
    package var count: Int {
      switch self {
      case .none: 0
      case .bytes(let bytes): bytes.count
      case .file(let file): file.count
      }
    }
  }

  package let method: Method
  package let resource: Resource
  /// Names and values.
  package private(set) var fields: [(name: String, value: String)] = []
  package var body = Body.none
  /// True when it changes something though it is a POST without an idempotency key.
  private var makesChange = false

  /// A request without a body.
  package init(_ method: Method, _ resource: Resource) {
    self.method = method
    self.resource = resource
  }

  /// A request whose body is JSON.
  package init(_ method: Method, _ resource: Resource, json: [UInt8]) {
    self.init(method, resource)
    body = .bytes(json)
    add("Content-Type", "application/json")
  }

  /// Adds a header field; one without a value is left out.
  package mutating func add(_ name: String, _ value: String?) {
    if let value { fields.append((name, value)) }
  }

  /// True when the server may have changed something although no answer came.
  package var isChange: Bool {
    switch method {
    case .get, .head: false
    case .put, .delete: true
    case .post: makesChange || isRepeatable
    }
  }

  /// The same request, which changes something.
  package func changing() -> HTTPRequest {
    var request = self
    request.makesChange = true
    return request
  }

  /// True when sending it twice does no more than sending it once.
  package var isRepeatable: Bool {
    switch method {
    case .get, .head, .put, .delete: true
    case .post: fields.contains { $0.name == "Idempotency-Key" }
    }
  }
}
