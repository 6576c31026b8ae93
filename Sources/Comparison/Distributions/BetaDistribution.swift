/// The beta distribution.
package struct BetaDistribution: Sendable {
  /// The shape at 0, above 0.
  package let first: Double
  /// The shape at 1, above 0.
  package let second: Double

  /// The distribution with density proportional to x^(first−1) (1−x)^(second−1).
  package init(_ first: Double, _ second: Double) {
    self.first = first
    self.second = second
  }

  /// The chance of a value of at most `x`.
  package func lowerTail(_ x: Double) -> Double {
    BetaFunction.regularized(first, second, x: x, y: 1 - x).lower
  }

  /// The chance of a value of at least `x`.
  package func upperTail(_ x: Double) -> Double {
    BetaFunction.regularized(first, second, x: x, y: 1 - x).upper
  }

  /// The value that is not reached with chance `lowerTail`.
  package func quantile(lowerTail chance: Double) -> Double {
    share(odds(lower: chance, upper: 1 - chance))
  }

  /// The value that is exceeded with chance `upperTail`.
  package func quantile(upperTail chance: Double) -> Double {
    share(odds(lower: 1 - chance, upper: chance))
  }

  /// The quantile as x/(1 − x), which has digits to spare at both ends.
  func odds(lower: Double, upper: Double) -> Double {
    TailSolver.solve(lower: lower, upper: upper, start: first / second) { odds in
      let x = odds / (1 + odds)
      let y = 1 / (1 + odds)
      let tails = BetaFunction.regularized(first, second, x: x, y: y)
      return TailSolver.Tails(
        lower: tails.lower, upper: tails.upper,
        elasticity: BetaFunction.prefix(first, second, x: x, y: y))
    }
  }

  private func share(_ odds: Double) -> Double { odds == .infinity ? 1 : odds / (1 + odds) }
}
