import Foundation
import TestSupport
import Testing

/// Runs of models that a server executes, and its command line follows.
@Suite(.tags(.slow), .unlessFast) struct ServedRunTests {
  private static let flags = [
    "run", "prompts", "--target", "local:small", "--prompt", "Answer: {{text}}", "--into",
    "triage", "--concurrency", "2",
  ]

  /// A folder with inputs and a provider, whose calls leave a line each and wait for a file.
  private func workplace(items: Int = 8) throws -> Workplace {
    let place = try Workplace()
    let rows = (1...items).map { #"{"id":"i\#($0)","text":"question \#($0)"}"# }
    try place.write(rows.joined(separator: "\n") + "\n", as: "in.jsonl")
    try #require(
      try place.run("push", "prompts", "in.jsonl", "--key", "id", "--kind", "inputs").status == 0)
    try place.write(
      #"""
      read -r line
      printf '%s\n' "$line" >> calls
      case "$line" in *'question 7"'*)
        while [ -e slow ]; do sleep 0.02; done;;
      esac
      printf '{"output":"yes"}\n'
      """#, as: "model.sh")
    try #require(
      try place.run(
        "provider", "add", "local", "--protocol", "command", "--command", "sh", "model.sh"
      ).status == 0)
    try place.write("", as: "calls")
    return place
  }

  private func calls(_ place: Workplace) throws -> Int {
    try place.text("calls").split(separator: "\n").count
  }

  @Test func `a run whose server is killed is interrupted, and buys nothing twice when it goes on`()
    throws
  {
    let place = try workplace()
    try place.write("", as: "slow")
    let server = try ServerProcess(place.folder, "--allow-commands")
    let waits = try place.start(all: Self.flags + ["--store", server.url])
    try eventually("all others were called") { try calls(place) == 8 }
    try eventually("their outcomes are on disk") {
      try place.run("run", "status", "triage").output.contains("local:small  7 of 8")
    }
    server.end(by: SIGKILL)
    let cut = try waits()
    #expect(cut.status != 0, "\(cut.output)")
    let status = try place.run("run", "status", "triage")
    #expect(status.output.hasPrefix("triage.run@1: interrupted"), "\(status.output)")
    try place.shell("rm slow")
    let second = try ServerProcess(place.folder, "--allow-commands")
    let resumed = try place.run("run", "resume", "triage", "--store", second.url)
    #expect(resumed.status == 0, "\(resumed.output)\(resumed.error)")
    #expect(resumed.output.contains("complete: 1 call"), "\(resumed.output)")
    #expect(resumed.output.contains("1 call may have been paid twice"), "\(resumed.output)")
    #expect(try calls(place) == 9)
  }

  @Test func `a server that is asked to end lets calls end, and leaves a version that goes on`()
    throws
  {
    let place = try workplace()
    try place.write("", as: "slow")
    let server = try ServerProcess(place.folder, "--allow-commands", "--grace", "100")
    let waits = try place.start(all: Self.flags + ["--store", server.url])
    try eventually("all were called") { try calls(place) == 8 }
    server.signal(SIGTERM)
    try place.shell("rm slow")
    server.end(by: SIGTERM)
    _ = try waits()
    let rows = try Workplace.rows(try place.run("pull", "triage").output)
    #expect(rows.count == 8)
    #expect(try place.run("run", "status", "triage").output.hasPrefix("triage.run@1: complete"))
  }

  @Test func `an interrupt of the command asks the server to end the run`() throws {
    let place = try workplace(items: 30)
    try place.write("", as: "slow")
    let server = try ServerProcess(place.folder, "--allow-commands")
    try place.write("", as: "said")
    let process = Process()
    process.executableURL = URL(filePath: Workplace.binary)
    process.arguments = Self.flags + ["--store", server.url]
    process.currentDirectoryURL = place.folder
    process.environment = ["PATH": "/usr/bin:/bin", "ASSAY_AUTHOR": "ann"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: place.folder.path + "/said")
    try process.run()
    try eventually("calls were sent") { try calls(place) >= 3 }
    kill(process.processIdentifier, SIGINT)
    try eventually("it says that it waits") {
      try place.text("said").contains("no more calls are sent")
    }
    try place.shell("rm slow")
    process.waitUntilExit()
    let made = try calls(place)
    #expect(process.terminationStatus == 75 || made == 30)
    #expect(try place.run("run", "resume", "triage", "--store", server.url).status == 0)
    #expect(try calls(place) == 30)
  }

  @Test func `a server starts no program and reads no file with a key that it was not told to`()
    throws
  {
    let place = try workplace()
    try place.shell(
      """
      mkdir keys; printf 'sk-1' > keys/own; printf 'sk-2' > other; chmod 600 keys/own other
      ln -s ../other keys/link
      """)
    for (name, path) in [("own", "keys/own"), ("other", "other"), ("link", "keys/link")] {
      try #require(
        try place.run(
          "provider", "add", name, "--protocol", "openai.chat", "--base-url",
          "http://127.0.0.1:9", "--allow-private", "--secret-file",
          place.folder.path + "/" + path
        ).status == 0)
    }
    let plain = try ServerProcess(place.folder)
    let refused = try place.run(all: Self.flags + ["--store", plain.url])
    #expect(refused.status == 77 && refused.error.contains("--allow-commands"), "\(refused.error)")
    let program = try place.run("provider", "test", "local", "--model", "m", "--store", plain.url)
    #expect(program.status == 77 && program.error.contains("--allow-commands"))
    #expect(try calls(place) == 0)
    func test(_ name: String, _ server: ServerProcess) throws -> String {
      try place.run("provider", "test", name, "--model", "m", "--store", server.url).output
    }
    #expect(try test("own", plain).contains("reads no files with keys"))
    let folder = try ServerProcess(place.folder, "--secrets-dir", "keys")
    #expect(try test("own", folder).hasPrefix("own:m: connect:"))
    for name in ["other", "link"] {
      #expect(try test(name, folder).contains("does not lie below the folder of --secrets-dir"))
    }
  }

  @Test func `only administrators change providers, and tokens run what they may see`() throws {
    let place = try workplace()
    func token(_ arguments: String...) throws -> [String: String] {
      let made = try place.run(all: ["token", "create", "--json"] + arguments)
      guard case .text(let secret)? = try Workplace.object(made.output)["token"] else {
        Issue.record("\(made.output)\(made.error)")
        return [:]
      }
      return ["ASSAY_TOKEN": secret]
    }
    let writer = try token("writer", "--scope", "write")
    let limited = try token("limited", "--scope", "admin", "--prefix", "triage")
    let admin = try token("admin", "--scope", "admin")
    let server = try ServerProcess(place.folder, "--allow-commands")
    let change = ["provider", "rm", "local", "--store", server.url]
    for caller in [writer, limited] {
      let refused = try place.run(all: change, environment: caller)
      #expect(refused.status == 77, "\(refused.error)")
    }
    let unseen = try place.run(all: Self.flags + ["--store", server.url], environment: limited)
    #expect(unseen.status == 66, "\(unseen.error)")
    let elsewhere = try place.run(
      "run", "prompts", "--target", "local:small", "--prompt", "{{text}}", "--into", "other",
      "--store", server.url, environment: limited)
    #expect(elsewhere.status == 77, "\(elsewhere.error)")
    let run = try place.run(all: Self.flags + ["--store", server.url], environment: writer)
    #expect(run.status == 0, "\(run.output)\(run.error)")
    let scored = try place.run(
      all: Self.flags + ["--scorer", "command:sh -c true", "--store", server.url],
      environment: writer)
    #expect(scored.status == 77, "\(scored.error)")
    #expect(try place.run(all: change, environment: admin).status == 0)
    #expect(
      try place.run(
        "run", "resume", "triage", "--on-unknown", "ask", "--store", server.url,
        environment: writer
      ).status == 64)
  }

  @Test func `one run goes on into a dataset at a time, whoever asks for the other`() throws {
    let place = try workplace()
    try place.write("", as: "slow")
    let server = try ServerProcess(place.folder, "--allow-commands")
    let waits = try place.start(all: Self.flags + ["--store", server.url])
    try eventually("a call was sent") { try calls(place) > 0 }
    for store in [[], ["--store", server.url]] {
      let second = try place.run(all: Self.flags + store)
      #expect(second.status == 75 && second.error.contains("run cancel"), "\(second.error)")
    }
    try place.shell("rm slow")
    #expect(try waits().status == 0)
  }
}
