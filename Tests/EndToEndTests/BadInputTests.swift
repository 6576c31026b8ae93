import Foundation
import TestSupport
import Testing

/// Input that cannot be saved: each says what is wrong and where, and changes nothing.
@Suite(.bothDoors, .tags(.slow), .unlessFast) struct BadInputTests {
  /// A file that is refused.
  struct Refusal: CustomTestStringConvertible, Sendable {
    let name: String
    let file: String
    let bytes: [UInt8]
    /// What the message begins with: the file, and the line and column as far as there is one.
    let place: String
    let status: Int32

    init(_ name: String, _ file: String, _ text: String, _ place: String, status: Int32 = 65) {
      self.init(name, file, bytes: Array(text.utf8), place, status: status)
    }

    init(_ name: String, _ file: String, bytes: [UInt8], _ place: String, status: Int32 = 65) {
      self.name = name
      self.file = file
      self.bytes = bytes
      self.place = place
      self.status = status
    }

    var testDescription: String { name }
  }

  static let refusals = [
    Refusal("truncated JSON", "a.jsonl", "{\"id\":1}\n{\"id\":2", "a.jsonl:2"),
    Refusal("invalid JSON", "a.jsonl", "{\"id\":1}\n{\"id\":tru}\n", "a.jsonl:2:7: "),
    Refusal(
      "invalid UTF-8", "a.jsonl", bytes: Array("{\"id\":\"".utf8) + [0xFF] + Array("\"}\n".utf8),
      "a.jsonl:1:8: "),
    Refusal("a lone surrogate", "a.jsonl", "{\"id\":\"\\ud800\"}\n", "a.jsonl:1"),
    Refusal("a duplicate key in an object", "a.jsonl", "{\"id\":1,\"id\":2}\n", "a.jsonl:1"),
    Refusal("duplicate row keys", "a.jsonl", "{\"id\":1}\n{\"id\":1}\n", "a.jsonl:2"),
    Refusal("a missing key column", "a.jsonl", "{\"x\":1}\n", "a.jsonl: the key column 'id'"),
    Refusal("a row that is no object", "a.jsonl", "{\"id\":1}\n[1]\n", "a.jsonl:2:1: "),
    Refusal("a ragged row of CSV", "a.csv", "id,b\n1,2\n3\n", "a.csv:3"),
    Refusal("an open quote in CSV", "a.csv", "id,b\n1,\"2\n", "a.csv:2"),
    Refusal("an integer beyond int64", "a.jsonl", "{\"id\":99999999999999999999}\n", "a.jsonl:1"),
    Refusal("a number beyond float64", "a.jsonl", "{\"id\":1,\"x\":1e999}\n", "a.jsonl:1"),
    Refusal(
      "nesting 10,000 deep", "a.jsonl",
      "{\"id\":" + String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        + "}\n", "a.jsonl:1"),
    Refusal(
      "10,000 columns", "a.jsonl",
      "{\"id\":0" + (1..<10_000).map { ",\"c\($0)\":1" }.joined() + "}\n", "a.jsonl:1"),
    Refusal("an empty file", "a.jsonl", "", "a.jsonl"),
    Refusal("an unknown extension", "a.xls", "id\n1\n", "", status: 64),
    Refusal("a cut Parquet file", "a.parquet", "PAR1", "a.parquet: "),
    Refusal("a cut Arrow file", "a.arrow", "ARROW1\0\0", "a.arrow: "),
    Refusal("text that is no Arrow data", "a.arrows", "{\"id\":1}\n", "a.arrows: "),
  ]

  @Test(arguments: refusals)
  func `bad input is refused and changes nothing`(refusal: Refusal) throws {
    let place = try Workplace()
    try place.write("{\"id\":1}\n", as: "good.jsonl")
    #expect(try place.run("push", "x", "good.jsonl", "--key", "id").status == 0)
    let before = try snapshotOfStore(place)
    try place.write(refusal.bytes, as: refusal.file)
    let refused = try place.run("push", "x", refusal.file, "--key", "id")
    #expect(refused.status == refusal.status, "\(refused.error)")
    #expect(refused.output.isEmpty)
    #expect(refused.error.hasPrefix("assay: " + refusal.place), "\(refused.error)")
    #expect(try snapshotOfStore(place) == before)
    #expect(try place.run("push", "fresh", refusal.file, "--key", "id").status == refusal.status)
    #expect(try snapshotOfStore(place) == before)
  }

  @Test func `one line of 100 MB is refused`() throws {
    let place = try Workplace()
    let line = Array("{\"id\":\"".utf8) + [UInt8](repeating: 0x61, count: 100 << 20)
    try place.write(line + Array("\"}\n".utf8), as: "a.jsonl")
    let refused = try place.run("push", "x", "a.jsonl")
    #expect(refused.status == 65)
    #expect(refused.error.hasPrefix("assay: a.jsonl:1"), "\(refused.error)")
    #expect(try place.run("ls").lines.count <= 2)
  }

  /// Commands that cannot be done, and how they end.
  static let refusedCommands: [(line: String, status: Int32)] = [
    (#"push ../x a.jsonl"#, 64),
    (#"push X a.jsonl"#, 64),
    (#"push x absent.jsonl"#, 66),
    (#"push x"#, 64),
    (#"show x@@"#, 64),
    (#"show x@v1~z"#, 64),
    (#"show absent"#, 66),
    (#"show x@99"#, 66),
    (#"show x@prod"#, 66),
    (#"diff x"#, 66),
    (#"query 'SELECT nope FROM x'"#, 64),
    (#"query 'SELECT 1 FROM absent'"#, 66),
    (#"query 'DELETE FROM x'"#, 77),
    (#"query 'ATTACH '\''y'\'' AS y'"#, 77),
    (#"pull x --columns nope"#, 64),
    (#"pull x --where 'nope = 1'"#, 64),
    (#"pull x -o absent/x.jsonl"#, 66),
    (#"pull x --format jsonl -o /dev/full"#, 74),
    (#"tag x latest"#, 64),
    (#"tag --delete x prod"#, 66),
    (#"frobnicate"#, 64),
    (#"ls --store absent"#, 66),
    (#"ls --store https://"#, 64),
    (#"init --store https://example.com"#, 64),
    (#"init http://localhost:1"#, 64),
    (#"pull x --order a,nope"#, 64),
    (#"pull x --offset -1"#, 64),
    (#"push x a.jsonl --created-at yesterday"#, 64),
    (#"push x a.jsonl --types a=int46"#, 64),
    (#"push x a.jsonl --delete-missing"#, 64),
    (#"gc --grace soon"#, 64), (#"gc --grace 59s"#, 64), (#"gc --apply --grace 0m"#, 64),
    (#"verify --expect-head x=1"#, 64),
    (#"init .assay"#, 75),
    (#"push x a.jsonl --from absent@1"#, 66),
  ]

  @Test(arguments: refusedCommands)
  func `a command that cannot be done says so`(command: String, status: Int32) throws {
    let place = try Workplace()
    try place.write("{\"a\":1}\n", as: "first.jsonl")
    try place.write("{\"a\":2}\n", as: "a.jsonl")
    #expect(try place.run("push", "x", "first.jsonl").status == 0)
    let line = "assay " + command
    let refused = try place.shell(line)
    #expect(refused.status == status, "\(refused.error)")
    #expect(refused.error.hasPrefix("assay: ") && refused.output.isEmpty, "\(refused.error)")
    let inJSON = try place.shell(line + " --json")
    #expect(inJSON.status == status)
    let error = try #require(try Workplace.object(inJSON.error)["error"])
    #expect(error["kind"]?.string != nil)
    #expect(error["message"]?.string?.isEmpty == false)
    #expect(try place.run("ls", "x").lines.count == 3)
  }

  @Test func `what other tools write by default is refused with what to write`() throws {
    let place = try Workplace()
    try place.write("PK", as: "results.XLSX")
    let sheet = try place.run("push", "x", "results.XLSX")
    #expect(sheet.status == 64 && sheet.error.contains("save the sheet as CSV"), "\(sheet.error)")
    try place.write("{\"id\":{\"0\":1,\"1\":2}}", as: "pandas.json")
    let table = try place.run("push", "x", "pandas.json")
    #expect(table.status == 65 && table.error.contains("orient='records'"), "\(table.error)")
  }

  @Test func `an error in JSON names file, line and column`() throws {
    let place = try Workplace()
    try place.write("{\"a\":1}\n{\"a\":tru}\n", as: "a.jsonl")
    let refused = try place.run("push", "x", "a.jsonl", "--json")
    let error = try Workplace.object(refused.error)["error"]
    #expect(error?["kind"] == "invalid")
    #expect(error?["file"] == "a.jsonl")
    #expect(error?["line"] == 2)
    #expect(error?["column"] == 6)
  }

  @Test(.folderOnly) func `a store of a newer format is left alone`() throws {
    let place = try Workplace()
    let made = try place.shell(
      """
      text='"format":999,"id":"0"'
      digest=$(printf '{%s}' "$text" | sha256sum | cut -c1-64)
      printf '{"digest":"%s",%s}' "$digest" "$text" > .assay/assay.json
      """)
    try #require(made.status == 0)
    let refused = try place.run("ls")
    #expect(refused.status == 74)
    #expect(refused.error.contains("format 999"), "\(refused.error)")
  }

  /// The files of the store but the index, with their sizes.
  private func snapshotOfStore(_ place: Workplace) throws -> [String: Int] {
    let store = place.folder.appending(path: ".assay")
    var sizes: [String: Int] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: store.path)
    where !path.hasPrefix("index.sqlite") {
      let attributes = try FileManager.default.attributesOfItem(
        atPath: store.appending(path: path).path)
      sizes[path] =
        (attributes[.type] as? FileAttributeType) == .typeDirectory
        ? 0 : attributes[.size] as? Int
    }
    return sizes
  }
}
