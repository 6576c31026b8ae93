/// A limit per minute that fills continuously: it holds two seconds' worth, so that no minute's
/// worth goes out at once.
package struct TokenBucket: Sendable {
  private let perSecond: Double
  private let capacity: Double
  private var level: Double
  private var time = Duration.zero

  /// A full bucket of a limit per minute.
  package init(perMinute: Int) {
    perSecond = Double(perMinute) / 60
    capacity = max(1, perSecond * 2)
    level = capacity
  }

  /// The time until `count` may be taken; more than the bucket holds may be when it is full.
  package mutating func wait(for count: Int, at now: Duration) -> Duration {
    fill(at: now)
    let needed = min(Double(count), capacity) - level
    // A rest that no clock shows is none.
    return needed <= 1e-9 ? .zero : .seconds(needed / perSecond)
  }

  /// Takes `count`, below zero if need be.
  package mutating func take(_ count: Int, at now: Duration) {
    fill(at: now)
    level -= Double(count)
  }

  /// Takes what a call used beyond its estimate; gives back what it did not use.
  package mutating func correct(by difference: Int) {
    level = min(capacity, level - Double(difference))
  }

  private mutating func fill(at now: Duration) {
    let passed = (now - time) / .seconds(1)
    if passed > 0 { level = min(capacity, level + passed * perSecond) }
    time = max(time, now)
  }
}
