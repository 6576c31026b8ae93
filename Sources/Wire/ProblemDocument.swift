/// An error as RFC 9457 has it; `application/problem+json`.
package struct ProblemDocument: Codable, Sendable, Hashable {
  /// `https://assay.dev/problems/` and the kind: a name that stays, not a page.
  package let type: String
  package let title: String
  /// The HTTP status.
  package let status: Int
  /// What happened, to which thing, and what to do next.
  package let detail: String
  /// The place in the body sent, counted from 1; columns in bytes.
  package let line: Int?
  package let column: Int?
  /// True when the change that was asked for may have been made; absent else.
  package let mayBeSaved: Bool?

  /// The names of types begin so.
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
