import Foundation
import Model
import Scoring
import Testing

@Suite struct JSONScorerTests {
  @Test func `json_valid wants the whole text, and a fence only where it is allowed`() throws {
    #expect(try isTrue("json_valid", " {\"a\": [1, null]} "))
    #expect(try !isTrue("json_valid", "{\"a\": 1} done"))
    #expect(try !isTrue("json_valid", "```json\n1\n```"))
    #expect(try isTrue("json_valid:normalize=strip_fence", "```json\n1\n```"))
    let score = try score("json_valid", ["output": "{\"a\":", "finish_reason": "length"])
    #expect(score.value == .bool(false) && score.detail?.hasPrefix("not JSON, at byte 6") == true)
    #expect(score.parts == [part("truncated", true)])
    #expect(try Scored.value("json_valid", ["output:json": "[1]"]) == .bool(true))
    #expect(try Scored.value("json_valid", ["output:json": "\"x\""]) == .bool(false))
  }

  @Test func `json_schema reports whether it was JSON, and the first fault`() throws {
    let scorer =
      #"{"type":"json_schema","schema":{"type":"object","required":["a"],"properties":{"a":{"type":"integer"}}}}"#
    let good = try score(json: scorer, ["output": #"{"a":1.0}"#])
    #expect(good.value == .bool(true) && good.parts == [part("parsed", true)])
    let bad = try score(json: scorer, ["output": #"{"a":"x"}"#])
    #expect(bad.value == .bool(false) && bad.detail == "/a: it is not of type integer")
    let none = try score(json: scorer, ["output": "no"])
    #expect(none.value == .bool(false) && none.parts == [part("parsed", false)])
  }

  @Test(arguments: [
    (##"{"unevaluatedProperties":false}"##, "unevaluatedProperties"),
    (##"{"properties":{"a/b":{"definitions":{}}}}"##, "/properties/a~1b/definitions"),
    (##"{"$dynamicRef":"#a"}"##, "$dynamicRef"), (##"{"$ref":"https://example.com/x"}"##, "$defs"),
    (##"{"$schema":"http://json-schema.org/draft-07/schema#"}"##, "another draft"),
    (##"{"type":"text"}"##, "'type'"), (##"{"pattern":"(?=a)"}"##, "lookahead"),
    (##"{"$ref":"#/$defs/x","$defs":{"x":{"minLength":-1}}}"##, "minLength"),
    (##"{"items":[{}]}"##, "/items"), ("7", "a schema is an object"),
  ])
  func `a schema beyond the subset is refused by name`(schema: String, name: String) {
    let message = fault {
      _ = try score(json: #"{"type":"json_schema","schema":\#(schema)}"#, ["output": "1"])
    }
    #expect(message.contains(name) && message.contains("json_schema"), "\(message)")
  }

  @Test func `a schema whose references lead in a circle is a failure to score`() {
    let scorer = ##"{"type":"json_schema","schema":{"$ref":"#"}}"##
    #expect(fault { _ = try score(json: scorer, ["output": "1"]) }.contains("circle"))
  }

  @Test func `json_fields is the share of fields that are equal`() throws {
    let cells: [DataText: String?] = [
      "output": #"{"a":1.0,"b":[1],"c":"x"}"#, "expected": #"{"a":1,"b":[1,2],"c":"x","d":null}"#,
    ]
    let score = try score("json_fields:expected", cells)
    #expect(score.value == .number(0.5) && score.detail == "other than expected: /b, /d")
    #expect(try Scored.value("json_fields:expected,fields=/a+/b/0", cells) == .number(1))
    #expect(
      try Scored.value("json_fields:expected", ["output": "no", "expected": #"{"a":1}"#])
        == .number(0))
    #expect(
      fault { _ = try Scored.value("json_fields:expected", ["output": "{}", "expected": "no"]) }
        != "")
  }
}

/// A part of a score that is true or false.
func part(_ name: String, _ value: Bool) -> Score.Part {
  Score.Part(name: name, value: .bool(value))
}

enum Scored {
  static func value(_ scorer: String, _ cells: [DataText: String?]) throws -> Score.Value {
    try score(scorer, cells).value
  }
}
