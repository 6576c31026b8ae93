import Statistics
import Model
import Wire

/// The outcomes of a split that have no value of a metric, by arm.
struct OutcomePresence: Sendable {
  /// The greatest share of a metric's values that an arm may lack for guardrails to judge the rest:
  /// that by which its mean can be wrong where the metric is a rate.
  static let mostLacking = 0.05

  /// The units and outcomes of one arm.
  struct Arm: Sendable {
    let variant: String
    /// Units with an outcome, and those of them of which some outcome has no value.
    let units: Int
    let lacking: Int
    /// Outcomes without a value.
    let outcomes: Int
    /// The mean over units of the share of their outcomes without a value.
    let share: Double
  }

  let metric: String
  let arms: [Arm]

  /// The presence of a metric, by its values row by row.
  init(_ metric: String, _ values: [Double?], of units: ExperimentUnits) {
    self.metric = metric
    arms = units.arms.map { arm in
      let withOutcomes = arm.units.filter { !$0.isEmpty }
      let lost = withOutcomes.map { rows in rows.count { values[$0] == nil } }
      let shares = zip(lost, withOutcomes).reduce(0.0) { $0 + Double($1.0) / Double($1.1.count) }
      return Arm(
        variant: arm.plan.variant, units: withOutcomes.count, lacking: lost.count { $0 > 0 },
        outcomes: lost.reduce(0, +),
        share: withOutcomes.isEmpty ? 0 : shares / Double(withOutcomes.count))
    }
  }

  var findings: [ComparisonDocument.Finding] {
    arms.filter { $0.outcomes > 0 }.map { arm in
      .init(
        metric, arm: arm.variant,
        "outcomes without a value, of \(arm.lacking) of \(arm.units) units with an outcome",
        count: arm.outcomes, isLeftOut: true)
    }
  }

  /// The reason for which the values at hand say nothing of a variant against the control; nil
  /// where they do.
  func shortage(of variant: Int) -> String? {
    let pair = [arms[0], arms[variant]]
    let lacking = pair.map { "\($0.lacking) of \($0.units) units of \($0.variant)" }
      .joined(separator: " and ")
    let text = "\(lacking) have outcomes without a value of \(metric)"
    if pair.contains(where: { $0.share > Self.mostLacking }) {
      return text + ", more than 5% of them on some side"
    }
    let check = SampleRatioCheck(
      counts: pair.map(\.lacking), weights: pair.map { Double($0.units) })
    return check?.isAlarm == true ? text + ", which is not the same share of both" : nil
  }
}
