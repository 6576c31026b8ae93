package import Model

/// The version at which a number crosses a threshold, found by reading few versions.
package struct Bisection: Sendable, Hashable {
  /// The first version whose number is on the other side.
  package let version: Int
  /// The last version before it that has a number.
  package let previous: Int
  package let before: Double
  package let after: Double

  /// A crossing in `version`.
  package init(version: Int, previous: Int, before: Double, after: Double) {
    self.version = version
    self.previous = previous
    self.before = before
    self.after = after
  }

  /// The versions between the two, none of which has a number.
  package var skipped: [Int] { Array(previous + 1..<version) }

  /// Halves the stretch between two versions until the crossing is found; nil when both numbers are
  /// on one side of the threshold.
  ///
  /// Where the number crosses more than once, this is one of the crossings. A number equal to the
  /// threshold is above it.
  /// - Parameters:
  ///   - threshold: Nil for halfway between the two numbers.
  ///   - value: The number of a version; nil when it has none.
  package static func find(
    from first: Int, to last: Int, threshold: Double?,
    value: (Int) throws(StoreError) -> Double?
  ) throws(StoreError) -> Bisection? {
    guard first < last, let start = try value(first), let end = try value(last) else { return nil }
    let threshold = threshold ?? (start + end) / 2
    let isAbove = start >= threshold
    guard (end >= threshold) != isAbove else { return nil }
    var low = (version: first, value: start)
    var high = (version: last, value: end)
    while let middle = try middle(low.version, high.version, value) {
      if (middle.value >= threshold) == isAbove { low = middle } else { high = middle }
    }
    return Bisection(
      version: high.version, previous: low.version, before: low.value, after: high.value)
  }

  /// The version nearest to the middle of a stretch that has a number; nil when none between the
  /// ends has one.
  private static func middle(
    _ low: Int, _ high: Int, _ value: (Int) throws(StoreError) -> Double?
  ) throws(StoreError) -> (version: Int, value: Double)? {
    let middle = low + (high - low) / 2
    for distance in 0..<high - low {
      for candidate in Set([middle - distance, middle + distance]).sorted()
      where low < candidate && candidate < high {
        if let value = try value(candidate) { return (candidate, value) }
      }
    }
    return nil
  }
}
