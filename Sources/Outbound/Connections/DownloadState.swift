import Model

/// The part of a body that has been handed on, over all the connections it took to get it.
struct DownloadState {
  /// The number of bytes handed on.
  private(set) var received = 0
  /// True when the body of an answer has begun, so that the server had the request.
  var isAnswered = false
  private var entityTag: String?
  /// The number of bytes of the current response that were handed on before.
  private var surplus = 0

  /// True when the rest can be requested, or nothing has been handed on yet.
  var canResume: Bool { received == 0 || entityTag != nil }

  /// The header fields that ask for the rest, on condition that the whole is still the same
  /// (https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5).
  var fields: [(name: String, value: String)] {
    guard received > 0, let entityTag else { return [] }
    return [("Range", "bytes=\(received)-"), ("If-Range", entityTag)]
  }

  /// Takes the head of a response whose status is 2xx.
  /// - Throws: ``StoreError`` of kind `conflict` when the whole has changed.
  mutating func begin(_ head: HTTPResponseHead) throws(StoreError) {
    if received == 0 {
      guard head.status != 206 else { throw Self.wrongRange }
      entityTag = head.strongEntityTag
      surplus = 0
    } else if head.strongEntityTag != entityTag {
      throw StoreError(
        .conflict, "what is being downloaded changed while the connection was broken: try again")
    } else if head.status == 206 {
      guard head.rangeStart == received else { throw Self.wrongRange }
      surplus = 0
    } else {
      surplus = received
    }
  }

  /// The part of `bytes` that has not been handed on yet.
  mutating func take(_ bytes: [UInt8]) -> [UInt8] {
    let old = min(surplus, bytes.count)
    surplus -= old
    received += bytes.count - old
    return old == 0 ? bytes : Array(bytes[old...])
  }

  private static let wrongRange = StoreError(
    .unavailable, "the server sent another range than it was asked for: try again")
}
