/// A response whose body is not larger than fits into memory.
struct HTTPAnswer: Sendable {
  let head: HTTPResponseHead
  /// The body; empty when it was handed on as it came.
  let body: [UInt8]
  /// Whether an earlier attempt may have done what was asked, though no answer came of it.
  let followsInterruption: Bool
  /// Whether it was asked to change something.
  let isToChange: Bool
}
