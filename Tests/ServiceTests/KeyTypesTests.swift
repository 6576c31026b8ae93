import Access
import Model
import Service
import Store
import TestSupport
import Testing
import Wire

/// Rows that spell the keys of those that are there are the same items, whatever else a file holds.
@Suite struct KeyTypesTests {
  private let desk: Desk

  init() throws { desk = try Desk() }

  /// A dataset's rows, a CSV file that has their keys and one that is no number, and its rows.
  static let numbers: [(rows: String, file: String, merged: [String])] = [
    (
      "{\"k\":1,\"v\":1}\n{\"k\":2,\"v\":1}\n", "k,v\n1,2\nx,3\n",
      [#"{"k":1,"v":2}"#, #"{"k":2,"v":1}"#, #"{"k":"x","v":3}"#]
    ),
    (
      "{\"k\":1.0,\"v\":1}\n{\"k\":0.5,\"v\":1}\n", "k,v\n1,2\n0.50,4\nx,3\n",
      [#"{"k":1.0,"v":2}"#, #"{"k":0.5,"v":4}"#, #"{"k":"x","v":3}"#]
    ),
  ]

  @Test(arguments: numbers)
  func `a merge of a key that is no number among numbers adds that item alone`(
    rows: String, file: String, merged: [String]
  ) throws {
    try desk.push(rows, key: ["k"])
    let added = try desk.push(file, .csv, .merge)
    #expect(try desk.lines() == merged)
    #expect(added.notes.contains { $0.contains("'k'") && $0.contains("json") }, "\(added.notes)")
    // And again, now that the key is of mixed values.
    #expect(!(try desk.push(file, .csv, .merge).isNew))
    #expect(throws: StoreError.self) { try desk.push("k,v\n1,2\ny,3\n", .csv, .append) }
    try desk.push("k,v\ny,3\n", .csv, .append)
    #expect(try desk.lines().count == merged.count + 1)
  }

  @Test(arguments: [".5", "0.50", "+0.5", "5e-1"], [PushMode.merge, .replace])
  func `a number of a key is the item it is, however a file with a text spells it`(
    spelling: String, mode: PushMode
  ) throws {
    try desk.push("{\"k\":0.5,\"v\":1}\n", key: ["k"])
    #expect(desk.error { try desk.push("k,v\n1,2\n+1,3\nx,4\n", .csv, mode) }?.kind == .invalid)
    try desk.push("k,v\n\(spelling),2\nx,3\n", .csv, mode)
    #expect(try desk.diff("d@1", "d@2") == ChangeCounts(added: 1, removed: 0, changed: 1))
  }

  @Test func `a file of all keys and one that is no number leaves the others the items they are`()
    throws
  {
    let keys = (1...60).map { "\($0),1\n" }.joined()
    try desk.push("k,success\n" + keys, .csv, key: ["k"])
    try desk.push("k,success\n" + keys + "x61,1\n", .csv)
    #expect(try desk.diff("d@1", "d@2") == ChangeCounts(added: 1, removed: 0, changed: 0))
  }

  @Test(arguments: [
    ("{\"k\":\"2026-01-01T00:00:00Z\",\"v\":1}\n", "2026-01-01,2\nabc,3\n", 3),
    ("{\"k\":true,\"v\":1}\n", "True,2\nx,3\n", 3),
  ])
  func `a key among moments or truth values that is none is refused by its line`(
    rows: String, cells: String, line: Int
  ) throws {
    let isMoment = rows.contains("2026")
    try desk.push(rows, key: ["k"]) { if isMoment { $0.types = ["k": .timestamp] } }
    for mode in [PushMode.merge, .append, .replace] {
      let error = desk.error { try desk.push("k,v\n" + cells, .csv, mode) }
      #expect(error?.kind == .invalid && error?.location?.line == line, "\(error as Any)")
      #expect(error?.message.contains("--types k=string") == true)
    }
    if isMoment {
      let json = "{\"k\":\"2026-01-01\",\"v\":2}\n{\"k\":\"abc\",\"v\":3}\n"
      #expect(desk.error { try desk.push(json, .jsonl, .merge) }?.location?.line == 2)
    }
    #expect(try desk.lines().count == 1)
    // The way out that the message names.
    try desk.push("k,v\n" + cells, .csv, key: ["k"]) { $0.types = ["k": .string] }
    #expect(try desk.lines().count == 2)
  }

  @Test func `a live row whose key the dataset does not take is refused when it comes`() throws {
    try desk.push("{\"k\":\"2026-01-01T00:00:00Z\",\"v\":1}\n", key: ["k"]) {
      $0.types = ["k": .timestamp]
    }
    let rows = desk.service.rows()
    let name = try DatasetName("d")
    func append(_ line: String) throws {
      _ = try rows.appendRows(to: name, Array(line.utf8), .lines, idempotencyKey: nil, as: .local)
    }
    try append("{\"k\":\"2026-01-01\",\"v\":2}\n")
    #expect(desk.error { try append("{\"k\":\"abc\",\"v\":3}\n") }?.kind == .invalid)
    #expect(desk.error { try append("{\"k\":5,\"v\":3}\n") }?.kind == .invalid)
    // One moment in two forms is one key.
    let twice = "{\"k\":\"2026-02-01\"}\n{\"k\":\"2026-02-01T01:00:00+01:00\"}\n"
    #expect(desk.error { try append(twice) }?.location?.line == 2)
    try append("{\"k\":\"2026-01-01T00:00:00.000Z\",\"v\":4}\n")
    #expect(try rows.sealRows(of: name).waiting == nil)
    #expect(try desk.lines() == [#"{"k":"2026-01-01T00:00:00Z","v":4}"#])
  }

  @Test func `vectors are one key whatever the width of their floats`() throws {
    try desk.push("{\"k\":[0.5,1],\"v\":1}\n", key: ["k"]) { $0.types = ["k": Self.narrow] }
    try desk.push("{\"k\":[0.5,1],\"v\":2}\n", to: "wide", key: ["k"]) {
      $0.types = ["k": Self.wide]
    }
    let file = try desk.pull("wide", .parquet)
    try desk.push(file, .parquet, .merge)
    #expect(try desk.lines() == [#"{"k":[0.5,1.0],"v":2}"#])
    #expect(try desk.diff("d@1", "d@2") == ChangeCounts(added: 0, removed: 0, changed: 1))
    // -0.0 is 0.
    let zeros = "{\"k\":[0.0,1]}\n{\"k\":[-0.0,1]}\n"
    #expect(
      desk.error {
        try desk.push(zeros, to: "zeros", key: ["k"]) { $0.types = ["k": Self.wide] }
      }?.location?.line == 2)
  }

  private static let narrow = ColumnType(rawValue: "vector(2,f32)") ?? .json
  private static let wide = ColumnType(rawValue: "vector(2,f64)") ?? .json
}

/// Values that a merge brings in another spelling, and types that live rows bring.
@Suite struct MergedValueTests {
  private let desk: Desk

  init() throws { desk = try Desk() }

  @Test(arguments: [FileFormat.parquet, .arrow, .csv])
  func `numbers that come back in another spelling change nothing`(format: FileFormat) throws {
    try desk.push(
      "{\"id\":1,\"s\":1,\"n\":7}\n{\"id\":2,\"s\":0.5}\n{\"id\":3,\"s\":0}\n", key: ["id"])
    // What pandas makes of it: floats throughout.
    try desk.push(
      "{\"id\":1,\"s\":1.0,\"n\":7.0}\n{\"id\":2,\"s\":0.5}\n{\"id\":3,\"s\":0.0}\n", to: "p",
      key: ["id"])
    let file = try desk.pull("p", format)
    let merged = try desk.push(file, format, .merge)
    #expect(!merged.isNew, "\(merged.notes)")
    // One edit is one change, and leaves the others as they are.
    try desk.push(
      "{\"id\":1,\"s\":1.0,\"n\":7.0}\n{\"id\":2,\"s\":0.75}\n{\"id\":3,\"s\":0.0}\n", to: "p")
    try desk.push(try desk.pull("p", format), format, .merge)
    #expect(try desk.diff("d@1", "d@2") == ChangeCounts(added: 0, removed: 0, changed: 1))
    #expect(
      try desk.lines() == [
        #"{"id":1,"s":1,"n":7}"#, #"{"id":2,"s":0.75}"#, #"{"id":3,"s":0}"#,
      ])
  }

  @Test func `a vector column that becomes mixed keeps the rows that nobody edited`() throws {
    let form = try #require(VectorForm(count: 2, element: .f32))
    try desk.push("{\"id\":1,\"v\":[1,2]}\n{\"id\":2,\"v\":[0.1,3]}\n", key: ["id"]) {
      $0.types = ["v": .vector(form)]
    }
    try desk.push("{\"id\":3,\"v\":\"none\"}\n", .jsonl, .merge)
    #expect(try desk.diff("d@1", "d@2") == ChangeCounts(added: 1, removed: 0, changed: 0))
  }

  @Test func `live rows know a column of mixed values, and say which column they widen`() throws {
    try desk.push("{\"id\":1,\"x\":\"a\",\"ok\":true}\n{\"id\":2,\"x\":7}\n", key: ["id"])
    let rows = desk.service.rows()
    let name = try DatasetName("d")
    let big = "{\"id\":3,\"x\":18446744073709551616}\n"
    _ = try rows.appendRows(to: name, Array(big.utf8), .lines, idempotencyKey: nil, as: .local)
    #expect(try rows.sealRows(of: name).notes == nil)
    #expect(try desk.lines().last == #"{"id":3,"x":18446744073709551616}"#)
    let odd = "{\"id\":4,\"ok\":\"yes\"}\n"
    _ = try rows.appendRows(to: name, Array(odd.utf8), .lines, idempotencyKey: nil, as: .local)
    let notes = try rows.sealRows(of: name).notes ?? []
    #expect(
      notes.count == 1 && notes[0].contains("'ok' was bool and is json now: row 1 has"), "\(notes)")
  }
}
