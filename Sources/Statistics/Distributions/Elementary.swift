// Links the library that holds the square root and the roundings; none of its functions is called
// by name, see below.
import Glibc

/// Exponential, logarithm and arc tangent made of only the four operations and the square root.
///
/// The C library's versions differ in the last bit between machines (some use fused
/// multiply-add), and a saved comparison must come out the same bytes anywhere. Errors are about
/// one unit in the last place. Reduction as in fdlibm, https://www.netlib.org/fdlibm/.
package enum Elementary {
  /// ln 2 in two parts; the first has 32 trailing zero bits, so its small multiples are exact.
  private static let logTwoHigh = 0x1.62e42feep-1
  private static let logTwoLow = 0x1.a39ef35793c76p-33

  /// 1/3, 1/5 … 1/25: the series of the inverse hyperbolic tangent.
  private static let oddReciprocals = (1...12).map { 1 / Double(2 * $0 + 1) }

  /// 1/2!, 1/3! … 1/15!.
  private static let factorialReciprocals: [Double] = {
    var factorial = 1.0
    return (2...15).map { number in
      factorial *= Double(number)
      return 1 / factorial
    }
  }()

  /// e to the power `x`; 0 below -745.2, infinity above 709.79.
  package static func exp(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x > 709.79 { return .infinity }
    if x < -745.2 { return 0 }
    let power = (x * 1.442_695_040_888_963_4).rounded()
    let high = x - power * logTwoHigh
    let low = power * logTwoLow
    let rest = high - low
    let lost = (high - rest) - low
    let value = 1 + (rest + (rest * rest * exponentialSeries(rest) + lost))
    return Double(sign: .plus, exponent: Int(power), significand: value)
  }

  /// e to the power `x`, minus 1, without loss for small `x`.
  package static func expMinusOne(_ x: Double) -> Double {
    abs(x) < 0.35 ? x + x * x * exponentialSeries(x) : exp(x) - 1
  }

  /// The natural logarithm; minus infinity of 0, not a number below.
  package static func log(_ x: Double) -> Double {
    if x == 0 { return -.infinity }
    if !(x > 0) { return .nan }
    if x == .infinity { return x }
    var exponent = Double(x.exponent)
    var significand = x.significand
    if significand > 1.414_213_562_373_095_1 {
      significand /= 2
      exponent += 1
    }
    let fraction = significand - 1
    let (slope, rest) = logarithmSeries(fraction)
    let correction = slope * (fraction - rest) - exponent * logTwoLow
    return exponent * logTwoHigh - (correction - fraction)
  }

  /// The natural logarithm of 1 + `x`, without loss for small `x`.
  package static func logOnePlus(_ x: Double) -> Double {
    if x > -0.29 && x < 0.41 {
      let (slope, rest) = logarithmSeries(x)
      return x - slope * (x - rest)
    }
    let sum = 1 + x
    if !(sum > 0) || sum == .infinity { return log(sum) }
    return log(sum) + (x - (sum - 1)) / sum
  }

  /// `base` to the power `exponent`, for a base of at least 0.
  package static func power(_ base: Double, _ exponent: Double) -> Double {
    exponent == 0 ? 1 : exp(exponent * log(base))
  }

  /// The arc tangent in radians.
  package static func arcTangent(_ x: Double) -> Double {
    if x < 0 { return -arcTangent(-x) }
    if x > 1 { return 1.570_796_326_794_896_6 - arcTangent(1 / x) }
    // Halving the angle twice brings the argument below 0.199, where 14 terms are enough.
    let half = x / (1 + (1 + x * x).squareRoot())
    let quarter = half / (1 + (1 + half * half).squareRoot())
    let square = quarter * quarter
    var sum = 0.0
    for term in stride(from: 13, through: 1, by: -1) {
      sum = (term % 2 == 0 ? 1 : -1) / Double(2 * term + 1) + square * sum
    }
    return 4 * (quarter + quarter * square * sum)
  }

  /// (e^x − 1 − x) / x².
  private static func exponentialSeries(_ x: Double) -> Double {
    var sum = 0.0
    for reciprocal in factorialReciprocals.reversed() { sum = sum * x + reciprocal }
    return sum
  }

  /// `s` = f/(2+f) and `R`, so that ln(1+f) = f − s·(f − R).
  private static func logarithmSeries(_ fraction: Double) -> (slope: Double, rest: Double) {
    let slope = fraction / (2 + fraction)
    let square = slope * slope
    var sum = 0.0
    for reciprocal in oddReciprocals.reversed() { sum = sum * square + reciprocal }
    return (slope, 2 * square * sum)
  }
}
