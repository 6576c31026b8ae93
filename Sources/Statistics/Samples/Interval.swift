/// A confidence interval; a bound that the data cannot give is nil, never an invented number.
package struct Interval: Sendable, Hashable {
  /// The lower bound; nil when the interval is unbounded below.
  package let lower: Double?
  /// The upper bound; nil when the interval is unbounded above.
  package let upper: Double?
  /// The stated coverage, 0.95 for 95 %.
  package let level: Double

  /// An interval of `level` (0..<1); a bound that is not finite becomes nil.
  package init(lower: Double?, upper: Double?, level: Double) {
    self.lower = lower.flatMap { $0.isFinite ? $0 : nil }
    self.upper = upper.flatMap { $0.isFinite ? $0 : nil }
    self.level = level
  }

  /// The interval with both bounds taken through an increasing function.
  package func mapped(_ transform: (Double) -> Double) -> Interval {
    Interval(lower: lower.map(transform), upper: upper.map(transform), level: level)
  }

  /// Returns true when `value` lies inside; a missing bound excludes nothing.
  package func contains(_ value: Double) -> Bool {
    (lower.map { $0 <= value } ?? true) && (upper.map { $0 >= value } ?? true)
  }
}
