/// The χ² distribution.
package struct ChiSquareDistribution: Sendable {
  /// Degrees of freedom, above 0.
  package let freedom: Double

  /// The distribution with `freedom` degrees of freedom, above 0.
  package init(freedom: Double) { self.freedom = freedom }

  /// The probability of a value of at most `x`: P(ν/2, x/2).
  package func lowerTail(_ x: Double) -> Double {
    GammaFunction.regularized(freedom / 2, x / 2).lower
  }

  /// The probability of a value of at least `x`: Q(ν/2, x/2).
  package func upperTail(_ x: Double) -> Double {
    GammaFunction.regularized(freedom / 2, x / 2).upper
  }

  /// The value that is not reached with probability `lowerTail`.
  package func quantile(lowerTail probability: Double) -> Double {
    solve(lower: probability, upper: 1 - probability)
  }

  /// The value that is exceeded with probability `upperTail`.
  package func quantile(upperTail probability: Double) -> Double {
    solve(lower: 1 - probability, upper: probability)
  }

  private func solve(lower: Double, upper: Double) -> Double {
    TailSolver.solve(lower: lower, upper: upper, start: freedom) { x in
      let tails = GammaFunction.regularized(freedom / 2, x / 2)
      return TailSolver.Tails(
        lower: tails.lower, upper: tails.upper,
        elasticity: GammaFunction.prefix(freedom / 2, x / 2))
    }
  }
}
