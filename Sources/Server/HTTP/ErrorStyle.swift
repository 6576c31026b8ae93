import HTTPTypes
import Hummingbird
package import NIOCore
import Wire

/// The form in which a route reports errors.
package enum ErrorStyle: Sendable {
  /// A problem document (RFC 9457).
  case problem
  /// The error object of OpenAI's API, which its clients know.
  case openAI
}

extension HTTPProblem {
  /// The answer to a request that ended so.
  func response(to request: Request, _ style: ErrorStyle) -> Response {
    var headers = headers
    headers[.contentType] =
      switch style {
      case .problem: "application/problem+json"
      case .openAI: "application/json"
      }
    headers[.cacheControl] = "no-store"
    // The rest of a large body is not worth the wait.
    let isLarge = request.headers[.contentLength].flatMap { Int($0) }.map { $0 > 1 << 20 }
    let isUnread = isLarge ?? (request.headers[.transferEncoding] != nil)
    if isUnread || status == .requestTimeout { headers[.connection] = "close" }
    return Response(
      status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body(style))))
  }

  /// The error as an event of a stream that has begun (`text/event-stream`).
  package func event(_ style: ErrorStyle) -> ByteBuffer {
    var event = ByteBuffer(string: style == .problem ? "event: error\ndata: " : "data: ")
    event.writeBytes(body(style))
    event.writeString("\n\n")
    return event
  }

  private func body(_ style: ErrorStyle) -> [UInt8] {
    switch style {
    case .problem: Documents.encode(document)
    case .openAI: Documents.encode(OpenAIErrorDocument(self))
    }
  }
}
