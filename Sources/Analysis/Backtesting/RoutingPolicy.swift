import Model
package import Routing

/// The decision maker of a backtest: rules, or one target for everything.
package enum RoutingPolicy: Sendable {
  case rules(CompiledRules)
  case constant(RuleSet.Target)

  /// The decision on a request, of which some fields are not recorded.
  func choose(
    _ context: [UInt8], unit: RequestUnit, unrecorded: [FieldPath]
  ) throws(JSONFault) -> RoutedChoice {
    switch self {
    case .rules(let rules):
      let decision = try rules.decide(context, unit: unit, unrecorded: unrecorded)
      return RoutedChoice(target: decision.target, decision: decision)
    case .constant(let target): return RoutedChoice(target: target, decision: nil)
    }
  }

  /// The rules, where there are some.
  package var compiled: CompiledRules? {
    if case .rules(let rules) = self { rules } else { nil }
  }

  /// All that can serve.
  var targets: [RuleSet.Target] {
    switch self {
    case .rules(let rules): rules.set.targets
    case .constant(let target): [target]
    }
  }
}

/// A target and how it came to be.
struct RoutedChoice: Sendable {
  let target: RuleSet.Target
  /// Nil where one target gets everything.
  let decision: Decision?

  /// The rule that was true; nil for the default.
  var rule: String? { decision?.ruleName }

  /// True when every rule evaluated was known, so that a live request would have got this too.
  var isDetermined: Bool { decision.map { $0.unknownCount == 0 } ?? true }

  /// Returns true when another row of the same item was decided the same.
  func isSame(as other: RoutedChoice) -> Bool {
    target == other.target && decision?.ruleIndex == other.decision?.ruleIndex
      && decision?.variant == other.decision?.variant
  }

  /// The propensity, 0 to 1, that a unit for which the same rule is true gets `target`.
  func propensity(of target: String) -> Double {
    if let decision { return Double(decision.propensityPPM(of: target)) / 1_000_000 }
    return self.target.name.hasBytes(of: target) ? 1 : 0
  }
}
