/// Fisher's F distribution, of a ratio of two variances.
package struct FisherDistribution: Sendable {
  /// Degrees of freedom of the numerator, above 0.
  package let numerator: Double
  /// Degrees of freedom of the denominator, above 0.
  package let denominator: Double

  /// The distribution with these degrees of freedom, both above 0.
  package init(numerator: Double, denominator: Double) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// The chance of a ratio of at most `ratio`.
  package func lowerTail(_ ratio: Double) -> Double { tails(ratio).lower }

  /// The chance of a ratio of at least `ratio`.
  package func upperTail(_ ratio: Double) -> Double { tails(ratio).upper }

  /// The ratio that is not reached with chance `lowerTail`.
  package func quantile(lowerTail chance: Double) -> Double {
    beta.odds(lower: chance, upper: 1 - chance) * denominator / numerator
  }

  /// The ratio that is exceeded with chance `upperTail`.
  package func quantile(upperTail chance: Double) -> Double {
    beta.odds(lower: 1 - chance, upper: chance) * denominator / numerator
  }

  private var beta: BetaDistribution { BetaDistribution(numerator / 2, denominator / 2) }

  /// The odds x/(1 − x) of the beta distribution are the ratio times d₁/d₂.
  private func tails(_ ratio: Double) -> (lower: Double, upper: Double) {
    let odds = ratio * numerator / denominator
    if odds <= 0 { return (0, 1) }
    if odds == .infinity { return (1, 0) }
    return BetaFunction.regularized(
      numerator / 2, denominator / 2, x: odds / (1 + odds), y: 1 / (1 + odds))
  }
}
