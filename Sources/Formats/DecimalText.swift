/// Decimals of fixed scale as exact text.
enum DecimalText {
  /// Appends the number that `words` (two's complement, lowest first) stand for, divided by ten to
  /// the power of `scale`; a JSON number, as many digits after the point as the scale has.
  static func append(_ words: [UInt64], scale: Int, to out: inout [UInt8]) {
    var words = words
    let isNegative = (words.last ?? 0) >> 63 != 0
    if isNegative {
      out.append(UInt8(ascii: "-"))
      var carry = true
      for index in words.indices {
        let (sum, overflow) = (~words[index]).addingReportingOverflow(carry ? 1 : 0)
        words[index] = sum
        carry = overflow
      }
    }
    var digits = reversedDigits(words)
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
