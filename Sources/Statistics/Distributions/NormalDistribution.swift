/// The standard normal distribution.
package enum NormalDistribution {
  /// The density at `z`.
  package static func density(_ z: Double) -> Double {
    0.398_942_280_401_432_68 * Elementary.exp(-0.5 * z * z)
  }

  /// The probability of a value of at most `z`.
  package static func lowerTail(_ z: Double) -> Double { upperTail(-z) }

  /// The probability of a value of at least `z`.
  package static func upperTail(_ z: Double) -> Double {
    let (inner, outer) = GammaFunction.regularized(0.5, 0.5 * z * z)
    return z >= 0 ? 0.5 * outer : 0.5 + 0.5 * inner
  }

  /// The value that is exceeded with probability `upperTail`; infinite at 0 and 1.
  package static func quantile(upperTail probability: Double) -> Double {
    if probability.isNaN || probability < 0 || probability > 1 { return .nan }
    if probability == 0.5 { return 0 }
    if probability > 0.5 { return -quantile(upperTail: 1 - probability) }
    if probability == 0 { return .infinity }
    // Abramowitz and Stegun 26.2.23 is good to 4.5e-4; Halley's steps cube the error.
    let root = (-2 * Elementary.log(probability)).squareRoot()
    let top = 2.515_517 + root * (0.802_853 + root * 0.010_328)
    let bottom = 1 + root * (1.432_788 + root * (0.189_269 + root * 0.001_308))
    var z = root - top / bottom
    for _ in 0..<3 {
      let miss = (upperTail(z) - probability) / density(z)
      z += miss / (1 - 0.5 * z * miss)
    }
    return z
  }

  /// The value that is not reached with probability `lowerTail`; infinite at 0 and 1.
  package static func quantile(lowerTail probability: Double) -> Double {
    -quantile(upperTail: probability)
  }

  /// The half-width in standard errors of a two-sided interval of `level`, 1.96 at 0.95.
  package static func twoSidedQuantile(level: Double) -> Double {
    quantile(upperTail: (1 - level) / 2)
  }
}
