import Model
import Scoring
import Testing

@Suite struct ChecksTests {
  private func checks(_ list: String, _ cells: [DataText: String?] = ["output": "Paris, 42"]) throws
    -> Score
  {
    try score("checks", cells.merging(["checks:json": list]) { $1 })
  }

  @Test func `a row succeeds when all its checks hold, and the failed ones are named`() throws {
    #expect(
      try checks(#"["contains:value=Paris", {"type":"number","value":42}]"#).value == .bool(true))
    let failed = try checks(
      #"["contains:value=Rome", "city=regex:^P", {"name":"json","type":"json_valid"}]"#)
    #expect(failed.value == .bool(false) && failed.detail == "failed: contains, json")
  }

  @Test func `an amount is checked against its bounds`() throws {
    #expect(try checks(#"[{"type":"number","min":40,"max":42}]"#).value == .bool(true))
    #expect(try checks(#"[{"type":"chrf","value":"Paris","min":90}]"#).value == .bool(false))
    #expect(fault { _ = try checks(#"["number"]"#) }.contains("neither 'min' nor 'max'"))
    let paris = #"{"type":"contains","value":"Paris""#
    #expect(try checks("[\(paris),\"min\":1}]").value == .bool(true))
    #expect(try checks("[\(paris),\"max\":0}]").value == .bool(false))
  }

  @Test func `a check that cannot be scored is a failure, unless another one fails`() throws {
    let list = #"["exact:answer", "contains:value=Paris"]"#
    #expect(fault { _ = try checks(list) }.contains("the check 'exact'"))
    let failed = try checks(#"["exact:answer", "contains:value=Rome"]"#)
    #expect(failed.value == .bool(false) && failed.detail == "failed: contains")
    #expect(try checks(list, ["output": "Paris", "answer": "Paris"]).value == .bool(true))
  }

  @Test(arguments: [
    ("7", "not a list"), ("[]", "not a list"), (#"["exakt:a"]"#, "exact"),
    (#"["checks"]"#, "itself"),
    (#"["frechet:a,b"]"#, "one output"), (#"[{"type":"number","min":"x"}]"#, "not a number"),
    (#"["json_schema:schema.json"]"#, "file"),
  ])
  func `checks that cannot be used are a failure to score`(list: String, what: String) {
    #expect(fault { _ = try checks(list) }.contains(what))
  }

  @Test func `the score is called success, and says which columns its checks read`() throws {
    let measure = try ScorerDocument(.array([.string("checks")])).measures[0]
    #expect(measure.identity.name == "success")
    let columns = ScoredColumns(
      count: 2, ["checks": .init([#"["exact:answer"]"#, "no list"], isText: false)])
    let further = measure.furtherColumns(columns)
    #expect(further.optional == ["answer", "output"] && further.references == ["answer"])
  }
}
