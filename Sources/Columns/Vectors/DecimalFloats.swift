/// Floats that are decimals of few digits, stored as integers: 0.8125 with exponent 4 is 8125.
///
/// Exact by construction: a value is taken only when the correctly rounded quotient of its integer
/// (below 2^53, so -0 has none) and a power of ten (at most 10^22, so exact) has the value's very
/// bits.
enum DecimalFloats {
  static let exponentLimit = 12

  /// The integers and their common exponent; nil when some value is not such a decimal.
  static func integers(_ values: [Double]) -> (exponent: Int, integers: [Int64])? {
    var exponent = 0
    var power = 1.0
    for value in values {
      while !isExact(value, power) {
        exponent += 1
        guard exponent <= exponentLimit else { return nil }
        power *= 10
      }
    }
    var integers: [Int64] = []
    integers.reserveCapacity(values.count)
    for value in values {
      let scaled = (value * power).rounded()
      guard isExact(value, power) else { return nil }
      integers.append(Int64(scaled))
    }
    return (exponent, integers)
  }

  /// The floats that ``integers(_:)`` was given.
  static func floats(_ integers: [Int64], exponent: Int) -> [Double] {
    let power = powerOfTen(exponent)
    return integers.map { Double($0) / power }
  }

  private static func powerOfTen(_ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<exponent { power *= 10 }
    return power
  }

  @inline(__always)
  private static func isExact(_ value: Double, _ power: Double) -> Bool {
    let scaled = (value * power).rounded()
    return scaled.magnitude < 9_007_199_254_740_992
      && (Double(Int64(scaled)) / power).bitPattern == value.bitPattern
  }
}
