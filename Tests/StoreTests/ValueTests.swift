import Formats
import Model
import Store
import TestSupport
import Testing

/// What `verify --values` finds in stores whose bytes are all as they were written.
@Suite struct ValueTests {
  private func push(
    _ rows: [String], to name: String = "d", _ store: Store,
    _ edit: (inout PushOptions) -> Void = { _ in }
  ) throws {
    var options = PushOptions()
    options.key = ["id"]
    edit(&options)
    let text = rows.enumerated().map { "{\"id\":\($0),\($1)}" }.joined(separator: "\n")
    let reader = try JSONReader(
      MemorySource(name: "x", bytes: Array(text.utf8)), layout: .lines)
    _ = try store.push(try DatasetName(name), reader, options)
  }

  private func findings(_ store: Store) throws -> [[String]] {
    try store.checkValues().map { [$0.kind.rawValue, $0.reference, $0.column ?? ""] }
  }

  @Test func `texts that look like something else are found, and the versions that have them`()
    throws
  {
    let temporary = try TemporaryStore()
    let store = temporary.store
    func rows(_ note: String) -> [String] {
      [
        "\"ok\":\"True\",\"score\":\"0.5\",\"zip\":\"007\",\"note\":\"\(note)\",\"mark\":\"a\"",
        "\"ok\":\"False\",\"score\":\"NaN\",\"zip\":\"8\",\"note\":\"2\",\"mark\":\"1\"",
      ]
    }
    try push(rows("a"), store)
    try push(rows("b"), store)
    try push(rows("1"), store)
    #expect(
      try findings(store) == [
        ["texts", "d@1..3", "ok"], ["texts", "d@1..3", "score"], ["texts", "d@3", "note"],
      ])
    let first = try #require(try store.checkValues().first)
    #expect(first.what.contains("2 of its values are true or false"), "\(first.what)")
    #expect(first.what.contains("--types"), "\(first.what)")
  }

  @Test(arguments: [(2, true), (3, false)])
  func `nine in ten texts that look like numbers are found`(others: Int, isFound: Bool) throws {
    let temporary = try TemporaryStore()
    try push(
      (0..<20).map { "\"n\":\"\($0 < others ? "x" : String($0))\"" }, temporary.store)
    #expect(try findings(temporary.store) == (isFound ? [["texts", "d@1", "n"]] : []))
  }

  @Test(arguments: [
    (["\"1\"", "2", "\"3.5\""], "2 of its values are numbers as texts, like '1', beside 1 number"),
    (["\"1\"", "{\"a\":\"1\"}", "\"x\""], nil), (["1", "2.5", "true"], nil),
    (["\"x\"", "1", "\"y\""], nil), (["true", "\"1\"", "[\"1\"]"], nil),
    (["{\"a\":\"1\"}", "[1]", "null"], nil),
  ])
  func `texts of numbers in a column of any values are found`(
    values: [String], what: String?
  ) throws {
    let temporary = try TemporaryStore()
    try push(values.map { "\"n\":\($0)" }, temporary.store)
    let found = try temporary.store.checkValues()
    #expect(found.map(\.kind) == (what == nil ? [] : [.texts]))
    if let what {
      #expect(
        found[0].what.contains(what) && found[0].what.contains("n=float64"), "\(found[0].what)")
    }
  }

  @Test func `texts of numbers alone are found in a column of any values`() throws {
    let temporary = try TemporaryStore()
    let name = try DatasetName("d")
    let text = (0..<10).map { "{\"id\":\($0),\"n\":\"\($0)\"}" }.joined(separator: "\n")
    let reader = try JSONReader(
      MemorySource(name: "x", bytes: Array(text.utf8)), layout: .lines,
      options: ReadOptions(types: ["n": .json]))
    _ = try temporary.store.push(name, reader, PushOptions())
    let finding = try #require(try temporary.store.checkValues().first)
    #expect(finding.column == "n" && finding.what.contains("10 of its values are numbers as texts"))
    #expect(finding.what.contains("n=float64"), "\(finding.what)")
  }

  @Test func `texts of yes and no are found`() throws {
    let temporary = try TemporaryStore()
    try push((0..<4).map { "\"n\":\"\($0 < 2 ? "yes" : "no")\"" }, temporary.store)
    let finding = try #require(try temporary.store.checkValues().first)
    #expect(finding.what.contains("--types n=bool"), "\(finding.what)")
  }

  @Test func `a few cells that do not fit hide nothing and are shown`() throws {
    let temporary = try TemporaryStore()
    let rows = (0..<40).map { "\"n\":\"\($0 == 17 ? "n/a?" : String($0))\"" }
    try push(rows, temporary.store)
    let finding = try #require(try temporary.store.checkValues().first)
    #expect(finding.what.contains("39 of its values are numbers, but for 1 like 'n/a?'"))
  }

  @Test(arguments: 0..<80 as Range<UInt64>)
  func `what is advised for texts works`(seed: UInt64) throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    var random = SeededGenerator(seed: seed)
    let pools = [
      ["1", "-7", "1e5", "0.5", "10000000000000000000", "1e300", "inf", "NaN", "", "None"],
      ["9007199254740993", "12", "-9223372036854775808", "NA", "nan"],
      ["18446744073709551615", "10000000000000000000", "7.25"],
      ["True", "false", "NULL", "TRUE", "", "None", "NaN"],
      ["12345678901234567890123", "1e999", "1e-999", "0.1", "5"],
    ]
    let pool = try #require(pools.randomElement(using: &random))
    var values = (0..<30).map { _ in pool.randomElement(using: &random) ?? "" }
    if seed % 4 == 0 {
      values[3] = ["soon", "1", "True", "99999999999999999999"][Int(seed / 4) % 4]
    }
    try push(values.map { "\"v\":\"\($0)\"" }, store)
    guard let finding = try store.checkValues().first else { return }
    let advice = try #require(finding.what.split(separator: "--types ").last)
    let name = try #require(advice.split(separator: "=").last)
    let type = try #require(ColumnType(rawValue: String(name)))
    // What it calls exceptions has to be corrected first.
    let hasExceptions = finding.what.contains("correct")
    #expect(hasExceptions == finding.what.contains("but for"), "\(finding.what)")
    let text = "id,v\n" + values.enumerated().map { "\($0),\"\($1)\"\n" }.joined()
    var options = PushOptions()
    options.types = ["v": type]
    let reader = CSVReader(
      source: MemorySource(name: "x", bytes: Array(text.utf8)),
      options: ReadOptions(types: ["v": type]))
    do {
      _ = try store.push(try DatasetName("d"), reader, options)
      #expect(try store.table("d").columns[1].type == type)
    } catch let error as StoreError {
      #expect(hasExceptions, "seed \(seed): \(finding.what): \(error)")
    }
  }

  @Test func `a type that flips and a date in the future are found`() throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    try push(["\"v\":1"], store)
    try push(["\"v\":\"x\""], store)
    try push(["\"v\":\"y\""], store)
    try push(["\"v\":true"], store) { $0.createdAt = Timestamp(parsing: "2199-01-01T00:00:00Z") }
    #expect(
      try findings(store) == [
        ["retyped", "d@2", "v"], ["future", "d@4", ""], ["retyped", "d@4", "v"],
      ])
  }

  @Test func `nothing is found where nothing is odd`() throws {
    let temporary = try TemporaryStore()
    var random = SeededGenerator(seed: 3)
    let table = SampleTable(count: 300, using: &random)
    try temporary.store.push(table)
    try temporary.store.push(table.edited("x", using: &random))
    var steps = 0
    let findings = try temporary.store.checkValues { _, total in
      steps += 1
      #expect(total == 2)
    }
    #expect(findings == [])
    #expect(steps == 2)
  }
}
