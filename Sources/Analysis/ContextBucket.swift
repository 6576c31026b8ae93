/// A range of input lengths; a long context is a task of its own, so buckets are never pooled.
package struct ContextBucket: Sendable, Hashable {
  package let name: String
  /// In tokens.
  package let range: Range<Int>

  /// `<8k`, `8–32k`, `32–128k`, `>128k`, where 1k is 1,024 tokens.
  package static let all = [
    ContextBucket(name: "<8k", range: 0..<8 << 10),
    ContextBucket(name: "8–32k", range: 8 << 10..<32 << 10),
    ContextBucket(name: "32–128k", range: 32 << 10..<128 << 10),
    ContextBucket(name: ">128k", range: 128 << 10..<Int.max),
  ]

  /// Returns true when an input of so many tokens lies in it.
  package func holds(_ tokens: Double?) -> Bool {
    guard let tokens else { return false }
    return tokens >= Double(range.lowerBound) && tokens < Double(range.upperBound)
  }

  /// The first length that is too long; nil for the last.
  package var below: Int? { range.upperBound == .max ? nil : range.upperBound }
}
