import Model

/// A JSON number by its decimal digits, so that numbers are compared without rounding.
struct JSONDecimal: Hashable, Comparable {
  /// The digits of the coefficient without zeros at its ends; none for 0.
  private let digits: [UInt8]
  /// The power of ten that the coefficient, an integer, is multiplied by.
  private let exponent: Int
  private let isNegative: Bool

  /// The most zeros that are written out for a sum.
  private static let zeroLimit = 10_000

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

  /// The shortest decimal number that reads as a float.
  init(_ float: Double) { self.init(text: "\(float)") }

  private init(digits: [UInt8], exponent: Int, isNegative: Bool) {
    let text = digits.map { String($0) }.joined()
    self.init(text: (isNegative ? "-" : "") + (text.isEmpty ? "0" : text))
    if !self.digits.isEmpty {
      self = JSONDecimal(stripped: self.digits, self.exponent + exponent, self.isNegative)
    }
  }

  private init(stripped digits: [UInt8], _ exponent: Int, _ isNegative: Bool) {
    self.digits = digits
    self.exponent = exponent
    self.isNegative = isNegative
  }

  var isZero: Bool { digits.isEmpty }

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

  private var magnitude: JSONDecimal { JSONDecimal(stripped: digits, exponent, false) }

  /// Returns true when the distance to `other` is at most `absolute`, or at most `relative` times
  /// the magnitude of `other`, computed without rounding.
  func isNear(_ other: JSONDecimal, absolute: JSONDecimal, relative: JSONDecimal) -> Bool {
    if self == other { return true }
    guard !absolute.isZero || !relative.isZero else { return false }
    guard let distance = distance(to: other) else { return false }
    return distance <= absolute || distance <= relative.times(other.magnitude)
  }

  /// The magnitude of the difference; nil when it takes too many digits, as it does between numbers
  /// that are far apart.
  private func distance(to other: JSONDecimal) -> JSONDecimal? {
    let least = min(exponent, other.exponent)
    func aligned(_ number: JSONDecimal) -> [UInt8]? {
      let zeros = number.exponent - least
      if number.digits.isEmpty { return [] }
      return zeros <= Self.zeroLimit
        ? number.digits + [UInt8](repeating: 0, count: zeros) : nil
    }
    guard let one = aligned(self), let two = aligned(other) else { return nil }
    let isLess = one.count == two.count ? one.lexicographicallyPrecedes(two) : one.count < two.count
    let (large, small) = isLess ? (two, one) : (one, two)
    var digits = [UInt8](large.reversed())
    let isSum = isNegative != other.isNegative
    var carry = 0
    for place in digits.indices {
      let part = place < small.count ? Int(small[small.count - 1 - place]) : 0
      let value = Int(digits[place]) + (isSum ? part + carry : -part - carry)
      carry = isSum ? value / 10 : value < 0 ? 1 : 0
      digits[place] = UInt8((value + 10) % 10)
    }
    if carry > 0, isSum { digits.append(1) }
    return JSONDecimal(digits: digits.reversed(), exponent: least, isNegative: false)
  }

  /// The product with a number of any length; this one has as many digits as a float.
  private func times(_ other: JSONDecimal) -> JSONDecimal {
    var product = [Int](repeating: 0, count: digits.count + other.digits.count)
    for (place, digit) in digits.reversed().enumerated() {
      for (offset, factor) in other.digits.reversed().enumerated() {
        product[place + offset] += Int(digit) * Int(factor)
      }
    }
    for place in product.indices where product[place] > 9 {
      product[place + 1] += product[place] / 10
      product[place] %= 10
    }
    return JSONDecimal(
      digits: product.reversed().map { UInt8($0) }, exponent: exponent + other.exponent,
      isNegative: isNegative != other.isNegative)
  }

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
