import HTTPTypes
import Hummingbird
import Logging

/// Writes a line of the log per request, and counts it in the metrics.
///
/// A streamed answer is noted when it ends, with the bytes that were sent until then; the metrics
/// have the time until its head was ready, as of any other answer.
struct RequestLog: RouterMiddleware {
  let metrics: RequestMetrics
  /// The `operationId` of the route, or `none`.
  let operation: String

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    let began = ContinuousClock.now
    var response = try await next(request, context)
    let seconds = Self.seconds(since: began)
    guard let bytes = response.body.contentLength else {
      let (method, path, status) = (request.method, request.uri.path, response.status)
      response.body = response.body.reporting { bytes, isWhole in
        metrics.count(operation, status: Int(status.code), bytes: bytes, seconds: seconds)
        log(
          "\(method) \(path) \(status.code)", context, status, bytes, Self.seconds(since: began),
          isWhole: isWhole)
      }
      return response
    }
    metrics.count(operation, status: Int(response.status.code), bytes: bytes, seconds: seconds)
    // The query of a URL may hold a token.
    log(
      "\(request.method) \(request.uri.path) \(response.status.code)", context, response.status,
      bytes, seconds)
    return response
  }

  private func log(
    _ message: @autoclosure () -> Logger.Message, _ context: ServerContext,
    _ status: HTTPResponse.Status, _ bytes: Int, _ seconds: Double,
    isWhole: Bool? = nil
  ) {
    var logger = context.logger
    if let isWhole { logger[metadataKey: "stream"] = isWhole ? "whole" : "cut short" }
    logger.log(
      level: status.code >= 500 ? .error : .info, message(),
      metadata: [
        "request": .string(context.requestID), "operation": .string(operation),
        "status": .string(String(status.code)), "bytes": .string(String(bytes)),
        "milliseconds": .string(String((seconds * 1000 * 100).rounded() / 100)),
      ])
  }

  private static func seconds(since began: ContinuousClock.Instant) -> Double {
    Double((ContinuousClock.now - began) / .microseconds(1)) / 1_000_000
  }
}
