/// A response whose body is not larger than fits into memory.
package struct HTTPAnswer: Sendable {
  package let head: HTTPResponseHead
  /// The body; empty when it was handed on as it came.
  package let body: [UInt8]
  /// Whether an earlier attempt may have done what was asked, though no answer came of it.
  package let followsInterruption: Bool
  /// Whether it was asked to change something.
  package let isToChange: Bool
}
