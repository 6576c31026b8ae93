/// Student's t distribution.
package struct StudentDistribution: Sendable {
  /// Degrees of freedom, above 0.
  package let freedom: Double

  /// The distribution with `freedom` degrees of freedom, above 0.
  package init(freedom: Double) { self.freedom = freedom }

  /// The probability of a value of at most `t`.
  package func lowerTail(_ t: Double) -> Double { upperTail(-t) }

  /// The probability of a value of at least `t`: half of I_x(ν/2, ½) with x = ν/(ν + t²).
  package func upperTail(_ t: Double) -> Double {
    if t.isInfinite { return t > 0 ? 0 : 1 }
    let (x, y) = shares(t)
    let (outer, inner) = BetaFunction.regularized(freedom / 2, 0.5, x: x, y: y)
    return t >= 0 ? 0.5 * outer : 0.5 + 0.5 * inner
  }

  /// The probability of a value at least as far from 0 as `t`.
  package func twoSidedTail(_ t: Double) -> Double { min(1, 2 * upperTail(abs(t))) }

  /// The value that is exceeded with probability `upperTail`; infinite at 0 and 1.
  package func quantile(upperTail probability: Double) -> Double {
    if probability.isNaN || probability < 0 || probability > 1 || !(freedom > 0) { return .nan }
    if probability == 0.5 { return 0 }
    if probability > 0.5 { return -quantile(upperTail: 1 - probability) }
    if probability == 0 { return .infinity }
    // The tail is convex and thicker than the normal one, so Newton's steps from the normal
    // quantile only ever climb towards the root.
    var t = NormalDistribution.quantile(upperTail: probability)
    for _ in 0..<1_200 {
      let (x, y) = shares(t)
      let slope = BetaFunction.prefix(freedom / 2, 0.5, x: x, y: y) / t
      let step = (upperTail(t) - probability) / slope
      t += step
      if !(abs(step) > 1e-15 * t) || !t.isFinite { break }
    }
    return t
  }

  /// The half-width in standard errors of a two-sided interval of `level`.
  package func twoSidedQuantile(level: Double) -> Double { quantile(upperTail: (1 - level) / 2) }

  private func shares(_ t: Double) -> (x: Double, y: Double) {
    let square = t * t
    // Beyond 1e154 the square overflows.
    if !square.isFinite { return (0, 1) }
    return (freedom / (freedom + square), square / (freedom + square))
  }
}
