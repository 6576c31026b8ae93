/// The body of a request that moves a tag: the version it shall name.
package struct TagMoveDocument: Codable, Sendable, Hashable {
  /// The part of a reference after the `@`.
  package var version: String
  package var message: String?
  package var author: String?

  /// A move to `version`.
  package init(version: String, message: String? = nil, author: String? = nil) {
    self.version = version
    self.message = message
    self.author = author
  }
}
