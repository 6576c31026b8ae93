package import Model

/// The most entries of the lists that a request to compare, report or try out may name.
package enum RequestLimits {
  /// The arms of a comparison.
  package static let arms = 200
  package static let gates = 200
  /// Names of columns, and of versions of scores, all lists of a request together.
  package static let names = 1_000

  /// Goes on where a request has at most so many of something.
  /// - Throws: ``StoreError`` of kind `usage` that names the limit.
  package static func require(
    _ count: Int, atMost limit: Int, _ what: String
  ) throws(StoreError) {
    guard count <= limit else {
      throw StoreError(
        .usage, "the request names \(count) \(what), and \(limit) are the most; divide it")
    }
  }
}
