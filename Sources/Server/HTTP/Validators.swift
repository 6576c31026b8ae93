package import HTTPTypes
package import Model

/// What identifies the bytes that an answer holds, and how a request's conditions compare to it
/// (RFC 9110, section 13).
package struct Validators: Sendable, Hashable {
  /// Without quotes; always a strong one.
  private let tag: String
  /// In whole seconds, as HTTP tells it; nil for what has no time.
  package let lastModified: HTTPDate?

  /// Bytes named by `tag`, which holds no quotes.
  package init(tag: String, lastModified: Timestamp? = nil) {
    self.tag = tag
    self.lastModified = lastModified.map(HTTPDate.init)
  }

  /// With its quotes.
  package var entityTag: String { "\"\(tag)\"" }

  /// Whether these are the bytes that a request is for, if it says which (`If-Match`,
  /// `If-Unmodified-Since`).
  package func isMeant(by headers: HTTPFields) -> Bool {
    if let text = headers[.ifMatch] {
      return EntityTags(parsing: text)?.namesStrongly(tag) ?? false
    }
    guard let text = headers[.ifUnmodifiedSince], let since = HTTPDate(parsing: text),
      let lastModified
    else { return true }
    return lastModified.seconds <= since.seconds
  }

  /// Whether the client has these bytes already, so that 304 will do.
  package func isNotModified(for headers: HTTPFields) -> Bool {
    if let text = headers[.ifNoneMatch] {
      return EntityTags(parsing: text)?.namesWeakly(tag) ?? false
    }
    guard let text = headers[.ifModifiedSince], let since = HTTPDate(parsing: text),
      let lastModified
    else { return false }
    return lastModified.seconds <= since.seconds
  }

  /// Whether a range may be cut out, or the whole has to be sent because the client's part is of
  /// other bytes.
  package func allowsRange(for headers: HTTPFields) -> Bool {
    guard let condition = headers[.ifRange] else { return true }
    if condition == entityTag { return true }
    guard let date = HTTPDate(parsing: condition), let lastModified else { return false }
    return date.seconds == lastModified.seconds
  }

  /// The headers that tell the validators.
  func add(to headers: inout HTTPFields) {
    headers[.eTag] = entityTag
    if let lastModified { headers[.lastModified] = lastModified.description }
  }
}
