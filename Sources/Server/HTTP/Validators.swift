package import HTTPTypes
package import Model

/// The validators of the bytes that an answer holds, and their comparison with a request's
/// conditions (RFC 9110, section 13).
package struct Validators: Sendable, Hashable {
  /// Without quotes; always a strong one.
  private let tag: String
  /// In whole seconds, as HTTP writes it; nil for content without a time.
  package let lastModified: HTTPDate?

  /// Bytes named by `tag`, which holds no quotes.
  package init(tag: String, lastModified: Timestamp? = nil) {
    self.tag = tag
    self.lastModified = lastModified.map(HTTPDate.init)
  }

  /// With its quotes.
  package var entityTag: String { "\"\(tag)\"" }

  /// Returns true when these are the bytes that a request is for, if it names any (`If-Match`,
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

  /// Returns true when the client has these bytes already, so that 304 will do.
  package func isNotModified(for headers: HTTPFields) -> Bool {
    if let text = headers[.ifNoneMatch] {
      return EntityTags(parsing: text)?.namesWeakly(tag) ?? false
    }
    guard let text = headers[.ifModifiedSince], let since = HTTPDate(parsing: text),
      let lastModified
    else { return false }
    return lastModified.seconds <= since.seconds
  }

  /// Returns true when a range may be cut out; false when the whole has to be sent because the
  /// client's part is of other bytes.
  package func allowsRange(for headers: HTTPFields) -> Bool {
    guard let condition = headers[.ifRange] else { return true }
    if condition == entityTag { return true }
    guard let date = HTTPDate(parsing: condition), let lastModified else { return false }
    return date.seconds == lastModified.seconds
  }

  /// Adds the headers with the validators.
  func add(to headers: inout HTTPFields) {
    headers[.eTag] = entityTag
    if let lastModified { headers[.lastModified] = lastModified.description }
  }
}
