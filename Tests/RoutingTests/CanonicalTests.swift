import Model
import Routing
import Testing

/// Of RFC 8785 what documents may hold: integers and texts.
@Suite struct CanonicalTests {
  private func canonical(_ text: String) throws -> String {
    String(decoding: try JSON(normalizing: Array(text.utf8)).canonicalBytes, as: UTF8.self)
  }

  @Test func `the string of RFC 8785, section 3-2-2, is printed as it says`() throws {
    #expect(
      try canonical(#"{"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"}"#)
        == #"{"string":"€$\u000f\nA'B\"\\\\\"/"}"#)
  }

  @Test func `the members of RFC 8785, section 3-2-3, are sorted as it says`() throws {
    let text = #"""
      {"\u20ac": "Euro Sign", "\r": "Carriage Return",
       "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
       "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
       "\u00f6": "Latin Small Letter O With Diaeresis"}
      """#
    #expect(
      try canonical(text)
        == "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\","
        + "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\","
        + "\"😀\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}")
  }

  /// From the RFC author's test data, github.com/cyberphone/json-canonicalization; a float among
  /// them, 56.0, is an integer here.
  @Test(arguments: [
    (
      #"{"peach": "This sorting order", "péché": "is wrong according to French", "pêche": "but canonicalization MUST", "sin": "ignore locale"}"#,
      #"{"peach":"This sorting order","péché":"is wrong according to French","pêche":"but canonicalization MUST","sin":"ignore locale"}"#
    ),
    (
      #"{"1": {"f": {"f": "hi", "F": 5}, "\n": 56}, "10": {}, "": "empty", "a": {}, "111": [{"e": "yes", "E": "no"}], "A": {}}"#,
      #"{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"A":{},"a":{}}"#
    ),
  ])
  func `published documents come out as published`(input: String, output: String) throws {
    #expect(try canonical(input) == output)
  }

  @Test func `a text is not normalized`() throws {
    let text = try canonical("{\"Unnormalized Unicode\":\"A\\u030a\"}")
    #expect(text.utf8.elementsEqual("{\"Unnormalized Unicode\":\"A\u{30a}\"}".utf8))
  }

  @Test(arguments: [
    ("[1, 2.5]", "/1: is not an integer: write a smaller unit (ppm, basis points) or a text"),
    ("[1, 1e2]", "/1: is not an integer: write a smaller unit (ppm, basis points) or a text"),
    ("{\"a\": null}", "/a: is null: leave the member out"),
    ("{\"a\": 1, \"a\": 2}", "/a: is given twice"),
    ("[9007199254740992]", "/0: is an integer beyond ±(2^53 − 1)"),
    ("{\"a/b\": {\"c~d\": null}}", "/a~1b/c~0d: is null: leave the member out"),
    ("[1,]", "the document: not JSON at line 1, column 4: a value is expected here"),
    (
      "[\"\\ud800\"]",
      "the document: not JSON at line 1, column 9: half of a surrogate pair is missing"
    ),
    ("{} {}", "the document: not JSON at line 1, column 4: the JSON ends before this"),
    ("[01]", "the document: not JSON at line 1, column 4: a number has no leading zeros"),
  ])
  func `what has no digest is refused with its place`(text: String, fault: String) {
    do throws(RuleFaults) {
      _ = try JSON(normalizing: Array(text.utf8))
      Issue.record("it was taken")
    } catch {
      #expect(error.description == fault)
    }
  }

  @Test func `members whose names are spelled otherwise are two`() throws {
    let value = try JSON(normalizing: Array("{\"\\u00e9\": 1, \"e\\u0301\": 2}".utf8))
    #expect(value.object?.count == 2)
  }

  @Test func `values nested too deep are refused`() {
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: RuleFaults.self) { try JSON(normalizing: Array(text.utf8)) }
  }
}
