import Model
import Scoring
import Testing

/// References and cells that say less, or other things, than they seem to.
@Suite struct ReferenceTests {
  @Test func `a score is that of the columns that its scorer names, whatever is read beside`()
    throws
  {
    let columns: [DataText: ScoredColumns.Column] = [
      "output": .init(["fine"], isText: true), "refusal": .init([nil], isText: true),
      "finish_reason": .init([nil], isText: true), "answer": .init(["fine"], isText: true),
      "checks": .init([#"["refusal"]"#], isText: false),
    ]
    let scorers = ["refusal", "exact:answer", "json_valid", "checks"]
    for scorer in scorers {
      let measure = try ScorerDocument(.array([.string(scorer)])).measures[0]
      let alone = try #require(measure as? any Scorer)
      let all = ScoredColumns(count: 1, columns)
      let some = measure.visible(in: all)
      func result(_ cells: ScoredColumns) -> Result<Score, ScoringFailure> {
        do throws(ScoringFailure) {
          return .success(try alone.score(cells.item(0)))
        } catch {
          return .failure(error)
        }
      }
      #expect(result(some) == result(all), "\(scorer)")
    }
    #expect(try score("refusal", ["output": "fine", "refusal": nil]).value == .bool(false))
    #expect(try score("refusal", ["output": "fine", "finish_reason": nil]).value == .bool(false))
  }

  @Test func `a text is read alike in a column of texts and in one of mixed values`() throws {
    for (text, json) in [(#"{"a":1}"#, #""{\"a\":1}""#)] {
      for cells: [DataText: String?] in [
        ["output": #"{"a":1}"#, "answer": text], ["output": #"{"a":1}"#, "answer:json": json],
      ] {
        #expect(try Scored.value("json_fields:answer", cells) == .number(1))
      }
    }
    #expect(
      try score("refusal", ["output": "x", "finish_reason:json": #""content_filter""#]).value
        == .bool(true))
    #expect(
      try score("json_valid", ["output": "x", "finish_reason:json": #""length""#]).parts
        == [part("truncated", true)])
    #expect(
      fault {
        _ = try score("json_valid", ["output": nil, "error:json": #""timeout""#])
      }.contains("the call failed"))
    #expect(try isTrue("exact:expected", #"{"a":1}"#, expected: #"{"a":1}"#))
  }

  @Test func `a field that the reference has not is a failure, and one that none has is refused`()
    throws
  {
    let cells: [DataText: String?] = ["output": "{}", "answer": #"{"b":1}"#]
    #expect(
      fault { _ = try score("json_fields:answer,fields=/a", cells) }.contains("no value at '/a'"))
    let measure = try ScorerDocument(.array([.string("json_fields:answer,fields=/a+/b")]))
      .measures[0]
    func faultOf(_ answers: [String?]) -> String? {
      measure.fault(
        in: ScoredColumns(count: answers.count, ["answer": .init(answers, isText: true)]))
    }
    #expect(faultOf([#"{"b":1}"#, nil])?.contains("'/a'") == true)
    #expect(faultOf([#"{"b":1}"#, #"{"a":1}"#]) == nil && faultOf([nil, "no"]) == nil)
  }

  @Test func `an empty reference is none where every output has it`() throws {
    for type in ["contains", "prefix"] {
      #expect(
        fault { _ = try isTrue("\(type):expected", "x", expected: "") }
          .contains("no reference answer"))
      #expect(
        fault { _ = try isTrue("\(type):expected,normalize=trim", "x", expected: " ") } != "")
      #expect(fault { _ = try isTrue("\(type):value=", "x") }.contains("empty"))
      #expect(
        try score("\(type):a", ["output": "x", "a:json": #"["","y"]"#]).value == .bool(false))
    }
    #expect(try isTrue("exact:expected", "", expected: ""))
  }

  @Test func `a value in quotes has commas and quotes`() throws {
    #expect(try isTrue(#"contains:value="yes, I can""#, "He said: yes, I can."))
    #expect(try isTrue(#"exact:value="say ""hi""",normalize=trim"#, #" say "hi" "#))
    for text in [#"contains:value="a"#, #"contains:value="a"b"#, #"contains:value=a"b"#] {
      #expect(fault { _ = try isTrue(text, "a") }.contains("quote"))
    }
  }

  @Test func `numbers are compared by all their digits`() throws {
    #expect(
      try !isTrue("number:expected", "2432902008176640001", expected: "2432902008176640000"))
    #expect(try isTrue("number:expected", "it is 0.30", expected: "0.3"))
    #expect(try isTrue("number:expected,abs=0.01", "0.31", expected: "0.3"))
    #expect(try !isTrue("number:expected,abs=0.01", "0.3101", expected: "0.3"))
    #expect(try isTrue("number:expected,abs=1", "-0.5", expected: "0.5"))
    #expect(try !isTrue("number:expected,abs=0.99", "-0.5", expected: "0.5"))
    #expect(try isTrue("number:expected,rel=0.1", "1.1e30", expected: "1e30"))
    #expect(try !isTrue("number:expected,rel=0.1", "1.10001e30", expected: "1e30"))
    #expect(try !isTrue("number:expected,abs=5", "1e400", expected: "3"))
    #expect(try isTrue("number:expected,rel=0.01", "99", expected: "100"))
  }

  @Test func `thousands are read alike on both sides`() throws {
    #expect(try !isTrue("number:expected", "80", expected: "1,080"))
    #expect(try isTrue("number:expected", "1080", expected: "1,080"))
    #expect(try isTrue("number:expected", "$1,234,567.50.", expected: "1234567.5"))
    #expect(try isTrue("number:expected", "1, 80", expected: "80"))
    #expect(try isTrue("number:expected", "1,0800", expected: "800"))
    #expect(try isTrue("number:expected", "2024,080", expected: "80"))
  }

  @Test func `JSON that is nested too deep is a failure to score`() {
    let deep = String(repeating: "[", count: 300) + String(repeating: "]", count: 300)
    for scorer in [
      #"{"type":"json_valid"}"#, #"{"type":"json_schema","schema":{"type":"array"}}"#,
      #"{"type":"json_fields","expected":"answer"}"#,
      #"{"type":"number","value":1,"at":"/0"}"#,
      #"{"type":"tool_call","expected":"answer","calls":"output"}"#,
    ] {
      let message = fault {
        _ = try score(json: scorer, ["output": deep, "answer": #"{"name":"a"}"#])
      }
      #expect(message.contains("deep"), "\(scorer): \(message)")
    }
  }
}
