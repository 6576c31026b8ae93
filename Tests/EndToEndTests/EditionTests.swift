import Foundation
import TestSupport
import Testing

/// Documents that were kept before the rules of their numbers changed.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct EditionTests {
  private let place: Workplace
  private static let folder = Workplace.package.appending(path: "Tests/Fixtures/edition-1")

  init() throws {
    place = try Workplace()
    for version in 1...2 {
      let file = Self.folder.appending(path: "runs-\(version).jsonl").path
      try place.run("push", "runs", file, "--key", "id,attempt")
    }
    try place.run(
      "push", "models", Self.folder.appending(path: "models.jsonl").path, "--key",
      "id,model,attempt")
  }

  /// Saves a document of a program before this one as it kept it.
  private func keep(_ name: String, _ format: String, from folder: URL = Self.folder) throws {
    let file = folder.appending(path: "\(name).json")
    let text = try String(contentsOf: file, encoding: .utf8).trimming("\n")
    try place.write("{\"document\":\(text)}\n", as: "\(name).jsonl")
    let kept = try place.run(
      "push", name, "\(name).jsonl", "--kind", "reports", "--types", "document=json", "--attr",
      "format=\(format)")
    #expect(kept.status == 0, "\(kept.error)")
  }

  @Test(arguments: ["comparison", "repeats", "rows"])
  func `a comparison from before is computed again to the byte, by the rules it had`(
    name: String
  ) throws {
    try keep(name, "assay.comparison/1")
    let again = try place.run("verify", "comparison", name)
    #expect(again.output == "\(name)@1 computed again: the same bytes\n")
    #expect(again.status == 0, "\(again.error)")
  }

  @Test(arguments: ["comparison", "pair", "report"])
  func `documents of the second edition are computed again to the byte`(name: String) throws {
    let folder = Workplace.package.appending(path: "Tests/Fixtures/edition-2")
    try place.run(
      "push", "arms", folder.appending(path: "arms.jsonl").path, "--key", "id,model,attempt")
    let kind = name == "report" ? "report" : "comparison"
    try keep(name, "assay.\(kind)/2", from: folder)
    let again = try place.run("verify", kind, name)
    #expect(again.output == "\(name)@1 computed again: the same bytes\n")
    #expect(again.status == 0, "\(again.error)")
    // A new one of the same rows says more.
    let flags = kind == "report" ? ["report", "arms"] : ["compare", "arms"]
    let new = try place.run(all: flags + ["--by", "model", "--slice", "team", "--cluster", "doc"])
    #expect(new.output.contains("meta.judge") && new.output.contains("differ in"), "\(new.output)")
    #expect(kind == "report" || new.output.contains("cost_usd: no item has a value of it on all"))
  }

  @Test func `a report from before is computed again to the byte`() throws {
    try keep("report", "assay.report/1")
    let again = try place.run("verify", "report", "report")
    #expect(again.output == "report@1 computed again: the same bytes\n")
    #expect(again.status == 0, "\(again.error)")
    #expect(try place.run("report", "report").status == 0)
  }

  @Test func `a gate from before keeps the meaning that it was registered with`() throws {
    let made = try place.run(
      "gate", "create", "bar", "--on", "runs@1", "--gate", "latency_ms <= 500", "--json")
    var gate = made.output
    #expect(gate.contains(#""grammar":2"#) && gate.contains(#""format":"assay.gate/2""#))
    gate = gate.replacing(#""grammar":2,"#, with: "").replacing(
      "assay.gate/2", with: "assay.gate/1"
    )
    .replacing(#""repeat":"attempt","#, with: "").replacing(#""saved":"bar@1","#, with: "")
    try place.write("{\"document\":\(gate.trimming("\n"))}\n", as: "old.jsonl")
    try place.run(
      "push", "old", "old.jsonl", "--kind", "reports", "--types", "document=json", "--attr",
      "format=assay.gate/1")
    let shown = try place.run("gate", "show", "old")
    #expect(shown.output.contains("gate   latency_ms <= 500  (grammar 1: a change)"))
    // The latency went up by 91, which the change allows, and to 536, which the limit does not.
    try place.shell("grep -v q39 \(Self.folder.path)/runs-1.jsonl > some.jsonl")
    try place.run("push", "some", "some.jsonl", "--key", "id,attempt")
    // The attempts at an item are not as many on both sides.
    let flags = ["compare", "some", "runs", "--allow-change", "expected", "--missing", "ignore"]
    let limit = try place.run(all: flags + ["--gate", "latency_ms <= 500"])
    #expect(limit.status == 1 && limit.output.contains("latency_ms <= 500: FAILED, value 5"))
    let change = try place.run(all: flags + ["--gate", "latency_ms <= +500"])
    #expect(change.status == 0 && change.output.contains("passed, change +9"))
  }
}

extension String {
  /// The text without the scalars of `ends` at its end.
  fileprivate func trimming(_ ends: String) -> String {
    var text = self
    while let last = text.last, ends.contains(last) { text.removeLast() }
    return text
  }
}
