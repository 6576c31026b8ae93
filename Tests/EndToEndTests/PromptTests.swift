import TestSupport
import Testing

/// `assay prompt`, and runs with stored prompts.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct PromptTests {
  /// A workplace with two items and a provider that repeats what it is sent.
  private func workplace() throws -> Workplace {
    let place = try Workplace()
    try place.write(
      #"{"id":"a","text":"hello","tags":["x","y"]}"# + "\n"
        + #"{"id":"b","text":"bye","tags":null}"#
        + "\n", as: "in.jsonl")
    try #require(
      try place.run("push", "tickets", "in.jsonl", "--key", "id", "--kind", "inputs").status == 0)
    try place.write(
      #"""
      read -r line
      input=${line#*\"input\":\"}; input=${input%%[\"\\]*}
      case "$line" in *'"role":"system"'*) input="with system: $input";; esac
      printf '{"output":"%s"}\n' "$input"
      """#, as: "echo.sh")
    let done = try place.run(
      "provider", "add", "local", "--protocol", "command", "--command", "sh", "echo.sh")
    try #require(done.status == 0, "\(done.error)")
    return place
  }

  private static let flags = ["run", "tickets", "--target", "local:m", "--into", "out", "--prompt"]

  private func outputs(_ place: Workplace) throws -> [JSONCell?] {
    try Workplace.rows(try place.run("pull", "out").output).map { $0["output"] }
  }

  @Test func `a prompt is a version, which a run names in its document and its lineage`() throws {
    let place = try workplace()
    let pushed = try place.run("prompt", "push", "tag", "--text", "Tag: {{text}}")
    #expect(pushed.status == 0, "\(pushed.error)")
    #expect(pushed.output.hasPrefix("tag@1  sha256:"))
    let again = try place.run("prompt", "push", "tag", "--text", "Tag: {{text}}")
    #expect(again.output == "unchanged: tag@1\n")
    let run = try place.run(all: Self.flags + ["tag@latest"])
    #expect(run.status == 0, "\(run.error)")
    #expect(try outputs(place) == [.text("Tag: hello"), .text("Tag: bye")])
    let document = try place.run("pull", "out.run").output
    #expect(document.contains(#""prompt":{"digest":"sha256:"#), "\(document)")
    #expect(document.contains(#""template":"tag@1""#))
    let shown = try place.run("show", "out@1", "--json").output
    #expect(shown.contains(#""reference":"tag@1""#), "\(shown)")
    #expect(try place.run(all: Self.flags + ["tag@1"]).output == "unchanged: out@1, 0 calls, $0\n")
    #expect(try place.run("run", "resume", "out").output == "unchanged: out@1, 0 calls, $0\n")
  }

  @Test func `compare names another prompt as what is compared`() throws {
    let place = try workplace()
    for text in ["Tag: {{text}}", "Label: {{text}}"] {
      try #require(try place.run("prompt", "push", "tag", "--text", text).status == 0)
      try #require(try place.run(all: Self.flags + ["tag@latest"]).status == 0)
    }
    let compared = try place.run("compare", "out@1", "out@2")
    #expect(
      compared.output.contains("the versions say 'tag@1' and 'tag@2'"),
      "\(compared.output)\(compared.error)")
  }

  @Test func `values are inserted as texts or as JSON, and one that is missing is named`() throws {
    let place = try workplace()
    try place.write("{{text}} of {{tags}}\n", as: "tag.txt")
    #expect(try place.run("prompt", "push", "tag", "tag.txt").status == 0)
    #expect(try place.run("prompt", "show", "tag").output == "{{text}} of {{tags}}\n")
    let run = try place.run(all: Self.flags + ["tag@1"])
    #expect(run.status == 64)
    #expect(run.error.contains("the item 'b' of tickets@1 has no 'tags'"), "\(run.error)")
    #expect(try place.run(all: Self.flags + ["tag@1", "--where", "id = 'a'"]).status == 0)
    let rows = try Workplace.rows(try place.run("pull", "out").output)
    #expect(rows[0]["input"] == .text(#"hello of ["x","y"]"#))
    let other = try place.run(all: Self.flags + ["none@1"])
    #expect(other.status == 66, "\(other.error)")
    let wrong = try place.run(all: Self.flags + ["tickets@1"])
    #expect(wrong.error.contains("not a prompt"), "\(wrong.error)")
  }

  @Test func `a system message is part of a prompt, and a fault is told by its place`() throws {
    let place = try workplace()
    #expect(
      try place.run("prompt", "push", "tag", "--text", "{{text}}", "--system", "Say {{text}}.")
        .status == 0)
    #expect(try place.run(all: Self.flags + ["tag@1"]).status == 0)
    #expect(try outputs(place)[0] == .text("with system: hello"))
    try place.write(try place.run("prompt", "show", "tag").output, as: "tag.json")
    #expect(try place.run("prompt", "push", "tag", "tag.json").output == "unchanged: tag@1\n")
    let list = try place.run("prompt", "ls", "--json")
    #expect(list.output.contains(#""variables":["text"]"#), "\(list.output)")
    let faulty = try place.run("prompt", "push", "other", "--text", "{{text")
    #expect(faulty.status == 65)
    #expect(faulty.error.contains("/text: has '{{' without '}}'"), "\(faulty.error)")
  }
}
