import CSimdjson

/// A number as JSON writes numbers, taken apart.
struct CSVNumber {
  private let isNegative: Bool
  /// The digits without the point, as far as 19 of them.
  private let digits: UInt64
  /// The power of ten that `digits` are to be multiplied by.
  private let exponent: Int
  /// True when there were at most 19 digits, so that `digits` holds them all.
  private let isComplete: Bool
  /// True when neither a point nor an exponent was written.
  let isInteger: Bool
  /// True when it has more digits than come back from any double.
  private let hasManyDigits: Bool

  /// Reads all of `text`; nil when it is no JSON number.
  init?(_ text: UnsafeRawBufferPointer) {
    var offset = 0
    let end = text.count
    isNegative = unsafe end > 0 && text[0] == UInt8(ascii: "-")
    if isNegative { offset = 1 }
    var digits: UInt64 = 0
    var significant = 0
    var exponent = 0

    let whole = offset
    while offset < end, case let digit = unsafe text[offset] &- 48, digit <= 9 {
      if significant < 19 { digits = digits &* 10 &+ UInt64(digit) } else { exponent += 1 }
      if digits != 0 { significant += 1 }
      offset += 1
    }
    guard offset > whole, unsafe text[whole] != 48 || offset == whole + 1 else { return nil }

    let pointOffset = offset
    if offset < end, unsafe text[offset] == UInt8(ascii: ".") {
      offset += 1
      let first = offset
      while offset < end, case let digit = unsafe text[offset] &- 48, digit <= 9 {
        if significant < 19 {
          digits = digits &* 10 &+ UInt64(digit)
          exponent -= 1
        }
        if digits != 0 { significant += 1 }
        offset += 1
      }
      guard offset > first else { return nil }
    }
    if offset < end, unsafe text[offset] | 0x20 == UInt8(ascii: "e") {
      guard let written = unsafe Self.writtenExponent(text, &offset) else { return nil }
      exponent += written
    }
    guard offset == end else { return nil }
    isInteger = pointOffset == end
    self.digits = digits
    self.exponent = exponent
    isComplete = significant <= 19
    hasManyDigits = significant > 15
  }

  private static func writtenExponent(
    _ text: UnsafeRawBufferPointer, _ offset: inout Int
  ) -> Int? {
    offset += 1
    var isNegative = false
    if offset < text.count, unsafe text[offset] == 43 || text[offset] == 45 {
      isNegative = unsafe text[offset] == 45
      offset += 1
    }
    let first = offset
    var value = 0
    while offset < text.count, case let digit = unsafe text[offset] &- 48, digit <= 9 {
      // Far beyond any number that is finite and not zero, and far from overflow.
      value = min(value * 10 + Int(digit), 1_000_000)
      offset += 1
    }
    return offset > first ? (isNegative ? -value : value) : nil
  }

  /// True when it is an integer that a double holds and that prints as it was written.
  var isExactInteger: Bool {
    isInteger && isComplete && digits <= UInt64(CSVInference.exactIntegerLimit)
      && !(isNegative && digits == 0)
  }

  /// True when it is an integer that equals a double: of at most 19 digits, or `-0`.
  var isHeldExactly: Bool {
    isInteger && isComplete && exponent == 0 && UInt64(exactly: Double(digits)) == digits
  }

  /// Returns true when `value`, the nearest double, differs from the text at as many digits.
  func isRounded(_ text: UnsafeRawBufferPointer, _ value: Double) -> Bool {
    guard hasManyDigits, !isInteger, let start = text.baseAddress else { return false }
    let bytes = unsafe start.assumingMemoryBound(to: UInt8.self)
    return unsafe assay_json_is_rounded(bytes, text.count, value) != 0
  }

  /// The integer that it is, by its digits, whatever way it is written: 3 of `3.0`, 1500 of
  /// `1.5e3`; nil for a fraction, for a zero with a minus, and beyond 64 bits.
  var exactInteger: Int64? {
    guard isComplete, digits > 0 || !isNegative else { return nil }
    var whole = digits
    if digits > 0, exponent < 0 {
      guard exponent >= -19, digits.isMultiple(of: Self.powersOfTen[-exponent]) else { return nil }
      whole = digits / Self.powersOfTen[-exponent]
    } else if digits > 0, exponent > 0 {
      guard exponent <= 19 else { return nil }
      let (product, isTooLarge) = digits.multipliedReportingOverflow(
        by: Self.powersOfTen[exponent])
      guard !isTooLarge else { return nil }
      whole = product
    }
    guard isNegative else { return Int64(exactly: whole) }
    return whole <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- whole) : nil
  }

  /// Returns true when a double can represent it: it is finite, and zero only when written as zero.
  func isRepresentable(_ text: UnsafeRawBufferPointer) -> Bool {
    if digits == 0 || (-280...280).contains(exponent) { return true }
    return unsafe value(text) != nil
  }

  /// The double nearest to the number; nil when that is infinite, or zero for a number that is not.
  func value(_ text: UnsafeRawBufferPointer) -> Double? {
    if digits == 0 { return isNegative ? -0.0 : 0.0 }
    let magnitude: Double
    if isComplete, (-19...0).contains(exponent) {
      magnitude = Self.quotient(digits, Self.powersOfTen[-exponent])
    } else if isComplete, (1...19).contains(exponent) {
      magnitude = Self.product(digits, Self.powersOfTen[exponent])
    } else {
      guard let value = unsafe Double(String(decoding: text, as: UTF8.self)), value.isFinite,
        value != 0
      else { return nil }
      return value
    }
    return isNegative ? -magnitude : magnitude
  }
}

extension CSVNumber {
  /// The longest text that is read as a number: the largest double has 309 digits.
  private static let textLimit = 320

  /// 10 to the powers 0 to 19, all that fit 64 bits.
  private static let powersOfTen: [UInt64] = (0..<20).map { power in
    (0..<power).reduce(1) { value, _ in value * 10 }
  }

  // Both round correctly: 62 bits or more of the exact result are kept, a bit below them says
  // whether anything was cut off, and the conversion of that to a double is the only rounding.

  /// `digits / power`, rounded to the nearest double.
  private static func quotient(_ digits: UInt64, _ power: UInt64) -> Double {
    // Both sides are exact up to 2^53 and 10^22, so one division rounds once.
    if digits <= 1 << 53 { return Double(digits) / Double(power) }
    let digitsShift = digits.leadingZeroBitCount
    let powerShift = power.leadingZeroBitCount
    let dividend = digits << UInt64(digitsShift)
    let (quotient, remainder) = (power << UInt64(powerShift)).dividingFullWidth(
      (dividend >> 1, dividend << 63))
    return scaled(quotient, remainder != 0, powerShift - digitsShift - 63)
  }

  /// `digits * power`, rounded to the nearest double.
  private static func product(_ digits: UInt64, _ power: UInt64) -> Double {
    let (high, low) = digits.multipliedFullWidth(by: power)
    if high == 0 { return Double(low) }
    let shift = high.leadingZeroBitCount
    // A shift by 64 gives zero.
    return scaled(
      high << UInt64(shift) | low >> UInt64(64 - shift), low << UInt64(shift) != 0, 64 - shift)
  }

  private static func scaled(_ bits: UInt64, _ isCut: Bool, _ power: Int) -> Double {
    Double(bits | (isCut ? 1 : 0)) * Double(bitPattern: UInt64(1023 + power) << 52)
  }

  /// The text as JSON writes the number when that lacks a plus and has digits on both sides of the
  /// point: `1` for `+1`, `0.5` for `.5`; nil for what begins like no number.
  static func respelled(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    let point = UInt8(ascii: ".")
    guard text.count <= textLimit, let first = unsafe text.first else { return nil }
    let isNegative = first == UInt8(ascii: "-")
    let isSigned = isNegative || first == UInt8(ascii: "+")
    let rest = unsafe Array(text.dropFirst(isSigned ? 1 : 0))
    let digit = rest.first == point ? rest.dropFirst().first : rest.first
    guard let digit, digit &- 48 <= 9 else { return nil }
    var json: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
    if rest.first == point { json.append(48) }
    for (offset, byte) in rest.enumerated() {
      json.append(byte)
      let isBare = offset + 1 == rest.count || rest[offset + 1] &- 48 > 9
      if byte == point, isBare { json.append(48) }
    }
    return json
  }

  /// Reads all of `text` as a JSON integer that fits 64 bits; nil for `-0`, since zero has no sign.
  static func integer(_ text: UnsafeRawBufferPointer) -> Int64? {
    let isNegative = unsafe text.count > 0 && text[0] == UInt8(ascii: "-")
    let first = isNegative ? 1 : 0
    let count = text.count - first
    guard count > 0, count <= 19 else { return nil }
    if unsafe text[first] == 48, count > 1 || isNegative { return nil }
    var value: UInt64 = 0
    for offset in first..<text.count {
      let digit = unsafe text[offset] &- 48
      guard digit <= 9 else { return nil }
      value = value &* 10 &+ UInt64(digit)
    }
    if isNegative {
      return value <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- value) : nil
    }
    return Int64(exactly: value)
  }
}
