import Model
import Scoring
import Testing

@Suite struct CallScorerTests {
  private let expected =
    #"[{"name":"search","arguments":{"q":"x"}},{"name":"open","arguments":{"n":1}}]"#

  private func calls(_ text: String?, _ options: String = "") throws -> Score {
    try score("tool_call:expected" + options, ["tool_calls": text, "expected": expected])
  }

  @Test func `calls are compared in the shapes of the providers`() throws {
    let openAI =
      #"[{"id":"1","type":"function","function":{"name":"open","arguments":"{\"n\": 1.0}"}},{"function":{"name":"search","arguments":"{\"q\":\"x\"}"}}]"#
    let anthropic =
      #"[{"type":"tool_use","name":"search","input":{"q":"x"}},{"name":"open","input":{"n":1}}]"#
    let google =
      #"[{"functionCall":{"name":"search","args":{"q":"x"}}},{"functionCall":{"name":"open","args":{"n":1}}}]"#
    for text in [openAI, anthropic, google] {
      let score = try calls(text)
      #expect(score.value == .bool(true) && score.detail == nil)
      #expect(score.parts.map(\.value) == [.bool(true), .bool(true), .number(0), .number(0)])
    }
    #expect(try calls(openAI, ",order=strict").value == .bool(false))
    #expect(try calls(anthropic, ",order=strict").value == .bool(true))
  }

  @Test func `missing and spurious calls and wrong arguments are told apart`() throws {
    let score = try calls(#"[{"name":"search","arguments":{"q":"y"}},{"name":"delete"}]"#)
    #expect(score.value == .bool(false))
    #expect(score.parts.map(\.name) == ["names", "args", "missing", "spurious"])
    #expect(score.parts.map(\.value) == [.bool(false), .bool(false), .number(1), .number(1)])
    #expect(score.detail == "missing: open; not expected: delete")
    let none = try calls(nil)
    #expect(none.value == .bool(false) && none.parts[2].value == .number(2))
    let broken = try calls(
      #"[{"name":"search","arguments":"{"},{"name":"open","arguments":{"n":1}}]"#)
    #expect(broken.value == .bool(false) && broken.parts[0].value == .bool(true))
    #expect(fault { _ = try calls("7") }.contains("not a list of tool calls"))
  }

  @Test func `arguments are checked against the tools' schemas`() throws {
    let scorer =
      #"{"type":"tool_call","value":[{"name":"f","arguments":{"n":1}}],"tools":[{"function":{"name":"f","parameters":{"properties":{"n":{"type":"integer"}}}}}]}"#
    let good = try score(json: scorer, ["tool_calls": #"[{"name":"f","arguments":{"n":1}}]"#])
    #expect(good.parts.last == Score.Part(name: "valid", value: .bool(true)))
    for wrong in [#"[{"name":"f","arguments":{"n":"1"}}]"#, #"[{"name":"g"}]"#] {
      let score = try score(json: scorer, ["tool_calls": wrong])
      #expect(score.parts.last?.value == .bool(false))
    }
  }

  @Test func `a refusal is what structured fields say, and phrases only where they are listed`()
    throws
  {
    func refused(_ cells: [DataText: String?], _ scorer: String = "refusal") throws -> Bool {
      try score(scorer, cells).value == .bool(true)
    }
    #expect(try refused(["output": nil, "refusal": "I cannot"]))
    #expect(try refused(["output": "x", "finish_reason": "content_filter"]))
    #expect(try refused(["output": "x", "stop_reason": "refusal"]))
    #expect(try !refused(["output": "I can't help", "finish_reason": "stop"]))
    #expect(try !refused(["output": "x", "refusal": nil, "finish_reason": "stop"]))
    #expect(try refused(["output": "Sorry, I CAN'T help"], "refusal:phrases=I can't+I won't"))
    #expect(try !refused(["output": "Here"], "refusal:phrases=I can't+I won't"))
    #expect(
      fault { _ = try refused(["error": "timeout", "finish_reason": nil]) }.contains("failed"))
  }
}
