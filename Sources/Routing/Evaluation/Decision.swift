import Model

/// The decision of a rule set on one request, with its reason.
///
/// Holds numbers; names are looked up when they are read.
package struct Decision: Sendable {
  /// The reason for which a target was chosen, in OpenFeature's words.
  package enum Reason: String, Sendable {
    case match = "TARGETING_MATCH"
    case split = "SPLIT"
    case fallback = "DEFAULT"
  }

  /// The draw by which a unit got its variant.
  struct Draw: Sendable {
    let variant: Int
    /// The share of the variant's target, in basis points.
    let weight: Int
    let bucket: Int
    let unit: [UInt8]
    let source: String
    /// True when the context names no unit, so that the request's substitute name is drawn for.
    let isNameless: Bool
  }

  package let rules: CompiledRules
  let entry: CompiledRules.Entry?
  /// The truth of each enabled rule, up to the first true one.
  package let checked: [Truth]
  let targetIndex: Int
  let draw: Draw?
  let shadowIndices: [Int]

  init(
    rules: CompiledRules, entry: CompiledRules.Entry?, checked: [Truth], target: Int, draw: Draw?,
    shadows: [Int]
  ) {
    self.rules = rules
    self.entry = entry
    self.checked = checked
    targetIndex = target
    self.draw = draw
    shadowIndices = shadows
  }

  private var rule: RuleSet.Rule? { entry.map { rules.set.rules[$0.index] } }

  /// The rule that was true; nil when none was.
  package var ruleName: String? { rule?.name }

  /// Its place in the document.
  package var ruleIndex: Int? { entry?.index }

  package var reason: Reason { entry == nil ? .fallback : draw == nil ? .match : .split }

  /// The model that serves.
  package var target: RuleSet.Target { rules.set.targets[targetIndex] }

  /// The variant of the split; nil when there was none.
  package var variant: String? {
    guard let draw, case .split(let split)? = rule?.serve else { return nil }
    return split.variants[draw.variant].name
  }

  /// The bucket the unit was drawn.
  package var bucket: Int? { draw?.bucket }

  /// The unit that was drawn for; nil when nothing was drawn.
  package var unit: [UInt8]? { draw?.unit }

  /// The path of the field that names the unit; `decision.id` when the request had no name.
  package var unitSource: String? { draw?.source }

  /// The fields that could have named what was drawn for, where the context has a text in none of
  /// them; nil where one did, or nothing was drawn.
  package var fieldsWithoutUnit: [FieldPath]? {
    guard let draw, draw.isNameless, case .split(let split)? = rule?.serve else { return nil }
    return split.fields + FieldPath.names.filter { !split.fields.contains($0) }
  }

  /// The probability of this target, in millionths, over all units that the rule is true for:
  /// that of all variants which have it.
  package var propensityPPM: Int { (draw?.weight ?? Bucket.count) * 100 }

  /// The probability of any target, in millionths, over all units that the rule is true for.
  package func propensityPPM(of target: RuleSet.Target.Name) -> Int {
    guard draw != nil, case .split(let split)? = rule?.serve else {
      return self.target.name.hasBytes(of: target) ? 1_000_000 : 0
    }
    return split.variants.filter { $0.target.hasBytes(of: target) }.reduce(0) { $0 + $1.weight }
      * 100
  }

  /// The next targets for the request when targets fail, in order; never the target itself.
  package var fallbacks: [RuleSet.Fallback] {
    let chain = rule?.fallbacks ?? rules.set.fallbackChain
    let places = entry?.fallbacks ?? rules.fallbackChain
    return zip(chain, places).filter { $1 != targetIndex }.map(\.0)
  }

  /// The targets that get a copy.
  package var shadows: [String] { shadowIndices.map { rules.set.targets[$0].name } }

  /// The number of unknown rules among those checked.
  package var unknownCount: Int { checked.count { $0 == .unknown } }
}
