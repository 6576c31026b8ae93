import Model

/// A JSON number by its decimal digits, so that numbers are compared without rounding.
struct JSONDecimal: Hashable, Comparable {
  /// The digits of the coefficient without zeros at its ends; none for 0.
  private let digits: [UInt8]
  /// The power of ten that the coefficient, an integer, is multiplied by.
  private let exponent: Int
  private let isNegative: Bool

  /// The largest exponent; a number beyond it is taken to have it.
  private static let exponentLimit = 1 << 20

  /// The number; nil when the value is not one.
  init?(_ json: JSON) {
    switch json {
    case .integer(let value): self.init(text: String(value))
    case .number(let text): self.init(text: text)
    default: return nil
    }
  }

  /// A count.
  init(count: Int) { self.init(text: String(count)) }

  private init(text: String) {
    var digits: [UInt8] = []
    var exponent = 0
    var isFraction = false
    var rest = Array(text.utf8)[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest.removeFirst() }
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: ".") {
        isFraction = true
      } else if byte | 0x20 == UInt8(ascii: "e") {
        if rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        let power = Int(String(decoding: rest, as: UTF8.self)) ?? Self.exponentLimit
        exponent += min(max(power, -Self.exponentLimit), Self.exponentLimit)
        break
      } else {
        digits.append(byte & 0x0F)
        if isFraction { exponent -= 1 }
      }
    }
    digits.removeFirst(digits.prefix { $0 == 0 }.count)
    while digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    self.digits = digits
    self.exponent = digits.isEmpty ? 0 : exponent
    self.isNegative = isNegative && !digits.isEmpty
  }

  var isInteger: Bool { exponent >= 0 }

  /// The digits and the exponent, the same for all spellings of the number.
  var text: String {
    (isNegative ? "-" : "") + digits.map { String($0) }.joined() + "e\(exponent)"
  }

  static func < (left: JSONDecimal, right: JSONDecimal) -> Bool {
    guard left.isNegative == right.isNegative else { return left.isNegative }
    return left.isNegative ? right.isLess(than: left) : left.isLess(than: right)
  }

  /// The order of magnitudes.
  private func isLess(than other: JSONDecimal) -> Bool {
    guard !digits.isEmpty, !other.digits.isEmpty else {
      return digits.isEmpty && !other.digits.isEmpty
    }
    let (size, otherSize) = (digits.count + exponent, other.digits.count + other.exponent)
    guard size == otherSize else { return size < otherSize }
    return digits.lexicographicallyPrecedes(other.digits)
  }

  /// Returns true when the number is an integer times `divisor`, which is more than 0.
  func isMultiple(of divisor: JSONDecimal) -> Bool {
    guard !digits.isEmpty else { return true }
    // Beyond this, writing the zeros would take too long; such numbers are not data.
    let shift = exponent - divisor.exponent
    guard abs(shift) <= 10_000,
      let unit = UInt64(divisor.digits.map { String($0) }.joined())
    else { return false }
    // With a negative shift, the coefficient would have to end in zeros, which it never does.
    guard shift >= 0 else { return false }
    return remainder(digits + [UInt8](repeating: 0, count: shift), unit) == 0
  }

  private func remainder(_ digits: [UInt8], _ divisor: UInt64) -> UInt64 {
    var rest: UInt128 = 0
    for digit in digits { rest = (rest * 10 + UInt128(digit)) % UInt128(divisor) }
    return UInt64(rest)
  }
}
