/// Escapes that make text of a dataset, a message or a path safe on a terminal.
///
/// All output for people passes through it, whatever its origin: nothing in it is a command to the
/// terminal, reverses the reading direction, begins another line or hides. Replaced characters show
/// as U+FFFD. JSON, and the data that `pull` writes, do not pass through it: they are the bytes
/// that were saved.
package enum TerminalText {
  /// One line: breaks become `⏎`, tabs `→`, and characters that a terminal would obey U+FFFD.
  package static func line(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var out = ""
    var marks = 0
    var isAfterReturn = false
    for scalar in text.unicodeScalars {
      defer { isAfterReturn = scalar == "\r" }
      marks = isMark(scalar) ? marks + 1 : 0
      switch scalar {
      case "\n" where isAfterReturn: continue
      case "\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}": out += "⏎"
      case "\t": out += "→"
      case _ where marks == markLimit + 1: out += "\u{FFFD}"
      case _ where marks > markLimit: continue
      default: out.unicodeScalars.append(isUnsafe(scalar) ? "\u{FFFD}" : scalar)
      }
    }
    return out
  }

  /// Several lines, each as by ``line(_:)``; for the program's own texts, such as help.
  package static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) }
      .joined(separator: "\n")
  }

  /// The most marks that one letter may carry: more would climb over the lines above, or be long
  /// without taking any width.
  private static let markLimit = 8

  /// Returns true when a terminal or a page would not show a scalar but act on it, or hide it.
  ///
  /// Controls (C0, DEL, C1) move the cursor and colour what follows; marks of direction reorder a
  /// line (https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing); tags, annotations
  /// and deprecated controls are invisible and can carry hidden text; the last two of each plane
  /// are no characters.
  package static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00..<0x20, 0x7F..<0xA0: true
    case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x206F: true
    case 0xFFF9...0xFFFB, 0xE0000...0xE0FFF: true
    case let value: value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(value)
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x300 else { return false }
    return switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: true
    default: false
    }
  }

  /// The number of terminal columns that a line takes.
  package static func width(_ line: String) -> Int { line.reduce(0) { $0 + width($1) } }

  /// Two for East Asian wide characters and emoji, zero for characters that join, one for others.
  ///
  /// The blocks of https://www.unicode.org/reports/tr11/ that are wide throughout.
  private static func width(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    if scalar.isASCII { return 1 }
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

  /// A line cut to at most `limit` columns, the last of them `…` when something is left out.
  package static func cut(_ line: String, to limit: Int) -> String {
    // Few lines are long, and a byte is at least a column only in ASCII.
    guard line.utf8.count > limit else { return line }
    var used = 0
    var end = line.startIndex
    for index in line.indices {
      let wide = width(line[index])
      if used + wide > limit { return String(line[..<end]) + "…" }
      used += wide
      // The place up to which the line still leaves room for the sign.
      if used < limit { end = line.index(after: index) }
    }
    return line
  }

  /// A line followed by the spaces that make it `columns` wide, or after them.
  package static func padded(_ line: String, to columns: Int, isRight: Bool = false) -> String {
    let padding = String(repeating: " ", count: max(0, columns - width(line)))
    return isRight ? padding + line : line + padding
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
