/// The regularized incomplete gamma function.
///
/// Everything goes through Stirling's formula and its error, so that large arguments lose no
/// digits: Loader, "Fast and accurate computation of binomial probabilities" (2000).
package enum GammaFunction {
  /// Enough terms for arguments up to some 1e9; beyond, an answer matters less than an end.
  private static let longestSeries = 200_000

  /// ln Γ(x) − [(x − ½) ln x − x + ½ ln 2π] for x > 0 (https://dlmf.nist.gov/5.11.E1).
  static func stirlingError(_ x: Double) -> Double {
    var sum = 0.0
    var shifted = x
    while shifted < 15 {
      sum += stirlingStep(shifted)
      shifted += 1
    }
    let inverse = 1 / shifted
    let square = inverse * inverse
    var tail = -691.0 / 360_360
    tail = 1.0 / 1_188 + square * tail
    tail = -1.0 / 1_680 + square * tail
    tail = 1.0 / 1_260 + square * tail
    tail = -1.0 / 360 + square * tail
    tail = 1.0 / 12 + square * tail
    return sum + inverse * tail
  }

  /// The fall of the error from `x` to `x` + 1: (x + ½) ln(1 + 1/x) − 1.
  private static func stirlingStep(_ x: Double) -> Double {
    if x < 1 { return (x + 0.5) * Elementary.logOnePlus(1 / x) - 1 }
    // All terms are positive, so nothing cancels.
    let square = 1 / ((2 * x + 1) * (2 * x + 1))
    var power = square
    var sum = 0.0
    var divisor = 3.0
    // A ninth of the term before each time: eighteen reach the last digit.
    for _ in 0..<18 {
      sum += power / divisor
      power *= square
      divisor += 2
    }
    return sum
  }

  /// x ln(x/m) + m − x for x ≥ 0 and m > 0, without cancellation where x is near m (Loader).
  static func deviance(_ x: Double, mean: Double) -> Double {
    if x == 0 { return mean }
    let gap = x - mean
    if abs(gap) >= 0.1 * (x + mean) { return x * Elementary.log(x / mean) - gap }
    let ratio = gap / (x + mean)
    let square = ratio * ratio
    var term = 2 * x * ratio
    var sum = gap * ratio
    // The ratio is below 0.1, so ten terms reach the last digit.
    for step in 1...12 {
      term *= square
      sum += term / Double(2 * step + 1)
    }
    return sum
  }

  /// x^a e^−x / Γ(a) for a > 0 and x > 0.
  static func prefix(_ shape: Double, _ x: Double) -> Double {
    (shape / 6.283_185_307_179_586_5).squareRoot()
      * Elementary.exp(-deviance(shape, mean: x) - stirlingError(shape))
  }

  /// P(a, x) and Q(a, x) for a > 0 and x ≥ 0 (https://dlmf.nist.gov/8.2.E4), each to about 1e-13.
  package static func regularized(_ shape: Double, _ x: Double) -> (lower: Double, upper: Double) {
    if !(shape > 0) || x.isNaN { return (.nan, .nan) }
    if x <= 0 { return (0, 1) }
    if x == .infinity { return (1, 0) }
    let factor = prefix(shape, x)
    if x < shape + 1 {
      var term = 1 / shape
      var sum = term
      var step = shape
      for _ in 0..<longestSeries {
        if term <= sum * 1e-17 { break }
        step += 1
        term *= x / step
        sum += term
      }
      let lower = min(1, factor * sum)
      return (lower, 1 - lower)
    }
    let upper = min(1, factor * upperFraction(shape, x))
    return (1 - upper, upper)
  }

  /// The continued fraction of Γ(a, x) eˣ x^−a by Lentz's method (https://dlmf.nist.gov/8.9.E2).
  private static func upperFraction(_ shape: Double, _ x: Double) -> Double {
    var base = x + 1 - shape
    var ratio = 1e300
    var inverse = 1 / base
    var value = inverse
    for step in 1...longestSeries {
      let numerator = -Double(step) * (Double(step) - shape)
      base += 2
      inverse = 1 / nonzero(numerator * inverse + base)
      ratio = nonzero(base + numerator / ratio)
      let change = ratio * inverse
      value *= change
      if abs(change - 1) < 2e-16 { break }
    }
    return value
  }

  /// `value`, or something tiny where Lentz's method would divide by zero.
  static func nonzero(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
}
