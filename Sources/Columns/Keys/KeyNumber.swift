import Foundation

/// The exact value of a number in a key: numbers are one when their values are, however written.
///
/// An integer is itself: `1`, `1.0`, `1e0` and `-0.0` are 1, 1, 1 and 0; 2^53 + 1 is not a float.
/// Another float is the decimal that it is written as, the shortest that reads back as it: so 0.1
/// in a column of floats is `0.1` and `0.10` in a column of JSON. A decimal that no float is
/// written as stands for itself.
package enum KeyNumber: Hashable, Sendable {
  case integer(Int64)
  /// No integer of 64 bits. All that are no number are one.
  case float(UInt64)
  /// Significant digits, `e` and a power of ten: `-123e-4`.
  case decimal(String)

  /// The value of a float.
  package init(_ value: Double) {
    if let integer = Int64(exactly: value) {
      self = .integer(integer)
    } else {
      self = .float((value.isNaN ? Double.nan : value).bitPattern)
    }
  }

  /// The value of a number as JSON writes it; nil for any other text.
  package init?(json: ArraySlice<UInt8>) {
    if let integer = Self.shortInteger(json) {
      self = .integer(integer)
      return
    }
    guard let decimal = Decimal(json) else { return nil }
    if !decimal.isPlain, let value = Double(decimal.text), value.isFinite,
      Decimal(Array(value.description.utf8)[...])?.value == decimal.value
    {
      // It is what the float is written as.
      self.init(value)
    } else if let integer = decimal.integer {
      self = .integer(integer)
    } else if let value = Double(decimal.text), value.isFinite, decimal.isExactly(value) {
      self.init(value)
    } else {
      self = .decimal(decimal.value)
    }
  }

  /// An integer of at most 18 digits, which is most numbers there are; nil for any other text.
  private static func shortInteger(_ json: ArraySlice<UInt8>) -> Int64? {
    let isNegative = json.first == UInt8(ascii: "-")
    let digits = isNegative ? json.dropFirst() : json
    guard (1...18).contains(digits.count) else { return nil }
    var value: Int64 = 0
    for byte in digits {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int64(byte & 0x0F)
    }
    return isNegative ? -value : value
  }

  /// The number as text, the same for all spellings of it.
  package var text: String {
    switch self {
    case .integer(let value): String(value)
    case .float(let bits): Double(bitPattern: bits).description
    case .decimal(let text): text
    }
  }
}

/// A decimal number as it is written.
private struct Decimal {
  let text: String
  let isNegative: Bool
  /// Significant digits, neither first nor last a zero; none for zero.
  private let digits: ArraySlice<UInt8>
  private let exponent: Int
  /// True when it is written only with digits, as integers are.
  let isPlain: Bool

  /// Reads a number of JSON's grammar, or with zeros before it.
  init?(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest = rest.dropFirst() }
    let whole = rest.prefix(while: Self.isDigit)
    rest = rest.dropFirst(whole.count)
    guard !whole.isEmpty else { return nil }
    var fraction = rest.prefix(0)
    if rest.first == UInt8(ascii: ".") {
      fraction = rest.dropFirst().prefix(while: Self.isDigit)
      guard !fraction.isEmpty else { return nil }
      rest = rest.dropFirst(1 + fraction.count)
    }
    var power = 0
    isPlain = fraction.isEmpty && rest.isEmpty
    if let mark = rest.first {
      guard mark | 0x20 == UInt8(ascii: "e") else { return nil }
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
      guard let digit = rest.last, Self.isDigit(digit),
        rest.dropFirst().allSatisfy(Self.isDigit)
      else { return nil }
      guard let parsed = Int(String(decoding: rest, as: UTF8.self)), abs(parsed) < 1 << 60
      else { return nil }
      power = parsed
    }
    var digits = (whole + fraction)[...]
    power -= fraction.count
    digits = digits.drop { $0 == UInt8(ascii: "0") }
    while digits.last == UInt8(ascii: "0") {
      digits.removeLast()
      power += 1
    }
    self.digits = digits
    exponent = digits.isEmpty ? 0 : power
    text = String(decoding: bytes, as: UTF8.self)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// The same text for every spelling of one value.
  var value: String {
    if digits.isEmpty { return "0" }
    return (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self) + "e\(exponent)"
  }

  /// The value, should it be an integer of 64 bits.
  var integer: Int64? {
    if digits.isEmpty { return 0 }
    guard exponent >= 0, digits.count + exponent <= 19 else { return nil }
    return Int64((isNegative ? "-" : "") + whole)
  }

  private var whole: String {
    String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: exponent)
  }

  /// Returns true when it is an integer, and the very one that `value` is.
  func isExactly(_ value: Double) -> Bool {
    // The largest float has 309 digits.
    guard exponent >= 0, exponent < 400 else { return false }
    return String(format: "%.0f", abs(value)) == whole
  }
}
