package import Model

/// Random JSON values, and texts of them as foreign programs write them.
package enum RandomJSON {
  private static let words = [
    "", "a", "b", "é", "e\u{301}", "x \"y\"", "\\", "/", "\u{1}", "\n\t", "\u{7F}", "😀", "\u{FFFF}",
    "\u{2028}", "null", "a.b",
  ]

  /// A random value; without `isCanonical` also nulls and numbers that are no integers.
  package static func value(
    using random: inout SeededGenerator, isCanonical: Bool = false, depth: Int = 0
  ) -> JSON {
    let word = words.randomElement(using: &random) ?? ""
    switch Int.random(in: 0..<(depth > 4 ? 7 : 11), using: &random) {
    case 0: return .bool(Bool.random(using: &random))
    case 1, 2: return .integer([0, 1, -1, 42, .max, .min].randomElement(using: &random) ?? 0)
    case 3, 4: return .string(word + word)
    case 5 where !isCanonical: return .null
    case 6 where !isCanonical:
      let numbers = ["-0", "0.10", "1e5", "-2.5E-3", "9223372036854775808", "1e+300", "0e0"]
      return .number(numbers.randomElement(using: &random) ?? "-0")
    case 5, 6: return .string(word)
    case 7, 8:
      return .array(
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in
          value(using: &random, isCanonical: isCanonical, depth: depth + 1)
        })
    default:
      var object = JSON.Object()
      // Beyond 16 members they are found another way.
      for _ in 0..<Int.random(in: 0..<(depth == 0 ? 40 : 5), using: &random) {
        let name = (0..<2).map { _ in words.randomElement(using: &random) ?? "" }.joined()
        object[name] = value(using: &random, isCanonical: isCanonical, depth: depth + 1)
      }
      return .object(object)
    }
  }

  /// A text of `value` with white space and escapes that this program does not write.
  package static func text(_ value: JSON, using random: inout SeededGenerator) -> String {
    let space = ["", "", " ", "\n", "\t\r"].randomElement(using: &random) ?? ""
    switch value {
    case .string(let text): return space + string(text, using: &random)
    case .array(let items):
      let texts = items.map { text($0, using: &random) }
      return space + "[" + texts.joined(separator: ",") + space + "]"
    case .object(let object):
      let texts = object.members.map { member in
        string(member.name, using: &random) + space + ":" + text(member.value, using: &random)
      }
      return space + "{" + space + texts.joined(separator: ",") + "}" + space
    default: return space + value.text
    }
  }

  private static func string(_ text: String, using random: inout SeededGenerator) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      if Int.random(in: 0..<3, using: &random) > 0, scalar.value >= 0x20, scalar != "\"",
        scalar != "\\"
      {
        out.unicodeScalars.append(scalar)
      } else {
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
          out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      }
    }
    return out + "\""
  }
}
