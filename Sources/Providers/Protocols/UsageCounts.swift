import Model

/// The counts of an answer's usage as a provider reports them.
///
/// A count that is negative, no integer, or beyond what any call uses makes all of the usage
/// unknown: a cost from the other counts would be too low, and look like any other.
struct UsageCounts {
  /// More than any call uses, so that no sum of counts or costs overflows.
  private static let limit: Int64 = 1_000_000_000_000

  private let json: JSON
  private var isMalformed = false

  /// The members of a provider's report.
  init(_ json: JSON) { self.json = json }

  /// The first of some members that is there; a dot leads into an object.
  mutating func take(_ paths: String...) -> Int? {
    for path in paths {
      var value: JSON? = json
      for name in path.split(separator: ".") { value = value?[String(name)] }
      guard let value, !value.isNull else { continue }
      guard let count = Self.count(value) else {
        isMalformed = true
        return nil
      }
      return count
    }
    return nil
  }

  /// The usage with these counts and the provider's own members; without counts where one of them
  /// is malformed.
  func usage(_ counts: Usage) -> Usage {
    var usage = isMalformed ? Usage() : counts
    usage.raw = json
    return usage
  }

  /// A count: an integer from 0 on, also as a number with zeros behind its point.
  private static func count(_ value: JSON) -> Int? {
    let integer = value.integer ?? value.double.flatMap { Int64(exactly: $0) }
    return integer.flatMap { (0...limit).contains($0) ? Int(exactly: $0) : nil }
  }
}
