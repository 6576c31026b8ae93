/// The regularized incomplete beta function.
package enum BetaFunction {
  /// x^a y^b / B(a, b), where y is 1 − x.
  static func prefix(_ first: Double, _ second: Double, x: Double, y: Double) -> Double {
    let sum = first + second
    let exponent =
      GammaFunction.stirlingError(sum) - GammaFunction.stirlingError(first)
      - GammaFunction.stirlingError(second) - GammaFunction.deviance(first, mean: sum * x)
      - GammaFunction.deviance(second, mean: sum * y)
    return (first / sum * second / 6.283_185_307_179_586_5).squareRoot()
      * Elementary.exp(exponent)
  }

  /// I_x(a, b) and 1 − I_x(a, b) for a, b > 0 (https://dlmf.nist.gov/8.17.E2), to about 1e-12.
  ///
  /// `y` is 1 − `x`, given apart so that an `x` next to 1 loses no digits. Takes on the order of
  /// √(a + b) steps.
  package static func regularized(
    _ first: Double, _ second: Double, x: Double, y: Double
  ) -> (lower: Double, upper: Double) {
    if !(first > 0 && second > 0) || x.isNaN || y.isNaN { return (.nan, .nan) }
    if x <= 0 { return (0, 1) }
    if y <= 0 { return (1, 0) }
    let factor = prefix(first, second, x: x, y: y)
    if x <= (first + 1) / (first + second + 2) {
      let lower = min(1, factor / first * fraction(first, second, x: x))
      return (lower, 1 - lower)
    }
    let upper = min(1, factor / second * fraction(second, first, x: y))
    return (1 - upper, upper)
  }

  /// The continued fraction of https://dlmf.nist.gov/8.17.E22 by Lentz's method.
  private static func fraction(_ first: Double, _ second: Double, x: Double) -> Double {
    var ratio = 1.0
    var inverse = 1 / GammaFunction.nonzero(1 - (first + second) * x / (first + 1))
    var value = inverse
    for index in 1...200_000 {
      let step = Double(index)
      let doubled = first + 2 * step
      let even = step * (second - step) * x / ((doubled - 1) * doubled)
      inverse = 1 / GammaFunction.nonzero(1 + even * inverse)
      ratio = GammaFunction.nonzero(1 + even / ratio)
      value *= ratio * inverse
      let odd = -(first + step) * (first + second + step) * x / (doubled * (doubled + 1))
      inverse = 1 / GammaFunction.nonzero(1 + odd * inverse)
      ratio = GammaFunction.nonzero(1 + odd / ratio)
      let change = ratio * inverse
      value *= change
      if abs(change - 1) < 2e-16 { break }
    }
    return value
  }
}
