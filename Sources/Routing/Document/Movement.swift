/// The share of a rule's units that another version gives to another variant.
package struct Movement: Sendable, Hashable {
  /// The causes for which units move.
  package enum Cause: String, Sendable, Hashable {
    /// Shares grew and shrank; the salt, and so every unit's bucket, is the same.
    case weights
    /// Every unit gets a new bucket: the salt or the fields of the unit changed.
    case reshuffled
    /// The rule served otherwise before: a target instead of a split, or the other way round.
    case replaced
  }

  package let rule: String
  package let cause: Cause
  /// Of 10,000 units of this rule; when all get new buckets, the share that is to be expected.
  package let basisPoints: Int
}

extension RuleSet {
  /// The shares of rules that move when this version replaces `parent`.
  ///
  /// Only of the rules that both have: the effect of rules that are new, gone, or apply to other
  /// requests depends on data. A unit moves when its target is another.
  package func movement(from parent: RuleSet) -> [Movement] {
    rules.compactMap { rule in
      guard let old = parent.rules.first(where: { Carving.isSame($0.name, rule.name) }),
        old.serve != rule.serve
      else { return nil }
      let (before, after) = (old.serve.shares, rule.serve.shares)
      let cause: Movement.Cause
      let stay: Int
      switch (old.serve, rule.serve) {
      case (.split(let left), .split(let right))
      where left.salt.utf8.elementsEqual(right.salt.utf8) && left.fields == right.fields:
        cause = .weights
        stay = Self.overlap(before, after)
      case (.split, .split):
        cause = .reshuffled
        // Two buckets of one unit are as good as independent of each other.
        let same = before.reduce(0) { sum, old in
          let share = after.filter { Carving.isSame($0.target, old.target) }
          return sum + old.range.count * share.reduce(0) { $0 + $1.range.count }
        }
        stay = same / Bucket.count
      default:
        cause = .replaced
        stay = Self.overlap(before, after)
      }
      guard stay < Bucket.count else { return nil }
      return Movement(rule: rule.name, cause: cause, basisPoints: Bucket.count - stay)
    }
  }

  private static func overlap(
    _ left: [(target: String, range: BucketRange)], _ right: [(target: String, range: BucketRange)]
  ) -> Int {
    var sum = 0
    for old in left {
      for new in right where Carving.isSame(old.target, new.target) {
        let upper = min(old.range.upper, new.range.upper)
        sum += max(0, upper - max(old.range.lower, new.range.lower))
      }
    }
    return sum
  }
}

extension RuleSet.Serve {
  /// The ranges of buckets that each target has.
  fileprivate var shares: [(target: String, range: BucketRange)] {
    switch self {
    case .target(let target): [(target, BucketRange(0, Bucket.count))]
    case .split(let split):
      split.variants.flatMap { variant in variant.ranges.map { (variant.target, $0) } }
    }
  }
}
