import HTTPTypes
import Model

extension StoreError {
  /// The status of an answer to a request that ended with this error.
  ///
  /// Routes choose another where they know more: 412 for a header's precondition, 413 for a body.
  var status: HTTPResponse.Status {
    detail == .requestLimit ? .unprocessableContent : kind.status
  }
}

extension StoreError.Kind {
  /// The status for an error of this kind, of which no more is known.
  var status: HTTPResponse.Status {
    switch self {
    case .usage: .badRequest
    case .invalid: .unprocessableContent
    case .missing: .notFound
    case .conflict: .conflict
    case .corrupt: .internalServerError
    case .exhausted: .insufficientStorage
    case .unavailable: .serviceUnavailable
    case .denied: .forbidden
    }
  }

  /// The title of a problem (RFC 9457): the same for all errors of the kind.
  var title: String {
    switch self {
    case .usage: "The request is malformed"
    case .invalid: "The data cannot be saved as it is"
    case .missing: "Not found"
    case .conflict: "Conflict"
    case .corrupt: "Stored bytes are not what was saved"
    case .exhausted: "A limit was reached"
    case .unavailable: "Service unavailable"
    case .denied: "This is not allowed"
    }
  }
}

extension HTTPResponse.Status {
  /// RFC 4918.
  static let insufficientStorage = HTTPResponse.Status(
    code: 507, reasonPhrase: "Insufficient Storage")
}
