import HTTPTypes
import Model

/// The body of an error as clients of OpenAI's API read it: `{"error":{message,type,param,code}}`.
struct OpenAIErrorDocument: Encodable {
  let error: Content

  struct Content: Encodable {
    let message: String
    let type: String
    let code: String

    private enum Key: String, CodingKey { case message, type, param, code }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(message, forKey: .message)
      try container.encode(type, forKey: .type)
      // Clients want the member, also where no parameter is at fault.
      try container.encodeNil(forKey: .param)
      try container.encode(code, forKey: .code)
    }
  }

  /// The document of `problem`; its code is the kind of the error, as in a problem's type.
  init(_ problem: HTTPProblem) {
    let type =
      switch problem.status.code {
      case 401: "authentication_error"
      case 403: "permission_error"
      case 429: "rate_limit_error"
      case 500...: "server_error"
      default: "invalid_request_error"
      }
    error = Content(
      message: problem.error.message, type: type, code: problem.error.kind.rawValue)
  }
}
