import Foundation
import TestSupport
import Testing

/// From measurements to rules, their trial, their life and their end, as a team does it.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct RulesFromDataTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    for (name, ids) in [("train", 0..<300), ("test", 300..<600)] {
      var rows = ""
      for id in ids {
        let topic = id % 2 == 0 ? "code" : "chat"
        for model in ["big", "small"] {
          let isWrong = model == "small" && topic == "code" ? id % 4 == 0 : id % 50 == 1
          let cost = model == "big" ? 40 + id % 9 : 4 + id % 5
          rows += #"{"id":\#(id),"model":"\#(model)","topic":"\#(topic)","#
          rows += #""success":\#(isWrong ? 0 : 1),"usd":\#(cost)}"# + "\n"
        }
      }
      try place.write(rows, as: "\(name).jsonl")
      try place.run("push", name, "\(name).jsonl", "--key", "id,model", "--kind", "outputs")
    }
  }

  @Test func `measurements become rules, which are tried, deployed and taken back`() throws {
    let draft = try place.run(
      "router", "suggest", "chat", "--on", "train", "--slice", "topic", "--objective",
      "min cost s.t. success >= -5pp", "--holdout", "test", "-o", "rules.json")
    #expect(draft.status == 0, "\(draft.error)")
    #expect(draft.output.contains("1 of 2 slices left the default; 2 tests counted in (Holm)"))
    #expect(try place.run("router", "push", "chat", "rules.json").status == 0)
    #expect(try place.run("router", "deploy", "chat@1").status == 75, "its gates are not met")
    let trial = try place.run("router", "backtest", "chat@1", "--save", "trials")
    #expect(trial.status == 0, "\(trial.output)\(trial.error)")
    for line in [
      "gates: PASSED", "gate success >= -5pp: passed", "decided otherwise: 150/300 (50.0 %)",
      "What this many items cannot show", "kept as trials@1",
    ] { #expect(trial.output.contains(line), "\(line)") }
    let again = try place.run("router", "backtest", "chat@1", "--save", "trials", "--json")
    #expect(again.output.contains(#""saved":"trials@1""#))
    #expect(try place.run("router", "deploy", "chat@1", "--backtest", "trials").status == 0)
    let live = try place.run("router", "backtest", "chat@1")
    #expect(live.status == 64 && live.error.contains("chat@1 is live already"), "\(live.error)")
  }

  @Test func `rules are drafted from a report that was kept as they are from its rows`() throws {
    let objective = ["--objective", "min cost s.t. success >= -5pp", "--json"]
    func suggest(_ flags: String...) throws -> Workplace.Outcome {
      try place.run(all: ["router", "suggest", "chat"] + flags + objective)
    }
    let kept = try place.run(
      "report", "train", "--by", "model", "--slice", "topic", "--save", "bakeoff")
    #expect(kept.status == 0, "\(kept.error)")
    let drafted = try suggest("--from", "bakeoff", "-o", "rules.json")
    #expect(drafted.status == 0, "\(drafted.error)")
    let plain = try suggest("--on", "train@1", "--slice", "topic")
    let (left, right) = (
      try Workplace.object(drafted.output), try Workplace.object(plain.output)
    )
    for member in ["document", "rules", "slices", "source", "fallback"] {
      #expect(left[member] == right[member] && left[member] != nil, "\(member)")
    }
    guard case .object(let asked)? = left["request"] else {
      Issue.record("it says what was asked for")
      return
    }
    #expect(asked["from"] == "bakeoff@1" && asked["on"] == "train@1")
    #expect(asked["slice"] == "topic")
    #expect(try place.run("router", "push", "chat", "rules.json").status == 0)
    let trial = try place.run("router", "backtest", "chat@1", "--on", "test")
    #expect(trial.status == 0 && trial.output.contains("decided otherwise: 150/300"))

    let both = try suggest("--from", "bakeoff", "--on", "train")
    #expect(both.status == 64 && both.error.contains("not both"))
    let none = try suggest("--slice", "topic")
    #expect(none.status == 64 && none.error.contains("--on, or a report of them with --from"))
    let rows = try suggest("--from", "train")
    #expect(rows.status == 64 && rows.error.contains("train@1"), "\(rows.error)")
    #expect(try suggest("--from", "nothing").status == 66)
    // A report without slices does not tell which column to look at.
    try place.run("report", "train", "--by", "model", "--save", "plain")
    let unsliced = try suggest("--from", "plain")
    #expect(unsliced.status == 64 && unsliced.error.contains("--slice"), "\(unsliced.error)")
  }

  @Test func `rules that lose too much fail, and few rows cannot tell`() throws {
    let rules = """
      {"schema":"route.rules/1","route":"chat","targets":{"big":{"provider":"p","model":"big"},\
      "small":{"provider":"p","model":"small"}},"rules":[{"name":"all","serve":{"target":"small"}}],\
      "default":{"target":"big"},"gates":{"backtest":{"dataset":"test","min_coverage_percent":95,\
      "non_inferiority":[{"metric":"success","margin_ppm":20000,"alpha_ppm":25000}]}}}
      """
    try place.write(rules, as: "rules.json")
    try place.run("router", "push", "chat", "rules.json")
    let bad = try place.run("router", "backtest", "chat@1")
    #expect(bad.status == 1 && bad.output.contains("gate success >= -2pp: FAILED"))
    let few = try place.run("router", "backtest", "chat@1", "--where", "id < 304")
    #expect(few.status == 2 && few.output.contains("NOT ENOUGH DATA"))
    #expect(try place.run("router", "backtest", "chat@1", "--on", "none").status == 66)
    #expect(try place.run("router", "backtest", "test").status == 64)
    #expect(try place.run("router", "backtest", "chat", "--map", "x").status == 64)
  }
}
