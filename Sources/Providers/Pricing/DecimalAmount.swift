/// A decimal number as text, taken to a power of ten without floats.
enum DecimalAmount {
  /// Values beyond this are no prices.
  private static let limit = Int128(1) << 96

  /// The number times 10^`exponent`, halves rounded upwards; nil for a negative number, for what is
  /// not a number, and for one that does not fit.
  static func scaled(_ text: String, by exponent: Int) -> Int64? {
    let parts = text.lowercased().split(separator: "e", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let shift = parts.count == 2 ? Int(parts[1]) : 0,
      abs(shift) < 100
    else { return nil }
    let digits = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(digits.count), !digits[0].isEmpty else { return nil }
    let fraction = digits.count == 2 ? digits[1] : ""
    var value: Int128 = 0
    for digit in digits[0] + fraction {
      guard let number = digit.wholeNumberValue, digit.isASCII, value < limit else { return nil }
      value = value * 10 + Int128(number)
    }
    var power = shift + exponent - fraction.count
    while power > 0 {
      guard value < limit else { return nil }
      value *= 10
      power -= 1
    }
    var divisor: Int128 = 1
    while power < 0 {
      guard divisor < limit else { return 0 }
      divisor *= 10
      power += 1
    }
    return Int64(exactly: (value + divisor / 2) / divisor)
  }
}
