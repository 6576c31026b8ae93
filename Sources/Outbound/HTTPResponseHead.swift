/// The status and the header fields of a response.
package struct HTTPResponseHead: Sendable, Hashable {
  package let status: Int
  private var values: [String: String] = [:]

  /// A head without fields.
  package init(status: Int) { self.status = status }

  /// The value of a field, whatever the case of its name; values of one that was sent several times
  /// have commas between.
  package subscript(name: String) -> String? { values[name.lowercased()] }

  /// Adds a field.
  package mutating func add(_ name: String, _ value: String) {
    let name = name.lowercased()
    values[name] = values[name].map { $0 + ", " + value } ?? value
  }

  /// True when the request was done.
  package var isSuccess: Bool { (200..<300).contains(status) }

  /// The size of the body in bytes, if the server states it.
  package var contentLength: Int? { self["Content-Length"].flatMap { Int($0) } }

  /// The tag that stands for exactly these bytes, with its quotes.
  package var strongEntityTag: String? {
    guard let tag = self["ETag"], tag.hasPrefix("\""), tag.hasSuffix("\""), tag.utf8.count > 2
    else { return nil }
    return tag
  }

  /// The first byte of the body in the whole, with status 206.
  package var rangeStart: Int? {
    guard let range = self["Content-Range"], range.hasPrefix("bytes ") else { return nil }
    return Int(range.dropFirst(6).prefix { $0 != "-" })
  }

  /// The pause before another try, at most a day; nil when the server gives none, or gives it as a
  /// date.
  package var retryAfter: Duration? {
    self["Retry-After"].flatMap { Int($0) }.map { .seconds(min(max(0, $0), 86_400)) }
  }
}
