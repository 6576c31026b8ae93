import HTTPTypes
import Model
import Wire

/// An error with the status and the headers that it is answered with.
package struct HTTPProblem: Error, Sendable {
  let status: HTTPResponse.Status
  let error: StoreError
  var headers = HTTPFields()

  /// An error whose status differs from that of its kind.
  init(_ status: HTTPResponse.Status, _ kind: StoreError.Kind, _ message: String) {
    self.status = status
    error = StoreError(kind, message)
  }

  /// An error whose status follows from its kind.
  init(_ error: StoreError) {
    status = error.status
    self.error = error
    if status == .serviceUnavailable, error.detail == nil { headers[.retryAfter] = "1" }
  }

  /// The body of the answer.
  var document: ProblemDocument {
    ProblemDocument(
      type: ProblemDocument.typePrefix + error.kind.rawValue, title: error.kind.title,
      status: Int(status.code), detail: error.message, line: error.location?.line,
      column: error.location?.column, mayBeSaved: error.detail == .mayBeSaved ? true : nil)
  }
}
