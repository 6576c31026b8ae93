import Foundation
import TestSupport
import Testing

/// Comparisons and gates as CI runs them.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct CompareTests {
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
    #expect(json["format"] == "assay.comparison/3")
    #expect(json["pairs"]?[0]?["metrics"]?[0]?["ties"] == 200)
    // Names are a list.
    let two = try Workplace.object(
      try place.run("compare", "base", "good", "--higher", "usd,success", "--json").output)
    #expect(two["request"]?["options"]?["higher"]?[1] == "success")
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
    #expect(other.status == 75 && other.error.contains("of 200, by the key id, 50 are lacking"))
  }

  @Test func `with unequal attempts the arms say what the difference says`() throws {
    let faults = Workplace.package.appending(path: "Tests/Fixtures/faults")
    for run in 1...2 {
      let file = faults.appending(path: "17-repeats-\(run).jsonl").path
      try place.run("push", "d", file, "--key", "id,attempt")
    }
    for flags in [[], ["--repeat", "attempt"]] {
      let done = try place.run(all: ["compare", "d@1", "d@2"] + flags)
      #expect(
        done.lines.first == "d@2 against d@1, 30 items, each the mean of its attempts "
          + "(column attempt)")
      #expect(done.output.contains("success: no difference shown, 34.4 % → 33.9 %, by −0.6 pp"))
      #expect(done.lines.contains { $0.hasPrefix("  d@1  73    34.4 % [") })
      #expect(done.lines.contains { $0.hasPrefix("  d@2  75    33.9 % [") })
      #expect(done.lines.contains { $0.contains("d@2: attempts: ") && $0.contains("fewer than") })
    }
    // Unequal attempts may be lost ones: a gate asks.
    let gate = ["compare", "d@1", "d@2", "--gate", "success >= -30pp"]
    #expect(try place.run(all: gate).status == 2)
    #expect(try place.run(all: gate + ["--missing", "ignore"]).status == 0)
    let trend = try place.run("trend", "d", "--metric", "success")
    #expect(trend.lines.first?.hasSuffix("each the mean of its attempts (column attempt)") == true)
    #expect(trend.output.contains("0.3444") && trend.output.contains("0.3389"))
    let moved = try place.run(
      "bisect", "d", "--metric", "success", "--good", "1", "--bad", "2")
    #expect(moved.lines.first?.contains("(column attempt)") == true, "\(moved.error)")
  }

  @Test func `a limit is about the run itself, a change about the base`() throws {
    func rows(_ name: String, _ latency: Int) throws {
      let lines = (1...120).map { id in
        #"{"id":\#(id),"latency_ms":\#(latency + id % 9),"success":\#(id % 9 == 0 ? 0 : 1)}"# + "\n"
      }
      try place.write(lines.joined(), as: "\(name).jsonl")
      try place.run("push", name, "\(name).jsonl", "--key", "id")
    }
    try rows("fast", 438)
    try rows("slow", 629)
    func gate(_ text: String, _ more: String...) throws -> Workplace.Outcome {
      try place.run(all: ["compare", "fast", "slow", "--gate", text] + more)
    }
    let limit = try gate("latency_ms <= 500")
    #expect(limit.status == 1 && limit.lines[1].contains("FAILED, value 633"))
    #expect(try gate("latency_ms <= +500").status == 0)
    let undecided = try gate("success >= 88%")
    #expect(undecided.status == 2 && undecided.lines[1].hasSuffix("items would decide"))
    for wrong in ["success >= 0", "success >= 3", "latency_ms <= 0", "latency_p95 <= 20%"] {
      #expect(try gate(wrong).status == 64, "\(wrong)")
    }
    let early = try place.run("gate", "create", "bar", "--on", "fast", "--gate", "success >= 3")
    #expect(early.status == 64 && early.error.contains("between 0 and 1"))
    try place.shell("head -n 117 slow.jsonl > some.jsonl")
    try place.run("push", "slow", "some.jsonl")
    let part = try gate("latency_ms <= 900")
    #expect(part.status == 2 && part.output.contains("117 of 120 items of fast@1 are compared"))
    #expect(try gate("latency_ms <= 900", "--missing", "ignore").status == 0)
    #expect(try gate("latency_ms <= 900", "--missing", "fail").status == 1)
    #expect(try gate("latency_ms <= 900", "--gate", "items >= 95%").status == 0)
    // Registered with a share of the items, a run may lack some.
    try place.run(
      "gate", "create", "bar", "--on", "fast", "--gate", "items>=95%", "--gate",
      "latency_ms <= 900")
    #expect(try place.run("compare", "fast", "slow", "--registered", "bar").status == 0)
  }

  @Test func `a metric that is gone and a judge that changed are no silent pass`() throws {
    func run(_ name: String, _ metric: String, _ judge: String) throws {
      let lines = (1...60).map { id in
        #"{"id":\#(id),"\#(metric)":\#(id % 9 == 0 ? 0 : 1),"judge":"\#(judge)","cost":1}"# + "\n"
      }
      try place.write(lines.joined(), as: "\(name).jsonl")
      try place.run("push", "nightly", "\(name).jsonl", "--key", "id")
    }
    try run("one", "success", "j1")
    try run("two", "passed", "j1")
    try run("three", "success", "j2")
    let gone = try place.run("compare", "nightly@1", "nightly@2")
    #expect(gone.output.contains("\nnightly@2 has no column success; new there: passed\n"))
    let gate = ["--gate", "success >= -20pp"]
    #expect(try place.run(all: ["compare", "nightly@1", "nightly@2"] + gate).status == 2)
    let judged = try place.run(all: ["compare", "nightly@1", "nightly@3"] + gate)
    #expect(judged.status == 2 && judged.output.contains("--allow-change judge"))
    let allowed = try place.run(
      all: ["compare", "nightly@1", "nightly@3", "--allow-change", "judge"] + gate)
    #expect(allowed.status == 0, "\(allowed.output)")
    #expect(
      try place.run("compare", "nightly@1", "nightly@3", "--gate", "cost <= +0.5").status == 0)
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
