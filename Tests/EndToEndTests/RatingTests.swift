import Foundation
import TestSupport
import Testing

/// `assay rate` over a pipe, and what `assay ratings` says of it.
@Suite(.tags(.slow), .unlessFast) struct RatingTests {
  /// A store with the outputs of two models for so many items.
  private func place(items: Int = 6) throws -> Workplace {
    let place = try Workplace()
    var lines = ""
    for item in 1...items {
      for model in ["small", "large"] {
        lines +=
          #"{"id":"q\#(item)","model":"\#(model)","prompt":"Ask \#(item)?","output":"\#(model) says \#(item)"}"#
          + "\n"
      }
    }
    try place.write(lines, as: "outputs.jsonl")
    try #require(
      try place.run("push", "outputs", "outputs.jsonl", "--key", "id,model").status == 0)
    return place
  }

  private func rows(_ place: Workplace, _ dataset: String) throws -> [[String: JSONCell]] {
    try Workplace.rows(try place.run("pull", dataset).output)
  }

  @Test func `a sitting saves each answer, and the next one goes on where it ended`() throws {
    let place = try place()
    let first = try place.run(
      "rate", "outputs", "--by", "model", "--to", "votes", "--rater", "bob", input: "l\nright\nq\n")
    #expect(first.status == 0 && first.error == "", "\(first.error)")
    #expect(first.lines.last == "votes@2  +2  4 left")
    // Side by side at 80 columns, under what both have in common, and without a name.
    #expect(first.lines.contains { $0.contains("LEFT") && $0.contains("│") })
    #expect(first.lines.count { $0.hasPrefix("Ask ") } == 3)
    #expect(!first.output.contains("model"))
    // Answers end with the input as with q.
    let second = try place.run(
      "rate", "outputs", "--by", "model", "--to", "votes", "--rater", "bob", input: "t\n")
    #expect(second.lines.last == "votes@3  +1  3 left")
    let events = try rows(place, "votes")
    #expect(Set(events.compactMap { $0["item"]?.string }).count == 3)
    for event in events {
      #expect(event["rater"] == "bob" && event["kind"] == "preference" && event["seed"] == 1)
      #expect(event["source"] == "outputs@1" && event["a"] == "large" && event["b"] == "small")
    }
    #expect(events[0]["winner"] == events[0]["shown_left"])
    #expect(events[1]["winner"] != events[1]["shown_left"] && events[2]["winner"] == "tie")
    let rest = try place.run(
      "rate", "outputs", "--by", "model", "--to", "votes", "--rater", "bob", "--limit", "5",
      input: String(repeating: "l\n", count: 9))
    #expect(rest.lines.last == "votes@6  +3  0 left")
  }

  @Test func `undo corrects with a new event, skip leaves the item for another time`() throws {
    let place = try place()
    let done = try place.run(
      "rate", "outputs", "--by", "model", "--rater", "ann", input: "u\nl\nwhat\nu\nt\ns\nq\n")
    #expect(done.status == 0)
    #expect(
      done.error.contains("nothing to undo") && done.error.contains("'what' is not an answer"))
    #expect(done.lines.last == "outputs.ratings@2  +1  1 corrected  1 skipped  5 left")
    let events = try rows(place, "outputs.ratings")
    #expect(events.count == 2 && events[1]["corrects"] == events[0]["rating"])
    #expect(events[1]["winner"] == "tie" && events[1]["item"] == events[0]["item"])
    #expect(events[1]["reason"] == "changed by the rater")
  }

  @Test func `a skip that is taken back is none`() throws {
    let done = try place().run(
      "rate", "outputs", "--by", "model", "--rater", "ann", input: "s\nu\nl\nq\n")
    #expect(done.lines.last == "outputs.ratings@1  +1  5 left")
  }

  @Test func `a rating in a file that breaks a rule is named by its line`() throws {
    let place = try Workplace()
    let event = #""kind":"score","item":"1","rater":"ann","value":1"#
    try place.write(
      "{\"rating\":\"a\",\"at\":\"2026-10-01T00:00:00Z\",\(event)}\n\n{\"rating\":\"b\",\(event)}\n",
      as: "r.jsonl")
    let pushed = try place.run("push", "votes", "r.jsonl", "--kind", "ratings")
    #expect(pushed.status == 65 && pushed.error.contains("r.jsonl:3: at is missing"))
  }

  @Test func `scores and labels are given one output at a time`() throws {
    let place = try place(items: 2)
    let scores = try place.run(
      "rate", "outputs", "--by", "model", "--score", "--rater", "ann", "--rubric", "tone",
      input: "5\n6\n1\n")
    #expect(scores.lines.last == "outputs.ratings@2  +2  2 left")
    #expect(scores.error.contains("'6' is not an answer"))
    let labels = try place.run(
      "rate", "outputs", "--by", "model", "--labels", "good,bad", "--rater", "ann",
      input: "good\n2\n1\n1\n")
    #expect(labels.lines.last == "outputs.ratings@6  +4  0 left")
    let events = try rows(place, "outputs.ratings")
    #expect(events.prefix(2).map { $0["value"] } == [5, 1])
    #expect(events.dropFirst(2).map { $0["label"] } == ["good", "bad", "good", "good"])
    #expect(events[0]["rubric"] == "tone" && events[2]["rubric"] == "overall")
  }

  @Test func `tasks come as JSON too, blinded`() throws {
    let place = try place(items: 2)
    let done = try place.run(
      "rate", "outputs", "--by", "model", "--rater", "ann", "--json", input: "l\nl\n")
    #expect(done.lines.count == 3 && done.status == 0)
    let task = try #require(try Workplace.object(done.lines[0])["task"])
    #expect(task["kind"] == "preference" && task["task"] != nil && task["a"] == nil)
    let summary = try Workplace.object(done.lines[2])
    #expect(summary["rated"] == 2 && summary["remaining"] == 0)
    #expect(summary["version"] == "outputs.ratings@2")
  }

  @Test func `pictures are shown as files whose names say nothing`() throws {
    let place = try Workplace()
    var lines = ""
    for item in 1...2 {
      for model in ["gpt-5", "claude"] {
        try place.write("\(model) draws \(item)", as: "\(model)-\(item).txt")
        lines +=
          #"{"id":\#(item),"model":"\#(model)","output":"\#(model)-\#(item).txt"}"# + "\n"
      }
    }
    try place.write(lines, as: "outputs.jsonl")
    try #require(
      try place.run("push", "outputs", "outputs.jsonl", "--key", "id,model", "--files", "output")
        .status == 0)
    for flags in [["--by", "model"], ["--score"], ["--labels", "good,bad"]] {
      let line = flags.joined(separator: " ")
      for json in ["", " --json"] {
        let done = try place.shell("assay rate outputs \(line)\(json) --rater ann < /dev/null")
        #expect(done.status == 0, "\(done.error)")
        #expect(done.output.contains("/1-"), "\(done.output)")
        for secret in ["gpt-5", "claude", "sha256"] {
          #expect(!done.output.contains(secret), "\(secret) in \(done.output)")
        }
      }
    }
    let rated = try place.shell(
      "printf 'l\\nr\\n' | assay rate outputs --by model --rater ann --to votes")
    #expect(rated.lines.last == "votes@2  +2  0 left", "\(rated.output) \(rated.error)")
  }

  @Test func `what cannot be rated is refused in words`() throws {
    let place = try place(items: 2)
    let cases: [([String], Int32, String)] = [
      (["outputs"], 64, "--by"), (["outputs", "--by", "modle"], 64, "model"),
      (["outputs", "--by", "model", "--arms", "small,huge"], 66, "huge"),
      (["outputs", "--by", "model", "--columns", "model"], 64, "must not see"),
      (["outputs", "--by", "model", "--item", "prompt", "--to", "outputs"], 64, "kind"),
      (["nothing", "--by", "model"], 66, "nothing"),
      (["outputs", "--score", "--labels", "a,b"], 64, "take one"),
      (["outputs", "--by", "model", "--labels", "a"], 64, "two to nine"),
    ]
    for (arguments, status, words) in cases {
      let line = arguments.map { "'\($0)'" }.joined(separator: " ")
      let done = try place.shell("assay rate \(line) < /dev/null")
      #expect(done.status == status && done.error.contains(words), "\(line): \(done.error)")
    }
  }

  @Test func `a report tells agreement and strengths as text, Markdown and JSON`() throws {
    let place = try place(items: 12)
    for (rater, answers) in [("ann", "lrltlrrllrtl"), ("bob", "rrltllrllrrl")] {
      let input = answers.map { "\($0)\n" }.joined()
      try place.run("rate", "outputs", "--by", "model", "--rater", rater, input: input)
    }
    let text = try place.run("ratings", "outputs.ratings")
    #expect(text.status == 0)
    #expect(text.lines.first == "ratings outputs.ratings@24")
    for words in [
      "24 ratings of 12 items by 2 raters", "Bradley–Terry", "Krippendorff's α", "Cohen's κ",
      "left wins",
    ] { #expect(text.output.contains(words), "\(words)\n\(text.output)") }
    let markdown = try place.run("ratings", "outputs.ratings", "--format", "markdown")
    #expect(markdown.output.contains("| rater | and |"))
    let json = try Workplace.object(
      try place.run("ratings", "outputs.ratings", "--json", "--anchor", "small").output)
    #expect(json["events"] == 24 && json["version"] == "outputs.ratings@24")
    #expect(try place.run("ratings", "outputs").status == 64)
    #expect(try place.run("ratings", "outputs.ratings", "--anchor", "huge").status == 66)
  }
}
