import Foundation
import Testing

/// Comparisons and gates as CI runs them.
@Suite(.bothDoors) struct CompareTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    for (name, share) in [("base", 4), ("good", 40), ("bad", 2)] {
      let rows = (1...200).map { id in
        #"{"id":"q\#(id)","model":"\#(name)","success":\#(id % share == 0 ? 0 : 1),"usd":0.0\#(id % 7 + 1)}"#
      }
      try place.write(rows.joined(separator: "\n") + "\n", as: "\(name).jsonl")
      try place.run("push", name, "\(name).jsonl", "--key", "id")
    }
  }

  @Test func `a gate that passes is 0, one that fails 1, and one that cannot tell 2`() throws {
    let passed = try place.run("compare", "base", "good", "--gate", "success >= -2pp")
    #expect(passed.status == 0, "\(passed.error)")
    #expect(passed.output.contains("gate success >= -2pp: passed"))
    #expect(passed.output.contains("success: better, 75.0 % → 97.5 %"))
    #expect(try place.run("compare", "base", "bad", "--gate", "success >= -2pp").status == 1)
    let few = try place.run(
      "compare", "base", "good", "--gate", "success >= -2pp", "--where", "id IN ('q1', 'q2')")
    #expect(few.status == 2 && few.output.contains("NOT ENOUGH DATA"))
    #expect(try place.run("compare", "base", "bad").status == 0)
    #expect(try place.run("compare", "base", "none").status == 66)
    #expect(try place.run("compare", "base").status == 64)
    #expect(try place.run("compare", "base", "bad", "--gate", "success").status == 64)
    #expect(try place.run("compare", "base", "bad", "--role", "sucess=usd").status == 64)
  }

  @Test func `a pull request gets Markdown, CI gets JUnit, machines get JSON`() throws {
    let markdown = try place.run(
      "compare", "base", "good", "bad", "--gate", "success >= -2pp", "--format", "markdown")
    #expect(markdown.status == 1 && markdown.output.hasPrefix("### good@1, bad@1 against base@1"))
    let junit = try place.run(
      "compare", "base", "bad", "--gate", "success >= -2pp", "--format", "junit")
    #expect(junit.status == 1 && junit.output.contains("<failure message="))
    let json = try Workplace.object(
      try place.run("compare", "base", "good", "--higher", "usd", "--json").output)
    #expect(json["format"] == "assay.comparison/2")
    #expect(json["pairs"]?[0]?["metrics"]?[0]?["ties"] == 200)
  }

  @Test func `a comparison is kept, and computed again to the byte`() throws {
    let kept = try place.run(
      "compare", "base", "good", "--save", "verdicts", "--message", "why", "--json")
    #expect(try Workplace.object(kept.output)["saved"] == "verdicts@1")
    let again = try place.run("verify", "comparison", "verdicts@1")
    #expect(again.status == 0, "\(again.error)")
    #expect(again.output == "verdicts@1 computed again: the same bytes\n")
    #expect(try place.run("verify").status == 0)
    #expect(try place.run("verify", "comparison", "base").status == 64)
    let document = try Workplace.object(try place.run("pull", "verdicts").output)["document"]
    #expect(document?["items"]?["count"] == 200)
  }

  @Test func `gates are registered before the run, and hold for its items alone`() throws {
    let made = try place.run(
      "gate", "create", "bar", "--on", "base", "--gate", "success >= -2pp", "--message", "fixed")
    #expect(made.status == 0 && made.output.hasPrefix("bar@1  200 items of base@1\n"))
    #expect(try place.run("gate", "show", "bar").output == made.output)
    #expect(try place.run("gate", "ls").lines.last?.hasPrefix("bar@1: success >= -2pp") == true)
    #expect(try place.run("compare", "base", "good", "--registered", "bar").status == 0)
    #expect(try place.run("compare", "base", "bad", "--registered", "bar").status == 1)
    let moved = try place.run(
      "compare", "base", "bad", "--registered", "bar", "--gate", "success >= -90pp")
    #expect(moved.status == 64)
    try place.shell("head -n 150 bad.jsonl > some.jsonl")
    try place.run("push", "bad", "some.jsonl")
    let other = try place.run("compare", "base", "bad", "--registered", "bar")
    #expect(other.status == 75 && other.error.contains("of 200, 50 are lacking"))
  }

  @Test func `models of one table are compared by a column`() throws {
    try place.shell("cat base.jsonl good.jsonl bad.jsonl > all.jsonl")
    try place.run("push", "all", "all.jsonl", "--key", "id,model")
    let some = try place.run("compare", "all", "--by", "model", "bad", "good")
    #expect(some.output.hasPrefix("good against bad, 200 items\n"))
    let all = try place.run("compare", "all", "--by", "model")
    #expect(all.output.hasPrefix("good, bad against base, 200 items\n"))
    #expect(try place.run("compare", "all", "--by", "model", "worst", "good").status == 64)
  }
}
