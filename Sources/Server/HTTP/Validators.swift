package import HTTPTypes
package import Model

/// What identifies the bytes that an answer holds, and how a request's conditions compare to it
/// (RFC 9110, section 13).
package struct Validators: Sendable, Hashable {
  /// With its quotes; always a strong one.
  package let entityTag: String
  /// In whole seconds, as HTTP tells it; nil for what has no time.
  package let lastModified: HTTPDate?

  /// Bytes named by `tag`, which holds no quotes.
  package init(tag: String, lastModified: Timestamp? = nil) {
    entityTag = "\"\(tag)\""
    self.lastModified = lastModified.map(HTTPDate.init)
  }

  /// Whether the client has these bytes already, so that 304 will do.
  package func isNotModified(for headers: HTTPFields) -> Bool {
    if let tags = headers[.ifNoneMatch] { return Self.names(tags, entityTag) }
    guard let text = headers[.ifModifiedSince], let since = HTTPDate(parsing: text),
      let lastModified
    else { return false }
    return lastModified.seconds <= since.seconds
  }

  /// Whether a range may be cut out, or the whole has to be sent because the client's part is of
  /// other bytes.
  package func allowsRange(for headers: HTTPFields) -> Bool {
    guard let condition = headers[.ifRange] else { return true }
    if condition.hasPrefix("\"") { return condition == entityTag }
    guard let date = HTTPDate(parsing: condition), let lastModified else { return false }
    return date.seconds == lastModified.seconds
  }

  /// The headers that tell the validators.
  func add(to headers: inout HTTPFields) {
    headers[.eTag] = entityTag
    if let lastModified { headers[.lastModified] = lastModified.description }
  }

  /// Whether a list of entity tags, or `*`, names one; weak ones too.
  private static func names(_ list: String, _ tag: String) -> Bool {
    list.split(separator: ",").contains { item in
      var item = item.drop { $0 == " " || $0 == "\t" }
      while item.last == " " || item.last == "\t" { item.removeLast() }
      return item == "*" || item == tag || (item.hasPrefix("W/") && item.dropFirst(2) == tag)
    }
  }
}
