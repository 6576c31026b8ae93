/// Text of a dataset as a terminal shows it.
///
/// How wide it is, where it breaks, and nothing in it that the terminal would obey.
package enum TerminalText {
  /// One line: breaks and tabs become spaces, control characters U+FFFD.
  package static func line(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n", "\r", "\t", "\u{85}", "\u{2028}", "\u{2029}": out += " "
      default: out.unicodeScalars.append(isControl(scalar) ? "\u{FFFD}" : scalar)
      }
    }
    return out
  }

  /// Control characters could move the cursor, and marks of direction turn the text around.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": true
    default: false
    }
  }

  /// How many columns of a terminal a line takes.
  package static func width(_ line: String) -> Int { line.reduce(0) { $0 + width($1) } }

  /// Two for East Asian wide characters and emoji, one for others, none for what joins.
  ///
  /// The blocks of https://www.unicode.org/reports/tr11/ that are wide throughout.
  private static func width(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    if character.unicodeScalars.contains("\u{FE0F}") { return 2 }
    switch scalar.value {
    case 0x0300...0x036F, 0x200B...0x200F, 0xFE00...0xFE0F: return 0
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
      0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  /// The lines of a text, none wider than `limit` columns; broken at spaces where there are some.
  package static func wrap(_ text: String, to limit: Int) -> [String] {
    let breaks: Set<Character> = ["\n", "\r", "\r\n", "\u{85}", "\u{2028}", "\u{2029}"]
    return text.split(omittingEmptySubsequences: false, whereSeparator: breaks.contains)
      .flatMap { wrapLine(String($0).replacing("\t", with: "    "), to: max(2, limit)) }
  }

  private static func wrapLine(_ text: String, to limit: Int) -> [String] {
    var lines: [String] = []
    var current: [Character] = []
    var used = 0
    for character in line(text) {
      let wide = width(character)
      if used + wide > limit {
        if character == " " {
          lines.append(String(current))
          (current, used) = ([], 0)
          continue
        }
        // Spaces that stand at the start of a line are what was typed, and stay.
        let cut = current.lastIndex(of: " ").flatMap { $0 > 0 ? $0 : nil }
        let rest = cut.map { Array(current[($0 + 1)...]) } ?? []
        lines.append(String(cut.map { Array(current[..<$0]) } ?? current))
        current = rest
        used = width(String(rest))
      }
      current.append(character)
      used += wide
    }
    return lines + [String(current)]
  }
}
