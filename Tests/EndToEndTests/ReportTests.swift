import Foundation
import TestSupport
import Testing

/// Which model for what: printed, kept and drawn.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct ReportTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    let rows = (1...60).flatMap { id in
      [("cheap", 2, 1), ("good", 10, 9), ("bad", 12, 3)].map { model, price, tenths in
        let passed = (id * 7 + tenths) % 10 < tenths
        return "{\"id\":\(id),\"model\":\"\(model)\",\"task\":\"\(id % 3 == 0 ? "qa" : "code")\","
          + "\"success\":\(passed),\"cost\":\(price),\"latency_ms\":\(id * price)}\n"
      }
    }
    try place.write(rows.joined(), as: "runs.jsonl")
    let pushed = try place.run("push", "runs", "runs.jsonl", "--key", "id,model", "--quiet")
    try #require(pushed.status == 0, "\(pushed.error)")
  }

  @Test func `a report is told, kept once and shown again`() throws {
    let text = try place.run("report", "runs", "--by", "model", "--slice", "task")
    #expect(text.status == 0 && text.lines[0] == "runs@1 by model")
    #expect(text.output.contains("90.0 %") && text.output.contains("dominated by good"))
    #expect(text.output.contains("Which model for which task"))
    let json = try place.run("report", "runs", "--by", "model", "--slice", "task", "--json")
    let document = try Workplace.object(json.output)
    #expect(document["format"] == "assay.report/3")
    #expect(document["models"]?[0]?["model"] == "good")
    #expect(document["routing"]?[0]?["slices"]?[0]?["best"] == "good")
    #expect(document["front"]?["points"]?[0]?["model"] == "cheap")
    let arguments = ["report", "runs", "--by", "model", "--save", "bake-off"]
    for _ in 0..<2 {
      let kept = try place.shell("assay " + arguments.joined(separator: " "))
      #expect(kept.lines.last == "kept as bake-off@1")
    }
    let again = try Workplace.object(try place.run("report", "bake-off", "--json").output)
    #expect(again["saved"] == "bake-off@1" && again["models"] == document["models"])
    let log = try Workplace.object(try place.run("show", "bake-off", "--json").output)
    #expect(log["kind"] == "reports" && log["lineage"]?[0]?["reference"] == "runs@1")
  }

  @Test func `a page is a file that needs nothing else`() throws {
    let drawn = try place.run(
      "report", "runs", "--by", "model", "--format", "html", "-o", "page.html")
    #expect(drawn.status == 0 && drawn.output.isEmpty)
    let page = try place.text("page.html")
    #expect(page.hasPrefix("<!doctype html>") && page.hasSuffix("</html>\n"))
    #expect(page.split(separator: "<svg").count == 4 && !page.contains("http"))
    // The name of a file tells the form: as text, what data has as markup would be a page's.
    let named = try place.run("report", "runs", "--by", "model", "-o", "named.HTML")
    #expect(named.status == 0)
    #expect(try place.text("named.HTML") == page)
    #expect(try place.run("report", "runs", "--by", "model", "-o", "named.md").status == 0)
    #expect(try place.text("named.md").contains("| good | 60 |"))
    let plain = try place.run(
      "report", "runs", "--by", "model", "--format", "text", "-o", "named.html")
    #expect(plain.status == 0)
    #expect(try place.text("named.html").hasPrefix("runs@1 by model"))
    let markdown = try place.run("report", "runs", "--by", "model", "--format", "markdown")
    #expect(markdown.lines.contains { $0.hasPrefix("| good | 60 |") })
  }

  @Test func `a report that cannot be made says why`() throws {
    #expect(try place.run("report", "runs", "--by", "modle").status == 64)
    #expect(try place.run("report", "runs").status == 64)
    #expect(try place.run("report", "none", "--by", "model").status == 66)
    #expect(try place.run("report", "runs", "--slice", "task").status == 64)
    #expect(
      try place.run("report", "runs", "--by", "model", "--role", "sucess=success").status == 64)
  }
}
