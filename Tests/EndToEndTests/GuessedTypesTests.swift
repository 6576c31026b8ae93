import Foundation
import Model
import TestSupport
import Testing

/// What a CSV file does not say of its types, on the command line and over REST.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct GuessedTypesTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  @Test func `a file without its last odd key still has the dataset's texts for keys`() throws {
    let items = (1...60).map { "\($0),true\n" }.joined()
    try place.write("item,success\n\(items)007,true\n", as: "1.csv")
    try place.write("item,success\n\(items)", as: "2.csv")
    #expect(try place.run("push", "d", "1.csv", "--key", "item").status == 0)
    let pushed = try place.run("push", "d", "2.csv")
    #expect(pushed.output.contains("+0 −1 ~0"), "\(pushed.output)\(pushed.error)")
    #expect(
      try place.run("query", "select typeof(item) t, count(*) n from d group by 1").output
        .contains("text"))
    let compared = try place.run("compare", "d@1", "d@2", "--json", "--resamples", "100")
    #expect(compared.output.contains("\"count\":60"), "\(compared.error)")
  }

  @Test func `what pandas writes for truth values is bool, and said`() throws {
    try place.write("id,success\n1,True\n2,False\n3,True\n4,True\n", as: "pandas.csv")
    let pushed = try place.run("push", "d", "pandas.csv", "--key", "id")
    #expect(pushed.status == 0 && pushed.error.contains("read as"), "\(pushed.error)")
    let mean = try place.run("query", "select avg(success) m from d", "--format", "csv")
    #expect(mean.output == "m\n0.75\n", "\(mean.output)")
    try place.write("{\"id\":1,\"success\":true}\n", as: "bool.jsonl")
    let merged = try place.run("push", "d", "bool.jsonl", "--mode", "merge")
    #expect(merged.output.hasPrefix("unchanged"), "\(merged.output)")
  }
}
