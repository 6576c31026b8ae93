import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Service
import Wire

/// Routers as feature flags, for OpenFeature's clients.
extension Routes {
  @Sendable func evaluateFlag(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let key = try segment("name", context)
    do {
      let name = try dataset(context)
      let asked = try EvaluationRequest(parsing: try await routingBody(request))
      let routed = try await decide(
        name, asked.context, trusting: context.caller.scope >= .write,
        RoutingBody.trace(request.headers))
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
    _ = try parameters(request)
    do {
      let asked = try EvaluationRequest(parsing: try await routingBody(request))
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
        body += try await decide(
          name, asked.context, trusting: isTrusted, RoutingBody.trace(request.headers)
        ).flagJSON
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
  }

  /// Answers with an error that the protocol knows; others are told as everywhere.
  private func flagProblem(_ error: StoreError, key: String?) throws(StoreError) -> Response {
    let (status, code): (HTTPResponse.Status, String)
    switch error.kind {
    case .usage, .invalid: (status, code) = (.badRequest, "INVALID_CONTEXT")
    case .missing: (status, code) = (.notFound, "FLAG_NOT_FOUND")
    default: throw error
    }
    return json(
      FlagProblem(key: key, errorCode: code, errorDetails: error.message), status: status)
  }
}
