import Foundation
import TestSupport
import Testing

/// `assay run` with programs as providers: no key, no network.
///
/// By both doors, so that `LocalStoreService` and `RemoteStoreService` are held to the same.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct RunTests {
  /// A workplace with inputs and a provider of two models that count their calls in files.
  private func workplace(items: Int = 4, delay: String = "") throws -> Workplace {
    let place = try Workplace()
    let rows = (1...items).map { #"{"id":"i\#($0)","text":"question \#($0)","task":"t"}"# }
    try place.write(rows.joined(separator: "\n") + "\n", as: "in.jsonl")
    try #require(
      try place.run("push", "prompts", "in.jsonl", "--key", "id", "--kind", "inputs").status == 0)
    try place.write(
      """
      read -r line
      printf '%s\\n' "$line" >> "$1/calls"
      \(delay)
      model=${line#*\\"model\\":\\"}; model=${model%%\\"*}
      input=${line#*\\"input\\":\\"}; input=${input%%\\"*}
      [ -e "$1/changed" ] && model=new-$model
      printf '{"output":"%s says %s","usage":{"input_tokens":7,"output_tokens":3}}\\n' "$model" "$input"
      """, as: "model.sh")
    let done = try place.run(
      "provider", "add", "local", "--protocol", "command", "--prices", "prices", "--max-tokens",
      "10", "--command", "sh", "model.sh", ".")
    try #require(done.status == 0)
    try place.write(
      #"{"small":{"litellm_provider":"local","input_cost_per_token":1e-06,"output_cost_per_token":2e-06}}"#,
      as: "prices.json")
    try #require(
      try place.run("prices", "import", "prices.json", "--from", "2026-01-01").status == 0)
    return place
  }

  /// The keys of calls whose outcomes are in the journal.
  private func results(_ place: Workplace) throws -> [String] {
    let found = try place.shell(
      #"cat .assay/runs/triage/*.log 2> /dev/null | grep -ao '"t":"result","key":"[0-9a-f]*"'"#)
    return found.lines.compactMap { line in
      line.split(separator: "\"").last.map { "sha256:" + $0 }
    }
  }

  private func calls(_ place: Workplace) -> [String] {
    ((try? place.text("calls")) ?? "").split(separator: "\n").map(String.init)
  }

  private static let flags = [
    "run", "prompts", "--target", "local:small", "--target", "local:large", "--prompt",
    "Answer: {{text}}", "--into", "triage",
  ]

  @Test func `a run makes a version that the other commands take with no option`() throws {
    let place = try workplace()
    let run = try place.run(all: Self.flags + ["--repeat", "2", "--carry", "task"])
    #expect(run.status == 0, "\(run.error)")
    #expect(run.lines[0].hasPrefix("triage@1  sha256:"))
    #expect(run.lines[1] == "complete: 16 calls, $0.000104 and 8 calls of unknown cost")
    #expect(calls(place).count == 16)
    let rows = try Workplace.rows(try place.run("pull", "triage").output)
    #expect(rows.count == 16)
    #expect(rows[0]["item"] == .text("i1"))
    #expect(rows[0]["model"] == .text("local:small"))
    #expect(rows[0]["output"] == .text("small says Answer: question 1"))
    #expect(rows[0]["task"] == .text("t"))
    #expect(rows[0]["cost_usd"] == .fraction(0.000013))
    #expect(rows[15]["attempt"] == .integer(2))
    #expect(try place.run("compare", "triage", "--by", "model").status == 0)
    for command in [
      ["report", "triage", "--by", "model"],
      ["score", "triage", "--scorer", "contains:value=small"],
      [
        "router", "suggest", "r", "--on", "triage", "--slice", "task", "--objective",
        "min p95 s.t. success >= -1pp",
      ],
    ] {
      let outcome = try place.run(all: command)
      #expect(outcome.status == 0, "\(command): \(outcome.error)")
    }
    let log = try place.run("show", "triage", "--json").output
    #expect(log.contains("triage.run@1"))
    #expect(log.contains("prompts@1"))
    #expect(log.contains("providers@1"))
  }

  @Test func `the same run makes no call, and another target only its own`() throws {
    let place = try workplace()
    #expect(try place.run(all: Self.flags).status == 0)
    let again = try place.run(all: Self.flags)
    #expect(again.status == 0)
    #expect(again.output == "unchanged: triage@1, 0 calls, $0\n")
    #expect(calls(place).count == 8)
    let more = try place.run(all: Self.flags + ["--target", "local:third"])
    #expect(more.status == 0)
    #expect(calls(place).count == 12)
    #expect(
      more.lines[1]
        == "complete: 4 calls, $0.00 and 4 calls of unknown cost; 8 answers known before")
    let diff = try place.run("diff", "triage@1", "triage@2")
    #expect(diff.output.contains("+4 −0 ~0"), "\(diff.output)")
  }

  @Test func `answers of an edited program are not taken for those of the program now`() throws {
    let place = try workplace()
    #expect(try place.run(all: Self.flags).status == 0)
    try place.write(try place.text("model.sh") + "\n# edited\n", as: "model.sh")
    let run = try place.run(all: Self.flags)
    #expect(run.status == 0 && calls(place).count == 16, "\(run.output)\(run.error)")
    #expect(run.error.contains("4 answers of local:small are of another program (sha256:"))
    #expect(run.lines[0].hasSuffix("+0 −0 ~8"), "\(run.output)")
    #expect(try place.run(all: Self.flags).output == "unchanged: triage@2, 0 calls, $0\n")
    let again = try place.run("run", "again", "triage@1", "--exit-code")
    #expect(again.status == 1, "\(again.output)")
    #expect(again.output.contains("; reported sha256:"))
    #expect(try place.run("run", "again", "triage@2", "--exit-code").status == 0)
  }

  @Test func `answers of every version are known, and all are asked again where that is wanted`()
    throws
  {
    let place = try workplace()
    #expect(try place.run(all: Self.flags).status == 0)
    let part = try place.run(all: Self.flags + ["--where", "id = 'i1'"])
    #expect(part.lines[0].hasSuffix("+0 −6 ~0"), "\(part.output)")
    let whole = try place.run(all: Self.flags + ["--repeat", "2"])
    #expect(whole.output.contains("complete: 8 calls"), "\(whole.output)")
    #expect(calls(place).count == 16)
    for _ in 0..<2 {
      let run = try place.run(all: Self.flags + ["--reuse", "never"])
      #expect(run.output.contains("complete: 8 calls"), "\(run.output)")
    }
    #expect(calls(place).count == 32)
  }

  @Test func `a prompt without a column, a mistyped command and a missing target are said`() throws
  {
    let place = try workplace(items: 1)
    let run = try place.run(
      "run", "prompts", "--target", "local:small", "--prompt", "Answer {text}", "--into", "o")
    #expect(run.status == 0 && run.error.contains("did you mean {{text}}?"), "\(run.error)")
    for (words, advice) in [
      (["run", "prompts"], "name a --target"),
      (["run", "statu", "triage"], "did you mean 'status'"),
      (["lss"], "did you mean 'ls'"), (["help", "compar"], "did you mean 'compare'"),
      (["provider", "lst"], "did you mean 'ls'"), (["nothing"], "'assay --help' lists them"),
      (
        ["provider", "add", "x", "--protocol", "command", "--command", "python3 a.py"],
        "--command python3 a.py"
      ),
    ] {
      let outcome = try place.run(all: words)
      #expect(outcome.status == 64 && outcome.error.contains(advice), "\(words) \(outcome.error)")
    }
  }

  @Test func `a failed call is a row, the run is partial, and resuming makes that call again`()
    throws
  {
    let place = try workplace()
    try place.shell(
      #"printf '%s\n' 'read -r line; case "$line" in *"question 2"*) [ -e "$1/well" ] || { echo "{\"error\": {\"class\": \"invalid_request\", \"message\": \"no\"}}"; exit; };; esac; echo "{\"output\": \"yes\"}"' > model.sh"#
    )
    let run = try place.run(all: Self.flags)
    #expect(run.status == 1)
    #expect(run.output.contains("errors: 2 invalid_request"), "\(run.output)\(run.error)")
    #expect(run.output.contains("the first error: invalid_request: no"))
    #expect(run.lines.last == "go on with: assay run resume triage.run@1")
    let rows = try Workplace.rows(try place.run("pull", "triage").output)
    #expect(rows.count == 8)
    #expect(rows[2]["error_class"] == .text("invalid_request"))
    #expect(rows[2]["success"] == .bool(false))
    try place.write("", as: "well")
    let resumed = try place.run("run", "resume", "triage")
    #expect(resumed.status == 0, "\(resumed.output)\(resumed.error)")
    #expect(resumed.output.contains("2 calls"))
    #expect(resumed.output.contains("6 answers known before"))
  }

  @Test(.folderOnly)
  func `the newest run of a name is the one that was interrupted, not a complete one before`()
    throws
  {
    let place = try workplace(delay: #"[ -e "$1/slow" ] && sleep 60"#)
    #expect(try place.run(all: Self.flags).status == 0)
    try place.write("", as: "slow")
    let process = Process()
    process.executableURL = URL(filePath: Workplace.binary)
    process.arguments = Self.flags + ["--target", "local:third"]
    process.currentDirectoryURL = place.folder
    process.environment = ["PATH": "/usr/bin:/bin", "ASSAY_AUTHOR": "ann"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let before = calls(place).count
    try process.run()
    try eventually("a call was sent") { !process.isRunning || calls(place).count > before }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try place.shell("rm slow")
    let status = try place.run("run", "status", "triage")
    #expect(status.output.hasPrefix("triage.run@2: interrupted"), "\(status.output)")
    #expect(try place.run("run", "status", "triage@1").output.hasPrefix("triage.run@1: complete"))
    let resumed = try place.run("run", "resume", "triage")
    #expect(resumed.status == 0 && resumed.output.hasPrefix("triage@2"), "\(resumed.output)")
    #expect(try place.run("run", "status", "triage").output.hasPrefix("triage.run@2: complete"))
  }

  @Test(.folderOnly) func `a run that is killed goes on, and buys nothing twice that ended`() throws
  {
    let place = try workplace(
      items: 30, delay: "sleep 0.0$((RANDOM % 4 + 1))".replacing("RANDOM", with: "$$"))
    let flags = Self.flags + ["--concurrency", "4"]
    var kills = 0
    // The calls whose outcomes were on disk at a kill, and the calls made until then.
    var ended: [(keys: [String], calls: Int)] = []
    for seed in [11, 23, 5, 31, 17] {
      let process = Process()
      process.executableURL = URL(filePath: Workplace.binary)
      process.arguments = flags
      process.currentDirectoryURL = place.folder
      process.environment = ["PATH": "/usr/bin:/bin", "ASSAY_AUTHOR": "ann"]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      let before = calls(place).count
      try process.run()
      // By what was sent, not by time.
      try eventually("calls were sent") {
        !process.isRunning || calls(place).count >= before + seed % 9 + 3
      }
      guard process.isRunning else { break }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      kills += 1
      // Programs go on after the kill, but not those whose outcomes are on disk.
      ended.append((try results(place), calls(place).count))
      let status = try place.run("run", "status", "triage.run")
      #expect(status.output.hasPrefix("triage.run@1: interrupted"), "\(status.output)")
    }
    #expect(kills == 5)
    let last = try place.run(all: flags)
    #expect(last.status == 0, "\(last.output)\(last.error)")
    let total = calls(place).count
    #expect(total >= 60)
    // At most what was under way at each kill.
    #expect(total - 60 <= kills * 4, "\(total)")
    let said = try #require(last.lines.first { $0.contains("may have been paid twice") })
    let unknown = try #require(said.split(separator: " ").first.flatMap { Int($0) })
    #expect(total - 60 <= unknown)
    #expect(unknown <= kills * 4)
    // What was on disk is not in any later call.
    let rows = try Workplace.rows(
      try place.run("query", "SELECT call_key, input, model FROM triage").output)
    var texts: [String: String] = [:]
    for row in rows {
      guard case .text(let key)? = row["call_key"], case .text(let input)? = row["input"],
        case .text(let model)? = row["model"]
      else { continue }
      texts[key] = #""model":"\#(model.dropFirst(6))","input":"\#(input)""#
    }
    let all = calls(place)
    for (keys, count) in ended {
      let later = all.dropFirst(count)
      #expect(keys.allSatisfy { key in !later.contains { $0.contains(texts[key] ?? "?") } })
    }
    #expect(ended.contains { !$0.keys.isEmpty })
    let whole = try workplace(items: 30)
    #expect(try whole.run(all: flags).status == 0)
    func answers(_ place: Workplace) throws -> String? {
      try place.run("run", "status", "triage").lines.first { $0.hasPrefix("answers ") }
    }
    #expect(try answers(place) == answers(whole))
    #expect(try answers(place) != nil)
    #expect(try place.run("verify").status == 0)
  }

  @Test(.folderOnly) func `a run that is interrupted ends with a version, and goes on later`()
    throws
  {
    let place = try workplace(items: 30, delay: "sleep 0.05")
    let process = Process()
    process.executableURL = URL(filePath: Workplace.binary)
    process.arguments = Self.flags + ["--concurrency", "2"]
    process.currentDirectoryURL = place.folder
    process.environment = ["PATH": "/usr/bin:/bin", "ASSAY_AUTHOR": "ann"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    try eventually("calls were sent") { !process.isRunning || calls(place).count >= 6 }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 75)
    let made = calls(place).count
    let rows = try Workplace.rows(try place.run("pull", "triage").output)
    #expect(rows.count == made)
    let rest = try place.run("run", "resume", "triage")
    #expect(rest.status == 0)
    #expect(calls(place).count == 60)
    #expect(!rest.output.contains("twice"))
  }

  @Test(.folderOnly)
  func `a second interrupt cancels what is under way, and leaves a version that goes on`()
    throws
  {
    let place = try workplace(
      items: 12,
      delay: #"""
        case "$line" in *"question 5"*)
          [ -e "$1/go" ] || { sleep 107 & echo $! >> "$1/pids"; wait; };;
        esac
        """#)
    let process = Process()
    process.executableURL = URL(filePath: Workplace.binary)
    process.arguments = Self.flags + ["--concurrency", "3"]
    process.currentDirectoryURL = place.folder
    process.environment = ["PATH": "/usr/bin:/bin", "ASSAY_AUTHOR": "ann"]
    try place.write("", as: "said")
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: place.folder.path + "/said")
    try process.run()
    // The one item that hangs, for both models, and no other, is under way then.
    try eventually("all others were called") { calls(place).count == 24 }
    kill(process.processIdentifier, SIGINT)
    try eventually("it says that it waits") {
      try place.text("said").contains("no more calls are sent")
    }
    #expect(process.isRunning)
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 75)
    let rows = try Workplace.rows(try place.run("pull", "triage").output)
    #expect(rows.count == 22)
    #expect(rows.allSatisfy { $0["success"] == .bool(true) })
    let status = try place.run("run", "status", "triage")
    #expect(status.lines[0] == "triage.run@1: cancelled", "\(status.output)")
    #expect(status.output.contains("2 calls may have been paid twice"))
    // The programs were ended with all that they had started.
    let states = "for pid in $(cat pids); do grep -h ^State /proc/$pid/status 2> /dev/null; done"
    #expect(try place.shell(states + " | grep -v Z").output.isEmpty)
    try place.write("", as: "go")
    let rest = try place.run("run", "resume", "triage")
    #expect(rest.status == 0, "\(rest.error)")
    #expect(calls(place).count == 26)
    #expect(rest.output.contains("2 calls may have been paid twice"), "\(rest.output)")
  }

  @Test func `the bound of the costs needs prices, and holds`() throws {
    let place = try workplace(items: 20)
    let refused = try place.run(all: Self.flags + ["--max-usd", "1"])
    #expect(refused.status == 64)
    #expect(refused.error.contains("nothing bounds what a call of 'local:large' costs"))
    #expect(calls(place).isEmpty)
    let few = try place.run(
      "run", "prompts", "--target", "local:small", "--prompt", "{{text}}", "--into", "few",
      "--max-usd", "0.0003")
    #expect(few.status == 1)
    #expect(few.output.contains("the next call might pass --max-usd"), "\(few.output)")
    let rows = try Workplace.rows(try place.run("pull", "few").output)
    #expect(rows.count == calls(place).count)
    #expect(!rows.isEmpty && rows.count < 20)
    // The bound is the run's, however often it goes on.
    let made = calls(place).count
    let more = try place.run("run", "resume", "few")
    #expect(more.status == 1)
    #expect(more.output.contains("the next call might pass --max-usd"), "\(more.output)")
    #expect(calls(place).count == made)
    let estimate = try place.run(
      "run", "estimate", "prompts", "--target", "local:small", "--prompt", "{{text}}", "--into",
      "few")
    #expect(estimate.status == 0)
    #expect(estimate.output.contains("known, likely $"), "\(estimate.output)")
  }

  @Test func `a run can be priced again`() throws {
    let place = try workplace()
    #expect(try place.run(all: Self.flags).status == 0)
    try place.write(
      #"{"small":{"litellm_provider":"local","input_cost_per_token":2e-06,"output_cost_per_token":4e-06},"large":{"litellm_provider":"local","input_cost_per_token":1e-05,"output_cost_per_token":1e-05}}"#,
      as: "prices.json")
    #expect(
      try place.run("prices", "import", "prices.json", "--from", "2026-02-01", "--into", "new")
        .status == 0)
    let cost = try place.run("run", "cost", "triage", "--prices", "new@1")
    #expect(
      cost.lines == [
        "triage@1 by new@1", "local:small  4 rows, $0.000104; stated $0.000052",
        "local:large  4 rows, $0.0004; stated $0.00 and 4 unknown",
      ])
  }

  @Test func `measuring again buys every call, and says which answers changed under equal keys`()
    throws
  {
    let place = try workplace(items: 12)
    #expect(try place.run(all: Self.flags + ["--repeat", "2"]).status == 0)
    let same = try place.run("run", "again", "triage")
    #expect(same.status == 0, "\(same.error)")
    #expect(calls(place).count == 96)
    #expect(
      same.lines.suffix(3) == [
        "against triage@1, where the calls are the same:",
        "local:small  0 of 24 answers changed", "local:large  0 of 24 answers changed",
      ])
    try place.write("", as: "changed")
    let changed = try place.run("run", "again", "triage@1", "--add-target", "local:third")
    #expect(changed.lines[0].hasPrefix("triage@3  "), "\(changed.output)\(changed.error)")
    #expect(calls(place).count == 168)
    let line =
      "local:small  24 of 24 answers changed, more than by itself (0 of 12 pairs of attempts differ)"
    #expect(changed.lines.contains(line), "\(changed.output)")
    #expect(try place.run("run", "status", "triage").lines.contains(line))
    let trend = try place.run(
      "trend", "triage", "--metric", "changed", "--by", "model", "--format", "csv")
    #expect(
      trend.lines.count { $0.contains("local:small,12,1") } == 1, "\(trend.output)\(trend.error)")
    let more = try place.run("run", "again", "triage", "--add-target", "local:last", "--reuse")
    #expect(more.output.contains("24 calls"), "\(more.output)")
    #expect(calls(place).count == 192)
  }

  @Test func `a document is refused with the place of each fault`() throws {
    let place = try workplace()
    try place.write(
      #"{"schema":"run/1","inputs":"prompts","prompt":{"column":"text"},"targets":["local:small"],"into":"x","limit":{}}"#,
      as: "run.json")
    let outcome = try place.run("run", "start", "run.json")
    #expect(outcome.status == 65)
    #expect(outcome.error.contains("/limit: is not known; did you mean limits?"))
    for (arguments, message) in [
      (
        ["run", "prompts", "--target", "local:small", "--prompt-column", "txt"],
        "did you mean text?"
      ),
      (
        ["run", "prompts", "--target", "locl:small", "--prompt-column", "text"],
        "did you mean local?"
      ),
      (["run", "prompts", "--target", "local:small"], "--prompt-column or --prompt"),
      (["run", "status", "prompts"], "was not made by a run"),
    ] {
      let outcome = try place.run(all: arguments)
      #expect(outcome.status != 0)
      #expect(outcome.error.contains(message), "\(outcome.error)")
    }
    #expect(calls(place).isEmpty)
  }
}
