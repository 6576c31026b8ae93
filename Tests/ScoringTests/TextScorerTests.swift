import Model
import Scoring
import TestSupport
import Testing

@Suite struct TextScorerTests {
  @Test func `exact compares bytes, after the changes that are listed`() throws {
    #expect(try isTrue("exact:expected", "Paris", expected: "Paris"))
    #expect(try !isTrue("exact:expected", "Paris ", expected: "Paris"))
    #expect(try isTrue("exact:expected,normalize=trim", "\u{A0}Paris\n", expected: "Paris"))
    #expect(try !isTrue("exact:expected", "e\u{301}", expected: "é"))
    #expect(try isTrue("exact:expected,normalize=nfc", "e\u{301}", expected: "é"))
    #expect(try isTrue("exact:expected,normalize=casefold", "STRASSE", expected: "Straße"))
    #expect(try isTrue("exact:expected,normalize=whitespace+trim", " a \n b", expected: "a\tb"))
    #expect(try isTrue("exact:value=42", "42"))
  }

  @Test func `a fence is removed only where the text is one fenced block`() throws {
    let scorer = "exact:expected,normalize=strip_fence"
    #expect(try isTrue(scorer, "```json\n{\"a\":1}\n```", expected: "{\"a\":1}"))
    #expect(try isTrue(scorer, "\n~~~\na\n\nb\n~~~~ \n", expected: "a\n\nb"))
    #expect(try isTrue(scorer, "x ```a```", expected: "x ```a```"))
    #expect(
      try isTrue(scorer, "```\na\n```\nb\n```\nc\n```", expected: "```\na\n```\nb\n```\nc\n```"))
    #expect(try isTrue(scorer, "```\na", expected: "```\na"))
    #expect(try isTrue(scorer, "````\n```\n````", expected: "```"))
  }

  @Test func `a list of reference answers accepts any of them`() throws {
    let cells: [DataText: String?] = ["output": "four", "expected:json": #"["4","four"]"#]
    #expect(try score("exact:expected", cells).value == .bool(true))
    #expect(try score("prefix:expected", cells).value == .bool(true))
    #expect(
      try score("contains:expected", ["output": "a 4", "expected:json": "4"]).value == .bool(true))
    #expect(try score("contains:value=z", cells).value == .bool(false))
    #expect(try !isTrue("prefix:expected", "xa", expected: "a"))
  }

  @Test func `an output or answer that is missing is a failure, not a score`() {
    #expect(
      fault { _ = try score("exact:expected", ["output": nil, "expected": "a"]) }.contains(
        "'output' is null"))
    #expect(
      fault { _ = try score("exact:expected", ["output": "a", "expected": nil]) }.contains(
        "no reference answer"))
    #expect(
      fault {
        _ = try score("exact:expected", ["output": nil, "error": "timeout", "expected": "a"])
      }
      .contains("the call failed"))
  }

  @Test func `the last number counts, by JSON's grammar`() throws {
    func number(_ text: String) throws -> Score.Value {
      try score("number", ["output": text]).value
    }
    #expect(try number("it is 3, no: -4.5e1.") == .number(-45))
    #expect(try number("10-5") == .number(5))
    #expect(try number("x -5") == .number(-5))
    #expect(try number("1,234.50") == .number(1234.5))
    #expect(try number("v05") == .number(5))
    #expect(try number("1.e3") == .number(3))
    #expect(fault { _ = try number("none, 1e999") }.contains("no number"))
    #expect(try isTrue("number:expected,abs=0.1", "about 3.05", expected: "3"))
    #expect(try !isTrue("number:expected,abs=0.01", "about 3.05", expected: "3"))
    #expect(try isTrue("number:expected,rel=0.02", "3.05", expected: "3"))
    #expect(try !isTrue("number:expected", "none", expected: "3"))
    #expect(try isTrue("number:value=2,at=/a/0", #"{"a":[2],"b":3}"#))
    #expect(try isTrue("number:value=2,at=/a,normalize=strip_fence", "```\n{\"a\":2}\n```"))
    #expect(try !isTrue("number:value=3,at=/a", #"{"a":"3"}"#))
  }

  @Test func `what follows regex is the pattern, commas and all`() throws {
    #expect(try isTrue("regex:^\\d{1,3}$", "12"))
    #expect(try isTrue("digits=regex:a=b,c", "a=b,c"))
    #expect(fault { _ = try score("regex:(a", [:]) }.contains("at character 1: a '(' has no ')'"))
  }

  @Test func `a scorer that cannot be applied is refused with what to write`() {
    func message(_ scorer: String) -> String { fault { _ = try score(scorer, [:]) } }
    #expect(message("exakt:a").contains("exact"))
    #expect(message("exact").contains("it needs 'expected'"))
    #expect(message("exact:a,value=b").contains("two reference answers"))
    #expect(message("exact:a,normalise=trim").contains("normalize"))
    #expect(message("exact:a,normalize=strip").contains("strip_fence"))
    #expect(message("number:a,abs=x").contains("'abs' takes a number"))
    #expect(message("number:abs=1").contains("distances"))
    #expect(message("number:a,at=b").contains("JSON pointer"))
    #expect(message("a b=exact:a").contains("the name of a scorer"))
    #expect(message("json_schema:nothing.json").contains("not JSON"))
    #expect(fault { _ = try ScorerDocument(.array([])) }.contains("the types are"))
    #expect(
      fault { _ = try ScorerDocument(.array(["json_valid", "json_valid"].map { .string($0) })) }
        .contains("two scorers"))
    #expect(
      fault { _ = try ScorerDocument(["schema": .string("scorers/2"), "scorers": []]) }
        .contains("scorers/1"))
    #expect(
      fault { _ = try score(json: #"{"type":"exact","expected":"a","x":1}"#, [:]) }.contains(
        "no option 'x'"))
  }

  @Test func `a digest is of the configuration, however it is written`() throws {
    func digest(_ json: String) throws -> Digest {
      try ScorerDocument(.array([try JSON(parsing: Array(json.utf8))])).measures[0].identity.digest
    }
    let one = try digest(#"{"type":"number","expected":"a","abs":0.10}"#)
    #expect(try digest(#"{"abs":1e-1,"name":"other","expected":"a","type":"number"}"#) == one)
    #expect(try digest(#"{"type":"number","expected":"a","abs":0.2}"#) != one)
    let short = try ScorerDocument(.array([.string("n=number:a,abs=0.1")])).measures[0].identity
    #expect(short.digest == one && short.name == "n" && short.version == 2)
  }

  @Test func `white space around, and folding both, change no verdict`() throws {
    var random = SeededGenerator(seed: 5)
    let letters = ["a", "B", "ß", "é", "e\u{301}", " ", "\u{2003}", "ı", "İ", "Σ", "ς", "ﬁ"]
    func text() -> String {
      (0..<5).map { _ in letters.randomElement(using: &random) ?? "a" }.joined()
    }
    for _ in 0..<300 {
      let (one, two) = (text(), text())
      let scorer = "exact:expected,normalize=nfc+casefold+whitespace+trim"
      let isEqual = try isTrue(scorer, one, expected: two)
      #expect(try isTrue(scorer, two, expected: one) == isEqual)
      #expect(try isTrue(scorer, "  \n" + one + " ", expected: two) == isEqual)
      #expect(try isTrue(scorer, one, expected: one))
      if try isTrue("exact:expected", one, expected: two) { #expect(isEqual) }
    }
  }
}
