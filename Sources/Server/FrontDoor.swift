import Access
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Model
import NIOCore
import Service
import Wire

/// What happens to every request before and after its route: a name, a place among those under
/// way, a look at who asks, an error told as a problem document, a line in the log, a count.
struct FrontDoor: Sendable {
  let backend: Backend
  /// All routes, to tell a wrong method from a wrong path.
  let paths: PathTable
  let origins: OriginRules

  /// Answers a request with `route`, or tells why no route is there.
  func answer(_ request: Request, _ context: ServerContext, route: Route?) async throws -> Response
  {
    let began = ContinuousClock.now
    var context = context
    context.requestID = Self.requestID(request)
    var response: Response
    if backend.metrics.begin(limit: backend.options.requestLimit) {
      defer { backend.metrics.end() }
      response = try await attempt(request, context, route)
    } else {
      var problem = HTTPProblem(
        .serviceUnavailable, .exhausted, "the server has too many requests at once; try again")
      problem.headers[.retryAfter] = "1"
      response = Self.response(problem, request)
    }
    response.headers[.xRequestID] = context.requestID
    response.headers[.xContentTypeOptions] = "nosniff"
    // RFC 9112, section 9.6.
    if request.headers[.connection] == "close" { response.headers[.connection] = "close" }
    if request.method == .head {
      let length = response.headers[.contentLength]
      response = response.createHeadResponse()
      response.headers[.contentLength] = length
    }
    let seconds = Double((ContinuousClock.now - began) / .microseconds(1)) / 1_000_000
    note(request, context, route, response, seconds)
    return response
  }

  private func attempt(
    _ request: Request, _ context: ServerContext, _ route: Route?
  ) async throws -> Response {
    var context = context
    do {
      if let fault = RequestFault(in: request.headers) { throw fault.problem }
      try origins.requireOwnSite(request)
      // The router passes over empty segments, which name nothing.
      guard let route, !PathTable.hasEmptySegments(request.uri.path) else {
        throw paths.problem(for: request)
      }
      context.caller = try await caller(of: request, for: route)
      if !route.isReading, backend.options.isReadOnly {
        throw StoreError(.denied, "this server is read-only")
      }
      if route.method != .get, !route.takesIdempotencyKey, request.headers[.idempotencyKey] != nil {
        throw StoreError(
          .usage, "this request takes no Idempotency-Key: look what became of it before a repeat")
      }
      return try await route.handler(request, context)
    } catch let error as BodyError {
      // The connection is broken, which its owner has to know.
      throw error.underlying
    } catch let error as HTTPProblem {
      return Self.response(error, request)
    } catch let error as StoreError {
      let told = context.caller.seesEverything ? error.advised : error
      return Self.response(HTTPProblem(told), request)
    } catch is CancellationError {
      return Self.response(
        HTTPProblem(.serviceUnavailable, .unavailable, "the request was cancelled"), request)
    }
  }

  /// Who makes a request.
  private func caller(of request: Request, for route: Route) async throws -> Caller {
    guard case .token(let scope) = route.access else { return .local }
    let tokens = backend.tokens
    let bearer = try Self.bearer(request)
    let inURL = try route.takesURLToken ? Self.urlToken(request) : nil
    guard let secret = bearer ?? inURL else {
      let isOpen = try backend.options.isLoopback && !tokens.isAnyTokenKnown()
      guard isOpen else { throw Self.unauthorized("this needs a token") }
      try origins.requireOwnUser(request)
      return .local
    }
    guard let caller = try tokens.caller(secret: secret, inURL: bearer == nil) else {
      throw Self.unauthorized("the token is unknown, revoked or expired")
    }
    try caller.require(scope)
    if let id = caller.tokenID, !backend.options.isReadOnly, tokens.isUseDue(id) {
      // Nobody waits for it, and its loss is of no consequence.
      Task { try? await backend.quick.run { () throws(StoreError) in try tokens.noteUse(id) } }
    }
    return caller
  }

  private static func bearer(_ request: Request) throws -> String? {
    guard let value = request.headers[.authorization] else { return nil }
    guard value.lowercased().hasPrefix("bearer ") else {
      throw unauthorized("the Authorization header has to be 'Bearer' and a token")
    }
    return String(value.dropFirst(7))
  }

  private static func urlToken(_ request: Request) throws(StoreError) -> String? {
    for item in (request.uri.query ?? "").split(separator: "&") where item.hasPrefix("token=") {
      return String(item.dropFirst(6))
    }
    return nil
  }

  private static func unauthorized(_ what: String) -> HTTPProblem {
    var problem = HTTPProblem(
      .unauthorized, .denied, what + "; send 'Authorization: Bearer assay_…'")
    problem.headers[.wwwAuthenticate] = "Bearer realm=\"assay\""
    return problem
  }

  /// The client's name for the request, when it is one that can be written anywhere.
  private static func requestID(_ request: Request) -> String {
    if let given = request.headers[.xRequestID], (1...128).contains(given.utf8.count),
      given.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
    {
      return given
    }
    let number = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - number.utf8.count) + number
  }

  private static func response(_ problem: HTTPProblem, _ request: Request) -> Response {
    var headers = problem.headers
    headers[.contentType] = "application/problem+json"
    headers[.cacheControl] = "no-store"
    // What is left of a large body is not worth waiting for.
    let isLarge = request.headers[.contentLength].flatMap { Int($0) }.map { $0 > 1 << 20 }
    let isUnread = isLarge ?? (request.headers[.transferEncoding] != nil)
    if isUnread || problem.status == .requestTimeout { headers[.connection] = "close" }
    let body = Documents.encode(problem.document)
    return Response(
      status: problem.status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
  }

  private func note(
    _ request: Request, _ context: ServerContext, _ route: Route?, _ response: Response,
    _ seconds: Double
  ) {
    let status = Int(response.status.code)
    let bytes = response.body.contentLength ?? 0
    let operation = route?.operation ?? "none"
    backend.metrics.count(operation, status: status, bytes: bytes, seconds: seconds)
    // The query of a URL may hold a token.
    context.logger.log(
      level: status >= 500 ? .error : .info, "\(request.method) \(request.uri.path) \(status)",
      metadata: [
        "request": .string(context.requestID), "operation": .string(operation),
        "status": .string(String(status)), "bytes": .string(String(bytes)),
        "milliseconds": .string(String((seconds * 1000 * 100).rounded() / 100)),
      ])
  }
}

extension HTTPField.Name {
  /// Names a request in logs.
  static let xRequestID = Self.own("X-Request-Id")
  static let wwwAuthenticate = Self.own("WWW-Authenticate")
  static let idempotencyKey = Self.own("Idempotency-Key")
  static let assayRows = Self.own("Assay-Rows")
  static let assayVersion = Self.own("Assay-Version")
  static let assayDiffers = Self.own("Assay-Differs")
  static let assayChanges = Self.own("Assay-Changes")
  static let assayCutShort = Self.own("Assay-Cut-Short")
  static let uploadOffset = Self.own("Upload-Offset")
  static let reprDigest = Self.own("Repr-Digest")

  static func own(_ name: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is a header") }
    return name
  }
}
