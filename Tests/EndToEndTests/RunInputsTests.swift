import Foundation
import TestSupport
import Testing

/// What runs send: samples, approved items, filler, loads; and calls of which nobody knows the end.
@Suite(.tags(.slow), .unlessFast) struct RunInputsTests {
  /// A workplace with inputs of two tasks and a provider that counts its calls.
  private func workplace(items: Int = 4, program: String = "") throws -> Workplace {
    let place = try Workplace()
    let rows = (1...items).map {
      #"{"id":"i\#($0)","text":"question \#($0) of \#($0 * 7) and \#($0 * 13)","task":"\#($0 % 3 == 0 ? "b" : "a")"}"#
    }
    try place.write(rows.joined(separator: "\n") + "\n", as: "in.jsonl")
    try #require(
      try place.run("push", "prompts", "in.jsonl", "--key", "id", "--kind", "inputs").status == 0)
    try place.write(
      """
      read -r line
      printf '%.90s\\n' "$line" >> calls
      \(program)
      printf '{"output":"yes","usage":{"input_tokens":%d,"output_tokens":3}}\\n' $((${#line} / 4))
      """, as: "model.sh")
    try #require(
      try place.run(
        "provider", "add", "local", "--protocol", "command", "--command", "sh", "model.sh"
      ).status == 0)
    return place
  }

  private func calls(_ place: Workplace) -> Int {
    ((try? place.text("calls")) ?? "").split(separator: "\n").count
  }

  private func run(_ place: Workplace, _ flags: String...) throws -> Workplace.Outcome {
    try place.run(
      all: [
        "run", "prompts", "--target", "local:m", "--prompt-column", "text", "--into", "out",
      ] + flags)
  }

  @Test func `a sample of a query's rows is a version that says where it is from`() throws {
    let place = try workplace(items: 30)
    let saved = try place.run(
      "query", "SELECT id, text, task FROM prompts", "--save", "few", "--sample", "9", "--by",
      "task",
      "--seed", "7", "--kind", "inputs")
    #expect(saved.status == 0, "\(saved.error)")
    #expect(saved.output.hasPrefix("few@1  sha256:"))
    #expect(saved.output.hasSuffix("  9 rows of 30\n"))
    let rows = try Workplace.rows(try place.run("pull", "few").output)
    #expect(rows.count { $0["task"] == .text("b") } == 3)
    let shown = try place.run("show", "few", "--json").output
    #expect(shown.contains("prompts@1"))
    #expect(shown.contains("9 of 30 rows by task, seed 7"))
    let again = try place.run(
      "query", "SELECT id, text, task FROM prompts ORDER BY id DESC", "--save", "few", "--sample",
      "9", "--by", "task", "--seed", "7")
    #expect(again.output.contains("few@") && again.status == 0, "\(again.error)")
    let diff = try place.run("diff", "few@1", "few")
    #expect(!diff.output.contains("+1"), "\(diff.output)")
    for (arguments, message) in [
      (["--sample", "3"], "go with --save"),
      (["--save", "x", "--by", "task"], "goes with --sample"),
      (["--save", "x", "--sample", "2", "--by", "tusk"], "did you mean task?"),
    ] {
      let outcome = try place.run(all: ["query", "SELECT id, text, task FROM prompts"] + arguments)
      #expect(outcome.status == 64)
      #expect(outcome.error.contains(message), "\(outcome.error)")
    }
  }

  @Test func `only approved items are sent, and only as they were approved`() throws {
    let place = try workplace()
    let none = try run(place, "--approved")
    #expect(none.status != 0)
    #expect(calls(place) == 0)
    let rated = try place.run(
      "rate", "prompts", "--labels", "approved,rejected", "--columns", "text", "--rater", "bo",
      input: "approved\napproved\nrejected\napproved\n")
    #expect(rated.status == 0, "\(rated.error)")
    let labels = try Workplace.rows(
      try place.run("query", "SELECT item FROM \"prompts.ratings\" WHERE label = 'approved'").output
    )
    #expect(labels.count == 3)
    let few = try run(place, "--approved")
    #expect(few.status == 0, "\(few.output)\(few.error)")
    #expect(few.error.contains("3 of 4 items are approved by prompts.ratings@"), "\(few.error)")
    #expect(calls(place) == 3)
    let items = try Workplace.rows(try place.run("query", "SELECT item FROM out").output)
    #expect(items.count == 3)
    // An item that has changed since is not what was approved.
    try place.shell("sed 's/question [0-9]* of/asked anew/' in.jsonl > new.jsonl")
    try #require(try place.run("push", "prompts", "new.jsonl").status == 0)
    let changed = try run(place, "--approved")
    #expect(changed.status == 64)
    #expect(calls(place) == 3)
  }

  @Test func `filler makes rows of their own, which reports divide by their length`() throws {
    let place = try workplace()
    let done = try run(place, "--pad-to", "8k,32k", "--carry", "task")
    #expect(done.status == 0, "\(done.error)")
    #expect(calls(place) == 12)
    let rows = try Workplace.rows(
      try place.run(
        "query",
        "SELECT item, padded_to, input_tokens, length(input) AS size, task FROM out ORDER BY 2, 1"
      ).output)
    #expect(rows.count == 12)
    #expect(rows[4]["item"] == .text("i1+8k"))
    #expect(rows[4]["task"] == .text("a"))
    let sizes = rows.compactMap { row -> Int? in
      if case .integer(let size)? = row["size"] { Int(size) } else { nil }
    }
    #expect(sizes.count == 12 && sizes.allSatisfy { $0 < 60 })
    let report = try place.run("report", "out", "--by", "model")
    #expect(report.output.contains("32–128k"), "\(report.output)")
    #expect(report.status == 0)
  }

  @Test func `loads are measured one after the other, each with rows of its own`() throws {
    let place = try workplace(program: "sleep 0.02")
    let done = try run(place, "--concurrency-sweep", "1,4")
    #expect(done.status == 0, "\(done.error)")
    #expect(calls(place) == 8)
    #expect(done.lines.count { $0.contains(" at a time: p50 ") } == 2, "\(done.output)")
    let rows = try Workplace.rows(
      try place.run("query", "SELECT load, count(*) AS n FROM out GROUP BY 1").output)
    #expect(rows.map { $0["n"] } == [.integer(4), .integer(4)])
    #expect(try run(place, "--concurrency-sweep", "1,4").output.contains("0 calls, $0"))
    #expect(try run(place, "--concurrency-sweep", "4,1").status == 65)
    #expect(try run(place, "--concurrency-sweep", "x").status == 64)
  }

  @Test func `calls whose end nobody knows are made again, left out, or asked about`() throws {
    let place = try workplace(
      program: "[ -e well ] || { sleep 107 & echo $! >> pids; wait; }")
    let process = Process()
    process.executableURL = URL(filePath: Workplace.binary)
    process.arguments = [
      "run", "prompts", "--target", "local:m", "--prompt-column", "text", "--into", "out",
      "--concurrency", "2",
    ]
    process.currentDirectoryURL = place.folder
    process.environment = ["PATH": "/usr/bin:/bin", "ASSAY_AUTHOR": "ann"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    try eventually("two calls are under way") { calls(place) == 2 }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try place.write("", as: "well")
    let asked = try place.run("run", "resume", "out", "--on-unknown", "ask")
    #expect(asked.status == 64)
    #expect(asked.error.contains("2 calls were under way"), "\(asked.error)")
    #expect(calls(place) == 2)
    let skipped = try place.run("run", "resume", "out", "--on-unknown", "skip")
    #expect(skipped.status == 1, "\(skipped.error)")
    #expect(calls(place) == 4)
    let rows = try Workplace.rows(try place.run("query", "SELECT error_class FROM out").output)
    #expect(rows.count { $0["error_class"] == .text("unknown_outcome") } == 2)
    #expect(try place.run("run", "resume", "out", "--on-unknown", "skip").status == 1)
    #expect(calls(place) == 4)
    let again = try place.run("run", "resume", "out")
    #expect(again.status == 0, "\(again.error)")
    #expect(calls(place) == 6)
    #expect(again.output.contains("2 calls may have been paid twice"), "\(again.output)")
    try place.shell("kill $(cat pids)")
  }
}
