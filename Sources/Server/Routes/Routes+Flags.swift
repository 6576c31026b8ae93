import Access
import HTTPTypes
import Hummingbird
import LiveRouting
import Model
import NIOCore
import Wire

/// Routers as feature flags, for OpenFeature's clients
/// (https://github.com/open-feature/protocol/blob/main/service/openapi.yaml).
///
/// The protocol names no parameters and leaves bodies open to others' members, so both are ignored,
/// while the rest of the API refuses them.
extension Routes {
  @Sendable func evaluateFlag(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let key = try? segment("name", context)
    do {
      // A name that no dataset can have is not a flag either.
      guard let name = try? DatasetName(key ?? ""), context.caller.sees(name) else {
        throw StoreError(.missing, "there is no flag '\(key?.prefix(128) ?? "")'")
      }
      let body = try await routingBody(request)
      let routers = try openRouters
      // The existence of the flag, before its evaluation.
      if routers.state(of: name) == nil {
        try await backend.quick.run { () throws(StoreError) in try routers.load(name) }
      }
      let asked: EvaluationRequest
      do throws(StoreError) {
        asked = try EvaluationRequest(flagBody: body)
      } catch {
        return try flagProblem(error, key: key, unreadable: "PARSE_ERROR")
      }
      let routed = try await decide(
        name, asked.context, trusting: context.caller.scope >= .write,
        TraceContext.ids(request.headers), needsUnit: true)
      if let problem = FlagProblem(routed) { return json(problem, status: .badRequest) }
      var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
      headers[.routeVersion] = String(routed.number)
      return Response(
        status: .ok, headers: headers,
        body: .init(byteBuffer: ByteBuffer(bytes: routed.flagJSON)))
    } catch let error as StoreError {
      return try flagProblem(error, key: key)
    }
  }

  @Sendable func evaluateFlags(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    do {
      let sent = try await routingBody(request)
      let asked: EvaluationRequest
      do throws(StoreError) {
        asked = try EvaluationRequest(flagBody: sent)
      } catch {
        return try flagProblem(error, key: nil, unreadable: "PARSE_ERROR")
      }
      let routers = try openRouters
      let isTrusted = context.caller.scope >= .write
      let names = routers.names.filter { context.caller.sees($0) }
      let states = names.compactMap { routers.state(of: $0) }.joined(separator: " ")
      let named = Digest(
        hashing: Array("\(states)\n\(isTrusted)\n".utf8) + asked.context)
      let validators = Validators(tag: String(named.hex.prefix(32)))
      var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-cache"]
      if validators.isNotModified(for: request.headers) {
        return backend.notModified(headers, validators)
      }
      validators.add(to: &headers)
      var body = Array("{\"flags\":[".utf8)
      for (index, name) in names.enumerated() {
        if index > 0 { body.append(UInt8(ascii: ",")) }
        let routed = try await decide(
          name, asked.context, trusting: isTrusted, TraceContext.ids(request.headers),
          needsUnit: true)
        // A flag that has no value keeps none of the others back.
        body += FlagProblem(routed).map { Documents.encode($0) } ?? routed.flagJSON
      }
      body += Array("]}".utf8)
      return Response(
        status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    } catch let error as StoreError {
      return try flagProblem(error, key: nil)
    }
  }

  /// An error in the protocol's own form.
  private struct FlagProblem: Encodable {
    let key: String?
    let errorCode: String
    let errorDetails: String

    /// An error with a code of the protocol's.
    init(key: String?, errorCode: String, errorDetails: String) {
      self.key = key
      self.errorCode = errorCode
      self.errorDetails = errorDetails
    }

    /// The problem of a decision whose rule draws by a targeting key that the context lacks; nil
    /// for any other.
    init?(_ routed: RoutedRequest) {
      guard let missing = routed.missingUnit else { return nil }
      self.init(
        key: routed.route.text, errorCode: "TARGETING_KEY_MISSING", errorDetails: missing)
    }
  }

  /// Answers with an error that the protocol defines; others are reported as on every route.
  ///
  /// `unreadable` is the code for a body that cannot be read.
  private func flagProblem(
    _ error: StoreError, key: String?, unreadable: String = "INVALID_CONTEXT"
  ) throws(StoreError) -> Response {
    let (status, code): (HTTPResponse.Status, String)
    switch error.kind {
    case .usage: (status, code) = (.badRequest, unreadable)
    case .invalid: (status, code) = (.badRequest, "INVALID_CONTEXT")
    case .missing: (status, code) = (.notFound, "FLAG_NOT_FOUND")
    default: throw error
    }
    return json(
      FlagProblem(key: key, errorCode: code, errorDetails: error.message), status: status)
  }
}
