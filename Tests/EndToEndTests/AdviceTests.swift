import Foundation
import TestSupport
import Testing

/// The words of commands for who uses them for the first time.
@Suite(.tags(.slow), .unlessFast) struct AdviceTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    var rows = ""
    for id in 0..<60 {
      for model in ["large", "small"] {
        rows +=
          #"{"id":\#(id),"model":"\#(model)","task":"\#(id % 2 == 0 ? "chat" : "code")","#
          + #""win":\#(id % 7 != 0),"usd":\#(model == "large" ? 0.01 : 0.001),"output":"yes"}"#
          + "\n"
      }
    }
    try place.write(rows, as: "rows.jsonl")
    try #require(try place.run("push", "rows", "rows.jsonl", "--key", "id,model").status == 0)
  }

  @Test func `a saved comparison is shown by its name, and written as a page`() throws {
    let flags = ["compare", "rows", "--by", "model", "--higher", "win"]
    let made = try place.run(all: flags + ["--save", "kept"])
    #expect(made.status == 0, "\(made.error)")
    let shown = try place.run("compare", "kept")
    #expect(shown.status == 0 && made.output == shown.output + "\nkept as kept@1\n")
    let page = try place.run(all: flags + ["-o", "page.html"])
    #expect(page.status == 0 && page.output.isEmpty, "\(page.error)")
    let text = try place.text("page.html")
    #expect(text.hasPrefix("<!doctype html>") && text.hasSuffix("</html>\n"))
    #expect(text.contains("rows@1"))
    let refused = try place.run("compare", "rows")
    #expect(refused.status == 64 && refused.error.contains("--by COLUMN"))
    for command in [["compare", "kept"], ["report", "rows", "--by", "model"]] {
      let pdf = try place.run(all: command + ["-o", "page.pdf"])
      #expect(pdf.status == 64 && pdf.error.contains("no files .pdf"), "\(pdf.error)")
    }
  }

  @Test func `gates register the items of arms, and say what a comparison will lack`() throws {
    let made = try place.run("gate", "create", "bar", "--on", "rows", "--gate", "wins >= -2pp")
    #expect(made.status == 0, "\(made.error)")
    #expect(made.lines.contains("key    id,model"))
    #expect(made.output.contains("did you mean win?"), "\(made.output)")
    #expect(made.output.contains("register with --by model"))
    let refused = try place.run("compare", "rows", "--by", "model", "--registered", "bar")
    #expect(refused.status == 75 && refused.error.contains("--by model'"), "\(refused.error)")
    let other = try place.run(
      "gate", "create", "bar", "--on", "rows", "--by", "model", "--gate", "win >= -2pp")
    #expect(other.lines.contains("key    id") && !other.output.contains("note"))
    let passed = try place.run("compare", "rows", "--by", "model", "--registered", "bar")
    #expect(passed.status != 75 && passed.error.isEmpty, "\(passed.error)")
  }

  @Test func `an objective takes a column's own name, and says which word is wrong`() throws {
    func suggest(_ objective: String) throws -> Workplace.Outcome {
      try place.run(
        "router", "suggest", "r", "--on", "rows", "--slice", "task", "--role", "success=win",
        "--role", "cost=usd", "--objective", objective)
    }
    let named = try suggest("min usd s.t. win >= -20pp")
    #expect(named.status == 0, "\(named.error)")
    for (objective, advice) in [
      ("min costs s.t. success >= -1pp", "there is no measure 'costs'; did you mean cost?"),
      ("max cost s.t. success >= -1pp", "less of 'cost' is better"),
      ("min cost s.t. success <= -1pp", "is written >="),
      ("min cost s.t. success >= -1%", "is in pp"),
    ] {
      let outcome = try suggest(objective)
      #expect(outcome.status == 64 && outcome.error.contains(advice), "\(outcome.error)")
    }
  }

  @Test func `rules that are live are not compared with themselves`() throws {
    let rules = """
      {"schema":"route.rules/1","route":"r","targets":{"large":{"provider":"p","model":"large"}},\
      "rules":[],"default":{"target":"large"}}
      """
    try place.write(rules, as: "rules.json")
    try #require(try place.run("router", "push", "r", "rules.json").status == 0)
    try #require(try place.run("router", "deploy", "r@1").status == 0)
    let refused = try place.run("router", "backtest", "r@1", "--on", "rows")
    #expect(refused.status == 64 && refused.error.contains("--active"), "\(refused.error)")
    #expect(refused.error.contains("is live already"))
  }

  @Test func `prices say which columns they lack, and equal content which kind it keeps`() throws {
    try place.write("{\"model\":\"m\",\"price\":3}\n", as: "prices.jsonl")
    try #require(try place.run("push", "prices", "prices.jsonl", "--key", "model").status == 0)
    let again = try place.run("push", "prices", "prices.jsonl", "--kind", "prices")
    #expect(again.status == 77 && again.error.contains("of kind results and keeps it"))
    let metrics = try place.run("push", "prices", "prices.jsonl", "--kind", "metrics")
    #expect(metrics.error.contains("stays of kind results"), "\(metrics.error)")
    let lacking = try place.run(
      "push", "mine", "prices.jsonl", "--key", "model", "--kind", "prices")
    #expect(lacking.status == 65, "\(lacking.output)")
    #expect(lacking.error.contains("lacks the column provider, unit, pusd_per_unit, from"))
    try place.write(#"{"m":{"litellm_provider":"p","input_cost_per_token":1e-6}}"#, as: "t.json")
    try place.write(
      #"{"provider":"p","model":"m","unit":"input","pusd_per_unit":9,"from":"2026-01-01"}"#
        + "\n", as: "own.jsonl")
    try #require(
      try place.run(
        "push", "own", "own.jsonl", "--key", "provider,model,unit,from", "--kind", "prices",
        "--types", "from=timestamp"
      ).status == 0)
    let merged = try place.run("prices", "import", "t.json", "--into", "own")
    #expect(merged.status == 0, "\(merged.error)")
  }

  @Test func `scores of an older version, and other scorers of a name, are said`() throws {
    func score(_ reference: String, _ scorer: String) throws -> Workplace.Outcome {
      let outcome = try place.run("score", reference, "--scorer", scorer)
      #expect(outcome.status == 0, "\(outcome.error)")
      return outcome
    }
    try place.write(
      try place.text("rows.jsonl").replacing("\"output\":\"yes\"", with: "\"output\":\"no\""),
      as: "rows.jsonl")
    try #require(try place.run("push", "rows", "rows.jsonl").status == 0)
    #expect(try score("rows@2", "contains:value=yes").error.isEmpty)
    let older = try score("rows@1", "contains:value=yes")
    #expect(older.error.contains("the latest rows.scores is now of rows@1"), "\(older.error)")
    #expect(older.error.contains("those stay as rows.scores@1"))
    let other = try score("rows@1", "contains:value=no")
    #expect(other.error.contains("'contains' was of another configuration"), "\(other.error)")
  }

  @Test func `lists are written without spaces, and an index of pandas is named`() throws {
    let spaced = try place.run("compare", "rows", "--by", "model", "--higher", "win, usd")
    #expect(spaced.status == 64 && spaced.error.contains("without the spaces"), "\(spaced.error)")
    let key = try place.run("push", "again", "rows.jsonl", "--key", "id, model")
    #expect(key.status == 65 && key.error.contains("without the spaces"), "\(key.error)")
    try place.write("{\"id\":1,\"__index_level_0__\":0}\n", as: "frame.jsonl")
    let frame = try place.run("push", "frame", "frame.jsonl", "--key", "id")
    #expect(frame.status == 0 && frame.error.contains("index=False"), "\(frame.error)")
    let list = try place.run("ls", "--format", "json")
    #expect(list.status == 0 && list.lines.allSatisfy { $0.hasPrefix("{") })
  }
}
