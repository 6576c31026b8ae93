/// A response whose body is not larger than fits into memory.
package struct HTTPAnswer: Sendable {
  package let head: HTTPResponseHead
  /// The body; empty when it was handed on as it came.
  package let body: [UInt8]
  /// True when an earlier attempt may have been carried out, though its answer was lost.
  package let followsInterruption: Bool
  /// True when the request was to change something.
  package let isToChange: Bool
}
