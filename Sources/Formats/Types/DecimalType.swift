import Model

/// Decimals of a file: whole numbers in two's complement, and where their point stands.
struct DecimalType: Hashable, Sendable {
  /// The most digits of a number that always fits an `Int64`.
  private static let integerDigits = 18
  /// The most digits of a number that a double gives back as they were (DBL_DIG).
  private static let floatDigits = 15

  /// Digits in all.
  let precision: Int
  /// Digits after the point; negative for zeros before it.
  let scale: Int
  /// The bound below which every number lies.
  private let limit: UInt64

  /// Decimals of `precision` digits, `scale` of them after the point.
  init(precision: Int, scale: Int) {
    self.precision = precision
    self.scale = scale
    limit = Self.power(min(precision, Self.integerDigits))
  }

  /// The type of a column that gives all digits back: `int64` or `float64` where those do, else
  /// exact text, since a JSON number would be rounded the next time it is read.
  var columnType: ColumnType {
    if scale == 0, precision <= Self.integerDigits { return .int64 }
    return precision <= Self.floatDigits && (0...precision).contains(scale) ? .float64 : .string
  }

  /// The number that `words` (lowest first) are; nil when it has more digits than it may, or than
  /// an `Int64` always has.
  func integer(_ words: ArraySlice<UInt64>) -> Int64? {
    let value = Int64(bitPattern: words.first ?? 0)
    let sign: UInt64 = value < 0 ? .max : 0
    guard value.magnitude < limit, words.dropFirst().allSatisfy({ $0 == sign }) else { return nil }
    return value
  }

  /// The number nearest to `value` with the point put in, whose shortest text has the same digits.
  func float(_ value: Int64) -> Double {
    // Both are exact, so the quotient is the nearest number.
    Double(value) / Double(Self.power(scale))
  }

  /// Appends the number that `words` (lowest first) are as a JSON number, as many digits after the
  /// point as the scale has; false when it has more digits than it may.
  func append(_ words: ArraySlice<UInt64>, to out: inout [UInt8]) -> Bool {
    var words = Array(words)
    let isNegative = (words.last ?? 0) >> 63 != 0
    if isNegative {
      var carry = true
      for index in words.indices {
        let (sum, overflow) = (~words[index]).addingReportingOverflow(carry ? 1 : 0)
        words[index] = sum
        carry = overflow
      }
    }
    var digits = Self.reversedDigits(words)
    guard digits.count <= precision else { return false }
    if isNegative { out.append(UInt8(ascii: "-")) }
    if scale < 0, digits != [UInt8(ascii: "0")] {
      digits.insert(contentsOf: repeatElement(UInt8(ascii: "0"), count: -scale), at: 0)
    }
    let places = max(0, scale)
    while digits.count <= places { digits.append(UInt8(ascii: "0")) }
    out.append(contentsOf: digits[places...].reversed())
    if places > 0 {
      out.append(UInt8(ascii: "."))
      out.append(contentsOf: digits[..<places].reversed())
    }
    return true
  }

  /// The words, lowest first, of a number whose bytes come highest first.
  static func words(_ bytes: ArraySlice<UInt8>) -> [UInt64] {
    let sign: UInt64 = (bytes.first ?? 0) & 0x80 == 0 ? 0 : .max
    var words = [UInt64](repeating: sign, count: max(1, (bytes.count + 7) / 8))
    for (place, byte) in bytes.reversed().enumerated() {
      let shift = UInt64(place % 8 * 8)
      words[place / 8] = words[place / 8] & ~(0xFF << shift) | UInt64(byte) << shift
    }
    return words
  }

  private static func power(_ exponent: Int) -> UInt64 {
    (0..<max(0, exponent)).reduce(1) { power, _ in power * 10 }
  }

  private static func reversedDigits(_ words: [UInt64]) -> [UInt8] {
    // Nineteen digits at a time, the most that ten to their power fits a word.
    let block: UInt64 = 10_000_000_000_000_000_000
    var rest = words
    var digits: [UInt8] = []
    repeat {
      var remainder: UInt64 = 0
      for index in rest.indices.reversed() {
        (rest[index], remainder) = block.dividingFullWidth((remainder, rest[index]))
      }
      let isLast = rest.allSatisfy { $0 == 0 }
      for _ in 0..<19 {
        if isLast, remainder == 0, !digits.isEmpty { break }
        digits.append(UInt8(ascii: "0") + UInt8(remainder % 10))
        remainder /= 10
      }
    } while !rest.allSatisfy { $0 == 0 }
    return digits
  }
}
