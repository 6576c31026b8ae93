package import Model

/// A gradual replacement of one version by another, step by step.
///
/// The share at a time follows from the plan and the time it began, so no process has to take the
/// steps. A unit that has moved stays, since shares only grow.
package struct Ramp: Sendable, Hashable {
  /// Shares of units in basis points; they grow, and the last one stays.
  package let steps: [Int]
  /// The time from one step to the next.
  package let seconds: Int
  package let salt: String
  /// The fields that name a unit, as in a split.
  package let fields: [FieldPath]

  /// A plan; nil when its shares do not grow, or a step takes no time.
  package init?(steps: [Int], seconds: Int, salt: String, fields: [FieldPath]) {
    guard let first = steps.first, let last = steps.last, first > 0, last <= Bucket.count,
      zip(steps, steps.dropFirst()).allSatisfy({ $0 < $1 }), steps.count <= 1000,
      (1...31_622_400).contains(seconds)
    else { return nil }
    self.steps = steps
    self.seconds = seconds
    self.salt = salt
    self.fields = fields
  }

  /// The share of the new version, in basis points, so long after the ramp began.
  package func share(afterMicroseconds elapsed: Int64) -> Int {
    let step = max(0, elapsed) / (Int64(seconds) * 1_000_000)
    return steps[Int(min(step, Int64(steps.count - 1)))]
  }
}

/// The versions that decide for a router now: one, or two during a ramp.
package struct LiveRules: Sendable {
  /// The version that was deployed.
  package let current: CompiledRules
  private let before: CompiledRules?
  private let ramp: Ramp?
  private let fields: FieldIndex

  /// A version that serves every unit, or that takes `previous`'s place along a ramp.
  package init(
    _ current: CompiledRules, over previous: CompiledRules? = nil, along ramp: Ramp? = nil
  ) {
    self.current = current
    before = ramp == nil ? nil : previous
    self.ramp = ramp
    var paths: [FieldPath] = []
    for path in (ramp?.fields ?? []) + FieldPath.names where !paths.contains(path) {
      paths.append(path)
    }
    fields = FieldIndex(paths)
  }

  /// Decides by the version that the unit has reached.
  /// - Parameter elapsed: The time since the deployment, in microseconds.
  /// - Returns: the decision, whose rule set is the version that made it, and during a ramp, its
  ///   effect on the decision.
  package func decide(
    _ context: [UInt8], trusting: Bool = true, unit: RequestUnit = .none,
    afterMicroseconds elapsed: Int64 = 0
  ) throws(JSONFault) -> (decision: Decision, rollout: Rollout?) {
    guard let before, let ramp else {
      return (try current.decide(context, trusting: trusting, unit: unit), nil)
    }
    let share = ramp.share(afterMicroseconds: elapsed)
    guard share < Bucket.count else {
      return (try current.decide(context, trusting: trusting, unit: unit), nil)
    }
    let values = try FieldValues(context, fields, trusting: trusting)
    let slot = values.slots.first { $0.kind == .text && $0.count > 0 }
    let name = slot.map { Array(values.text(of: $0)) } ?? Array(unit.text.utf8)
    let isReached = Bucket.of(name, salt: Array(ramp.salt.utf8), for: .rollout) < share
    let new = try current.decide(context, trusting: trusting, unit: unit)
    let old = try before.decide(context, trusting: trusting, unit: unit)
    let decision = isReached ? new : old
    let target = decision.target.name
    let propensity =
      new.propensityPPM(of: target) * share + old.propensityPPM(of: target) * (Bucket.count - share)
    return (decision, Rollout(unit: name, propensityPPM: max(1, propensity / Bucket.count)))
  }
}

/// The effect of a ramp on a decision.
package struct Rollout: Sendable, Hashable {
  /// The unit that the ramp moves from one version to the other.
  package let unit: [UInt8]
  /// The probability of the decision's target over both versions, in millionths.
  package let propensityPPM: Int
}
