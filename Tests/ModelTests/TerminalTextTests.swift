import Model
import Testing

@Suite struct TerminalTextTests {
  @Test(arguments: [
    ("plain", "plain"), ("red \u{1B}[31m", "red \u{FFFD}[31m"), ("a\tb\nc\r\nd\re", "a→b⏎c⏎d⏎e"),
    ("\u{9B}31m\u{7F}\u{0}", "\u{FFFD}31m\u{FFFD}\u{FFFD}"), ("a\u{2028}b\u{85}c", "a⏎b⏎c"),
    ("\u{202E}txt\u{2066}\u{200F}\u{61C}", "\u{FFFD}txt\u{FFFD}\u{FFFD}\u{FFFD}"),
    ("hid\u{E0041}den", "hid\u{FFFD}den"), ("日本 é e\u{301} 👩‍👧", "日本 é e\u{301} 👩‍👧"),
  ])
  func `a line holds nothing that a terminal obeys`(text: String, shown: String) {
    #expect(Array(TerminalText.line(text).utf8) == Array(shown.utf8))
  }

  @Test func `no scalar of any plane passes that is unsafe`() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let line = TerminalText.line("a\(scalar)b")
      let isSafe = line.unicodeScalars.allSatisfy { !TerminalText.isUnsafe($0) }
      #expect(isSafe, "U+\(String(value, radix: 16))")
    }
  }

  @Test func `a letter carries few marks, so that short text is short`() {
    let line = TerminalText.line("a" + String(repeating: "\u{301}", count: 100_000) + "b")
    #expect(line.unicodeScalars.count == 11)
    #expect(line.unicodeScalars.last == "b" && line.contains("\u{FFFD}"))
  }

  @Test(arguments: [
    ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("日本語", 6, "日本語"),
    ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("", 3, ""),
  ])
  func `a line is cut to columns`(line: String, limit: Int, shown: String) {
    #expect(TerminalText.cut(line, to: limit) == shown)
    #expect(TerminalText.width(TerminalText.cut(line, to: limit)) <= limit)
  }

  @Test func `Markdown shows markup as text`() {
    let hostile = "<img src=x>|*_`[a](b)#~&lt;$x$\\\u{202E}\n"
    let shown = "\\<img src=x\\>\\|\\*\\_\\`\\[a\\](b)\\#\\~\\&lt;\\$x\\$\\\\\u{FFFD} "
    #expect(Escaping.markdown(hostile) == shown)
  }
}
