/// The χ² distribution.
package struct ChiSquareDistribution: Sendable {
  /// Degrees of freedom, above 0.
  package let freedom: Double

  /// The distribution with `freedom` degrees of freedom, above 0.
  package init(freedom: Double) { self.freedom = freedom }

  /// The chance of a value of at most `x`: P(ν/2, x/2).
  package func lowerTail(_ x: Double) -> Double {
    GammaFunction.regularized(freedom / 2, x / 2).lower
  }

  /// The chance of a value of at least `x`: Q(ν/2, x/2).
  package func upperTail(_ x: Double) -> Double {
    GammaFunction.regularized(freedom / 2, x / 2).upper
  }

  /// The value that is not reached with chance `lowerTail`.
  package func quantile(lowerTail chance: Double) -> Double {
    solve(lower: chance, upper: 1 - chance)
  }

  /// The value that is exceeded with chance `upperTail`.
  package func quantile(upperTail chance: Double) -> Double {
    solve(lower: 1 - chance, upper: chance)
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
