import Foundation
import TestSupport
import Testing

/// What the documents show is what the program does.
@Suite(.tags(.slow), .unlessFast) struct DocumentTests {
  /// One command of a document with what it prints there.
  private struct Example {
    var command: String
    var output = ""
  }

  /// The commands of a document's indented or fenced examples: `$ command`, continued by `> more`,
  /// then its output.
  private func examples(_ document: String) throws -> [Example] {
    let file = Workplace.package.appending(path: document)
    var examples: [Example] = []
    var isInside = false
    for line in try String(contentsOf: file, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if line.hasPrefix("```") {
        isInside = line == "```console"
      } else if isInside, line.hasPrefix("$ ") {
        examples.append(Example(command: String(line.dropFirst(2))))
      } else if isInside, line.hasPrefix("> "), !examples.isEmpty {
        examples[examples.count - 1].command += "\n" + line.dropFirst(2)
      } else if isInside, !examples.isEmpty {
        examples[examples.count - 1].output += line + "\n"
      }
    }
    return examples
  }

  @Test func `the tour prints what the README shows`() throws {
    let place = try Workplace(hasStore: false)
    let source = Workplace.package.appending(path: "Examples").path
    try #require(try place.shell("cp -r '\(source)' Examples").status == 0)
    // A port of our own, since somebody may serve a store on the one that the page names.
    let port = String(20_000 + getpid() % 20_000)
    func local(_ text: String) -> String { text.replacingOccurrences(of: "8640", with: port) }
    let tour = try examples("README.md")
    #expect(tour.count >= 8)
    // One shell for all, as a reader has: what runs in the background goes on.
    let mark = "<end of step>"
    let script = tour.map { "{ \(local($0.command))\n} 2>&1; printf '\(mark)'" }
    let outputs = try place.shell(script.joined(separator: "\n")).output
      .components(separatedBy: mark)
    try #require(outputs.count == tour.count + 1)
    for (step, output) in zip(tour, outputs) {
      #expect(output == local(step.output), "$ \(step.command)")
    }
  }

  @Test func `the bake-off of the examples goes from inputs to a live rule, with no key`() throws {
    let place = try Workplace(hasStore: false)
    let script = Workplace.package.appending(path: "Examples/bakeoff.sh").path
    let outcome = try place.shell("ASSAY='\(Workplace.binary)' bash '\(script)'")
    #expect(outcome.status == 0, "\(outcome.output.suffix(2_000))\(outcome.error)")
    for line in [
      "sorted@1", "complete: 300 calls", "sorting@2 is live, in the place of sorting@1",
      "small  TARGETING_MATCH", "answers changed", "image/png", "all as written",
    ] {
      #expect(outcome.output.contains(line), "\(line)")
    }
  }

  @Test(arguments: ["docs/cli.md", "docs/running.md", "docs/scoring.md"])
  func `the recipes of a document print what it shows`(document: String) throws {
    let place = try Workplace()
    let steps = try examples(document).filter { !$0.command.hasSuffix("--help") }
    try #require(!steps.isEmpty)
    for step in steps {
      #expect(
        try place.shell("{ \(step.command)\n} 2>&1").output == step.output, "$ \(step.command)")
    }
  }

  @Test func `docs/cli.md has the help of every command`() throws {
    let place = try Workplace(hasStore: false)
    let documented = try examples("docs/cli.md").filter { $0.command.hasSuffix("--help") }
    for example in documented {
      let help = try place.shell(example.command)
      #expect(help.status == 0)
      #expect(help.output == example.output, "$ \(example.command)")
    }
    let commands = try place.run("--help").lines.drop { $0 != "SUBCOMMANDS:" }.dropFirst()
      .compactMap { line in line.hasPrefix("  ") && !line.hasPrefix("   ") ? line : nil }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    let known = documented.map(\.command)
    for command in commands where command != "See" {
      #expect(known.contains("assay \(command) --help"))
    }
  }
}
