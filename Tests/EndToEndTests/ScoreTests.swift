import Foundation
import TestSupport
import Testing

/// Scores of stored outputs, by the command.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct ScoreTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.write(
      """
      {"id":"q1","answer":"Paris","checks":["contains:value=Paris"]}
      {"id":"q2","answer":"4","checks":[{"type":"number","value":4},"regex:^[0-9]+$"]}
      """, as: "questions.jsonl")
    try place.write(
      """
      {"item":"q1","model":"a","output":"Paris"}
      {"item":"q1","model":"b","output":"paris"}
      {"item":"q2","model":"a","output":"4"}
      {"item":"q2","model":"b","output":null,"error":"timeout"}
      """, as: "answers.jsonl")
    try #require(
      try place.run("push", "questions", "questions.jsonl", "--key", "id", "--kind", "inputs")
        .status == 0)
    try #require(
      try place.run(
        "push", "triage", "answers.jsonl", "--key", "item,model", "--kind", "outputs", "--from",
        "questions@1"
      ).status == 0)
  }

  @Test func `scores are printed by model, saved, and not saved twice`() throws {
    let scored = try place.run("score", "triage", "--scorer", "exact:answer")
    #expect(scored.status == 0, "\(scored.error)")
    #expect(scored.lines.first == "triage.scores@1  4 rows  of triage@1")
    #expect(
      scored.lines.dropFirst() == [
        "scorer  model  scored  errors     mean", "exact   a           2       0  100.0 %",
        "exact   b           1       1    0.0 %",
        "exact: 1 not scored: there is no output: the call failed",
      ])
    let again = try place.run("score", "triage@1", "--scorer", "exact:answer")
    #expect(again.status == 0 && again.lines.first == "unchanged: triage.scores@1")
    let log = try place.run("log", "triage.scores")
    #expect(log.status == 0 && log.output.contains("triage.scores@1"))
  }

  @Test func `a file of scorers and JSON are for machines`() throws {
    try place.write(
      #"{"schema":"scorers/1","scorers":[{"name":"folded","type":"exact","expected":"answer","normalize":["casefold"]}]}"#,
      as: "scorers.json")
    try place.write(#"{"type":"integer"}"#, as: "schema.json")
    let scored = try place.run(
      "score", "triage", "--scorers", "scorers.json", "--scorer", "json_schema:schema.json",
      "--json")
    #expect(scored.status == 0, "\(scored.error)")
    let object = try Workplace.object(scored.output)
    #expect(object["isNew"] == .bool(true) && object["source"] == .text("triage@1"))
    #expect(object["summaries"]?[0]?["scorer"] == .text("folded"))
    #expect(object["summaries"]?[1]?["scored"] == .integer(1))
    let rows = try Workplace.rows(
      try place.run(
        "pull", "triage.scores", "--format", "jsonl", "--where", "scorer = 'json_schema'"
      ).output)
    #expect(rows.count == 4 && rows.compactMap { $0["value"]?.number } == [0, 0, 1])
    #expect(Set(rows.compactMap { $0["digest"]?.string }).count == 1)
  }

  @Test func `checks of the inputs make a success of each output`() throws {
    let scored = try place.run("score", "triage", "--scorer", "checks")
    #expect(scored.status == 0, "\(scored.error)")
    #expect(scored.lines[2] == "success  a           2       0  100.0 %")
    let rows = try Workplace.rows(
      try place.run("pull", "triage.scores", "--format", "jsonl", "--where", "value = 0").output)
    #expect(rows.compactMap { $0["detail"]?.string } == ["failed: contains"])
  }

  @Test func `a set has one value with an interval`() throws {
    let scored = try place.run("score", "triage", "--scorer", "chrf:answer,scope=set", "--json")
    #expect(scored.status == 0, "\(scored.error)")
    let summary = try Workplace.object(scored.output)["summaries"]?[0]
    #expect(summary?["scorer"] == .text("corpus_chrf") && summary?["mean"]?.number == 100)
    #expect(summary?["set"]?["lower"]?.number == 100)
  }

  @Test func `comparing commands take the newest scores, and say which`() throws {
    try #require(try place.run("score", "triage", "--scorer", "exact:answer").status == 0)
    let compared = try place.run("compare", "triage", "--by", "model", "--save", "verdicts")
    #expect(compared.status == 0, "\(compared.error)")
    #expect(compared.lines.contains("scores: triage.scores@1, newest"), "\(compared.output)")
    #expect(compared.output.contains("b: exact: 1 outputs that could not be scored"))
    let report = try place.run("report", "triage", "--by", "model")
    #expect(report.status == 0 && report.lines.contains("scores: triage.scores@1, newest"))
    #expect(report.output.contains("b, exact: 1 outputs that could not be scored"))
    try #require(
      try place.run("score", "triage", "--scorer", "exact:answer,normalize=casefold").status == 0)
    let verified = try place.run("verify", "comparison", "verdicts")
    #expect(verified.status == 0, "\(verified.output)")
    let named = try place.run(
      "trend", "triage", "--metric", "exact", "--scores", "triage.scores@1")
    #expect(named.status == 0 && named.lines.last == "scores: triage.scores@1")
    let newest = try place.run("trend", "triage", "--metric", "exact")
    #expect(newest.lines.last == "scores: triage.scores@2, newest")
    let none = try place.run("trend", "triage", "--metric", "exact", "--scores", "none")
    #expect(none.status == 64 && none.error.contains("no version of triage has a column 'exact'"))
  }

  @Test(arguments: [
    (["score", "triage"], "name a scorer"),
    (["score", "triage", "--scorer", "exakt:answer"], "did you mean exact"),
    (["score", "triage", "--scorer", "exact:anwser"], "answer"),
    (["score", "triage", "--scorer", "json_schema:none.json"], "none.json cannot be read"),
    (["score", "triage", "--scorer", "regex:(?=a)"], "lookahead"),
    (["score", "triage", "--scorers", "answers.jsonl"], "not JSON"),
    (["score", "nothing", "--scorer", "json_valid"], "nothing"),
    (["score", "triage", "--scorer", "json_valid", "--into", "questions"], "--into"),
  ])
  func `what cannot be scored is refused with what to do`(arguments: [String], text: String) throws
  {
    let refused = try place.run(all: arguments)
    #expect(refused.status != 0 && refused.error.contains(text), "\(refused.error)")
  }
}
