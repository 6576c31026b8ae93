import Foundation
import TestSupport
import Testing

/// Files whose rows join those of a version: the types that columns get, and what is refused.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct JoiningTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  /// Files pushed one after another, and the same rows in one file.
  struct Parts: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let files: [String]
    /// The type that the column `x` ends with.
    let type: String
  }

  static let parts = [
    Parts(
      testDescription: "nulls, then fractions",
      files: [#"{"id":1,"x":null}"#, #"{"id":2,"x":3.5}"#, #"{"id":3,"x":7}"#], type: "float64"),
    Parts(
      testDescription: "values, then nulls",
      files: [#"{"id":1,"x":3}"#, #"{"id":2,"x":null}"#], type: "int64"),
    Parts(
      testDescription: "nulls, then texts, then nulls",
      files: [#"{"id":1,"x":null}"#, #"{"id":2,"x":"a"}"#, #"{"id":3,"x":null}"#],
      type: "string"),
    Parts(
      testDescription: "fractions, then an integer beyond 2^53",
      files: [#"{"id":1,"x":0.5}"#, #"{"id":2,"x":9007199254740993}"#], type: "json"),
    Parts(
      testDescription: "an integer beyond 2^53, then fractions",
      files: [#"{"id":1,"x":9007199254740993}"#, #"{"id":2,"x":1e-300}"#], type: "json"),
    Parts(
      testDescription: "nulls, then an integer beyond 2^53",
      files: [#"{"id":1,"x":null}"#, #"{"id":2,"x":9007199254740993}"#], type: "int64"),
  ]

  @Test(arguments: parts, ["append", "merge"])
  func `rows that come in several files are as those of one`(parts: Parts, mode: String) throws {
    for (number, file) in parts.files.enumerated() {
      try place.write(file + "\n", as: "\(number).jsonl")
      let pushed = try place.run("push", "x", "\(number).jsonl", "--key", "id", "--mode", mode)
      #expect(pushed.status == 0, "\(pushed.error)")
    }
    try place.write(parts.files.joined(separator: "\n") + "\n", as: "all.jsonl")
    #expect(try place.run("push", "y", "all.jsonl", "--key", "id").status == 0)
    #expect(try type(of: "x") == parts.type)
    #expect(try digest(of: "x") == digest(of: "y"))
    #expect(try place.run("pull", "x").output == place.run("pull", "y").output)
    #expect(try place.run("verify").status == 0)
  }

  @Test func `an empty column of CSV takes the type of its first values`() throws {
    try place.write("id,x\n1,\n", as: "a.csv")
    try place.write("id,x\n2,3.5\n", as: "b.csv")
    try place.run("push", "x", "a.csv", "--key", "id")
    #expect(try type(of: "x") == "json")
    #expect(try place.run("push", "x", "b.csv", "--mode", "append").status == 0)
    #expect(try type(of: "x") == "float64")
    #expect(try place.run("pull", "x").output == "{\"id\":1}\n{\"id\":2,\"x\":3.5}\n")
    #expect(try type(of: "x@1") == "json")
  }

  @Test func `numbers that are not finite stay JSON when texts join them`() throws {
    try place.write("id,x\n1,0.5\n2,nan\n3,-inf\n", as: "a.csv")
    try place.write(#"{"id":4,"x":"a"}"# + "\n", as: "b.jsonl")
    try place.write("id,x\n1,nan\n2,1.5\n3,-inf\n", as: "c.csv")
    try place.run("push", "x", "a.csv", "--key", "id")
    #expect(try place.run("pull", "x", "--format", "csv").output == place.text("a.csv"))
    try place.run("push", "x", "c.csv")
    let diff = try Workplace.object(try place.run("diff", "x", "--json").output)
    #expect(diff["rows"]?[0]?["cells"]?["x"] == .object(["old": 0.5, "new": "nan"]))
    #expect(try place.run("push", "x", "b.jsonl", "--mode", "append").status == 0)
    let rows = try Workplace.rows(try place.run("pull", "x").output)
    #expect(rows.map { $0["x"] } == ["nan", 1.5, "-inf", "a"])
  }

  @Test func `a named type is honoured where the version loses nothing by it`() throws {
    try place.write(#"{"id":1,"x":3,"y":null}"# + "\n", as: "a.jsonl")
    try place.write(#"{"id":2,"x":4,"y":null}"# + "\n", as: "b.jsonl")
    try place.run("push", "x", "a.jsonl", "--key", "id")
    let pushed = try place.run(
      "push", "x", "b.jsonl", "--mode", "append", "--types", "x=float64,y=timestamp")
    #expect(pushed.status == 0, "\(pushed.error)")
    #expect(try type(of: "x") == "float64")
    #expect(try type(of: "x", column: "y") == "timestamp")
    try place.write(#"{"id":3,"x":5}"# + "\n", as: "c.jsonl")
    for mode in ["append", "merge"] {
      let refused = try place.run("push", "x", "c.jsonl", "--mode", mode, "--types", "x=int64")
      #expect(refused.status == 64)
      #expect(refused.error.contains("'x' is float64 in x@2"), "\(refused.error)")
      #expect(refused.error.contains("as int64"), "\(refused.error)")
    }
    #expect(try place.run("push", "x", "c.jsonl", "--types", "x=int64").status == 0)
  }

  @Test func `an appended row whose key is there names the version and the remedy`() throws {
    try place.write("{\"id\":1}\n{\"id\":2}\n", as: "a.jsonl")
    try place.write("{\"id\":3}\n{\"id\":2}\n", as: "b.jsonl")
    try place.run("push", "m", "a.jsonl", "--key", "id")
    let refused = try place.run("push", "m", "b.jsonl", "--mode", "append")
    #expect(refused.status == 65)
    #expect(
      refused.error
        == "assay: b.jsonl:2: m@1 has the key 2 already; --mode merge replaces its row\n")
    #expect(try place.run("push", "m", "b.jsonl", "--mode", "merge").status == 0)
  }

  @Test func `merge needs a key from the first push on`() throws {
    try place.write("{\"id\":1}\n", as: "a.jsonl")
    let refused = try place.run("push", "m", "a.jsonl", "--mode", "merge")
    #expect(refused.status == 64 && refused.error.contains("--key"), "\(refused.error)")
    #expect(try place.run("show", "m").status == 66)
    #expect(try place.run("push", "m", "a.jsonl", "--mode", "merge", "--key", "id").status == 0)
  }

  private func type(of reference: String, column: String = "x") throws -> String? {
    let shown = try Workplace.object(try place.run("show", reference, "--json").output)
    guard case .list(let columns)? = shown["columns"] else { return nil }
    return columns.first { $0["name"]?.string == column }?["type"]?.string
  }

  private func digest(of reference: String) throws -> JSONCell? {
    try Workplace.object(try place.run("show", reference, "--json").output)["snapshot"]
  }
}
