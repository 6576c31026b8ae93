/// Decimals of a Parquet file: whole numbers and where their point stands.
struct ParquetDecimal: Sendable {
  /// The most digits of a number that a double gives back as they were (DBL_DIG).
  static let floatDigits = 15
  /// The most digits of a number that always fits an `Int64`.
  static let integerDigits = 18
  /// The most bytes of a number, which 76 digits take.
  private static let byteLimit = 32

  /// Digits after the point, and digits in all.
  let scale: Int
  let precision: Int

  /// A decimal of a file's schema; nil when it cannot be.
  init?(scale: Int, precision: Int) {
    guard (1...76).contains(precision), (0...precision).contains(scale) else { return nil }
    self.scale = scale
    self.precision = precision
  }

  /// The number that is nearest to `value` with the point put in, whose shortest text has the same
  /// digits; nil when `value` has more than its decimal may.
  func float(_ value: Int64) -> Double? {
    guard precision <= Self.floatDigits, value.magnitude < UInt64(Self.power(precision))
    else {
      return nil
    }
    // Both are exact, so the quotient is the nearest number.
    return Double(value) / Double(Self.power(scale))
  }

  /// The text of a number given by its two's complement bytes, the highest first; nil when it has
  /// too many digits.
  func text(_ bytes: ArraySlice<UInt8>) -> String? {
    guard (1...Self.byteLimit).contains(bytes.count) else { return nil }
    let isNegative = bytes[bytes.startIndex] & 0x80 != 0
    var magnitude = Array(bytes)
    if isNegative {
      var carry = true
      for index in magnitude.indices.reversed() {
        magnitude[index] = ~magnitude[index]
        if carry { (magnitude[index], carry) = magnitude[index].addingReportingOverflow(1) }
      }
    }
    var digits: [UInt8] = []
    while let first = magnitude.firstIndex(where: { $0 != 0 }) {
      magnitude.removeFirst(first)
      var rest = 0
      for index in magnitude.indices {
        let part = rest << 8 | Int(magnitude[index])
        magnitude[index] = UInt8(part / 10)
        rest = part % 10
      }
      digits.append(UInt8(ascii: "0") + UInt8(rest))
    }
    guard digits.count <= precision else { return nil }
    while digits.count <= scale { digits.append(UInt8(ascii: "0")) }
    if scale > 0 { digits.insert(UInt8(ascii: "."), at: scale) }
    if isNegative { digits.append(UInt8(ascii: "-")) }
    return String(decoding: digits.reversed(), as: UTF8.self)
  }

  /// The number that at most eight bytes of two's complement are, the highest first; nil when there
  /// are more that say anything.
  static func integer(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard let first = bytes.first else { return nil }
    let sign: UInt8 = first & 0x80 == 0 ? 0 : 0xFF
    var value: Int64 = sign == 0 ? 0 : -1
    for (index, byte) in bytes.enumerated() {
      if bytes.count - index > 8 {
        guard byte == sign else { return nil }
      } else {
        value = value << 8 | Int64(byte)
      }
    }
    // With more than eight bytes, the last eight must have the sign of the whole.
    return (value < 0) == (sign != 0) ? value : nil
  }

  /// The eight bytes of a number, the highest first.
  static func bytes(_ value: Int64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - $0 * 8)) }
  }

  private static func power(_ exponent: Int) -> Int64 {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }
}
