import Foundation
import Model
import Testing

@Suite struct DataTextTests {
  /// Texts that `String` takes for one another, in two spellings each.
  static let pairs = [
    ("caf\u{E9}", "cafe\u{301}"), ("\u{212B}", "\u{C5}"), ("\u{2126}", "\u{3A9}"),
    ("\u{212A}", "K"), ("\u{AC00}", "\u{1100}\u{1161}"), ("\u{F900}", "\u{8C48}"),
    ("a\u{323}\u{307}", "a\u{307}\u{323}"),
  ]

  @Test(arguments: pairs)
  func `two spellings are two texts`(one: String, two: String) {
    #expect(one == two, "the pair shows nothing")
    #expect(DataText(one) != DataText(two))
    #expect(!one.hasBytes(of: two))
    #expect(Set([DataText(one), DataText(two)]).count == 2)
    #expect([one].hasText(two) == false)
    #expect([one].textSet.contains(two) == false)
    #expect((DataText(one) < DataText(two)) != (DataText(two) < DataText(one)))
    var table: [DataText: Int] = [:]
    table[one] = 1
    table[two, default: 0] += 2
    #expect(table[one] == 1 && table[two] == 2)
  }

  @Test func `a text is its bytes, however it was made`() {
    let bridged = DataText("\u{E9}x".dropLast())
    #expect(bridged == DataText(utf8: [0xC3, 0xA9]))
    #expect(bridged.hashValue == DataText("\u{E9}").hashValue)
    #expect(DataText("") == DataText(utf8: []))
  }

  @Test func `texts are ordered by their bytes`() {
    // By UTF-16 the second would come first; by the collation of String the order is another.
    let texts: [DataText] = ["Z", "a", "\u{E9}", "\u{FFFD}", "\u{1F680}"]
    #expect(texts.reversed().sorted() == texts)
    #expect(["b", "a", "B"].sorted { $0.precedes($1) } == ["B", "a", "b"])
  }

  @Test func `a text is written as a string`() throws {
    let text = DataText("e\u{301}\"")
    let data = try JSONEncoder().encode([text])
    #expect(String(decoding: data, as: UTF8.self).utf8.elementsEqual("[\"e\u{301}\\\"\"]".utf8))
    #expect(try JSONDecoder().decode([DataText].self, from: data) == [text])
  }
}
