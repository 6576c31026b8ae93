import Foundation
import Model
import TestSupport
import Testing

/// Which texts and keys are the same, on the command line and over REST.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct SamenessTests {
  private let place: Workplace
  private static let composed = "caf\u{E9}"
  private static let decomposed = "cafe\u{301}"

  init() throws { place = try Workplace() }

  private func push(_ text: String, _ name: String = "d", _ options: String...) throws
    -> Workplace.Outcome
  {
    let file = "\(UUID().uuidString).jsonl"
    try place.write(text, as: file)
    return try place.run(all: ["push", name, file] + options)
  }

  @Test func `both of two columns that look the same are kept`() throws {
    let one = "{\"k\":1,\"\(Self.composed)\":1,\"\(Self.decomposed)\":2}\n"
    #expect(try push(one).status == 0)
    #expect(try place.run("pull", "d").output.hasBytes(of: one))
    let two = "{\"k\":1,\"\(Self.composed)\":1}\n{\"k\":2,\"\(Self.decomposed)\":2}\n"
    #expect(try push(two, "e").status == 0)
    #expect(try place.run("pull", "e").output.hasBytes(of: two))
    for format in ["csv", "json", "parquet", "arrow"] {
      #expect(try place.run("pull", "d", "-o", "d.\(format)").status == 0)
      let back = try place.run("push", "d", "d.\(format)")
      #expect(back.output.hasPrefix("unchanged"), "\(format): \(back.output)\(back.error)")
    }
    let named = try place.run("pull", "d", "--columns", Self.decomposed)
    #expect(named.output.hasBytes(of: "{\"\(Self.decomposed)\":2}\n"))
    _ = try push("{\"\(Self.decomposed)\":2}\n", "f")
    let other = try place.run("pull", "f", "--columns", Self.composed)
    #expect(other.status == 64)
    #expect(other.error.contains("looks the same and is spelled otherwise"))
    let typed = try push(two, "g", "--types", "\(Self.decomposed)=float64")
    #expect(typed.status == 0)
    let types = try place.run("show", "g", "--json").output
    #expect(types.contains("float64") && types.contains("int64"))
  }

  @Test func `groups and arms that look the same are two`() throws {
    let rows = (0..<40).map { row in
      let text = row % 2 == 0 ? Self.composed : Self.decomposed
      return "{\"item\":\(row / 2),\"model\":\"\(text)\",\"success\":\(row % 2 == 1)}\n"
    }
    #expect(try push(rows.joined(), "d", "--key", "item,model").status == 0)
    let trend = try place.run("trend", "d", "--metric", "success", "--by", "model", "--json")
    #expect(trend.output.components(separatedBy: "\"n\":20").count == 3, "\(trend.output)")
    let compared = try place.run("compare", "d", "--by", "model", "--json", "--resamples", "100")
    #expect(compared.status == 0, "\(compared.error)")
    #expect(compared.output.contains("\"count\":20"))
  }

  @Test func `keys that look the same are two, for diff and compare`() throws {
    for text in [Self.composed, Self.decomposed] {
      let rows = (0..<5).map { "{\"k\":\"\(text)\($0)\",\"success\":true}\n" }
      #expect(try push(rows.joined(), "d", "--key", "k").status == 0)
    }
    #expect(try place.run("diff", "d@1", "d@2", "--stat").output.contains("+5 −5 ~0"))
    let compared = try place.run("compare", "d@1", "d@2", "--json")
    #expect(compared.output.contains("\"count\":0"), "\(compared.error)")
  }

  @Test func `a merge finds the row of a key in another spelling`() throws {
    let base = """
      {"id":"q1","temperature":0,"score":0.5}
      {"id":"q1","temperature":0.5,"score":1}
      {"id":"q1","temperature":1,"score":0.25}

      """
    #expect(try push(base, "d", "--key", "id,temperature").status == 0)
    let edited = """
      {"id":"q1","temperature":0.0,"score":1}
      {"id":"q1","temperature":1.0,"score":0}

      """
    let merged = try push(edited, "d", "--mode", "merge")
    #expect(merged.output.contains("3 rows  +0 −0 ~2"), "\(merged.output)\(merged.error)")
    #expect(
      try place.run("pull", "d").output == """
        {"id":"q1","temperature":0,"score":1}
        {"id":"q1","temperature":0.5,"score":1}
        {"id":"q1","temperature":1,"score":0}

        """)
    let grown = try push(edited, "d", "--mode", "append")
    #expect(grown.status == 65 && grown.error.contains(".jsonl:1:"), "\(grown.error)")
  }

  @Test func `a key twice in two spellings is refused by its line`() throws {
    let twice = try push("{\"k\":1,\"v\":1}\n{\"k\":1.0,\"v\":2}\n{\"k\":0.5}\n", "d", "--key", "k")
    #expect(twice.status == 65 && twice.error.contains(".jsonl:2:"), "\(twice.error)")
    #expect(twice.error.contains("first on line 1"))
    try place.write("k,v\n1.5,a\nnan,b\n", as: "nan.csv")
    let nan = try place.run("push", "d", "nan.csv", "--key", "k")
    #expect(nan.status == 65 && nan.error.contains("nan.csv:3"), "\(nan.error)")
  }

  @Test func `a comparison and a trend take 1 and 1.0 for one`() throws {
    for suffix in ["", ".0"] {
      let rows = (0..<30).map { "{\"item\":\($0)\(suffix),\"success\":true}\n" }
      #expect(try push(rows.joined(), "d", "--key", "item").status == 0)
    }
    let compared = try place.run("compare", "d@1", "d@2", "--json", "--resamples", "100")
    #expect(compared.output.contains("\"count\":30"), "\(compared.error)")
    let trend = try place.run("trend", "d", "--metric", "success", "--by", "item", "--json")
    #expect(trend.output.components(separatedBy: "\"group\":").count == 31)
    let history = try place.run("history", "d", "7.0", "--json")
    #expect(history.status == 0)
    #expect(history.output.contains("\"new\":7.0,\"old\":7"), "\(history.output)")
  }
}
