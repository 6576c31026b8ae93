/// An error in the form of RFC 9457, `application/problem+json`.
package struct ProblemDocument: Codable, Sendable, Hashable {
  /// `https://assay.dev/problems/` and the kind: a stable name, not the address of a page.
  package let type: String
  package let title: String
  /// The HTTP status.
  package let status: Int
  /// The event, the thing it concerns, and the next step.
  package let detail: String
  /// The place in the request's body, counted from 1; columns in bytes.
  package let line: Int?
  package let column: Int?
  /// True when the requested change may have been made; absent otherwise.
  package let mayBeSaved: Bool?

  /// The first part of every type's name.
  package static let typePrefix = "https://assay.dev/problems/"

  /// A problem with all its members.
  package init(
    type: String, title: String, status: Int, detail: String, line: Int? = nil,
    column: Int? = nil, mayBeSaved: Bool? = nil
  ) {
    self.type = type
    self.title = title
    self.status = status
    self.detail = detail
    self.line = line
    self.column = column
    self.mayBeSaved = mayBeSaved
  }
}
