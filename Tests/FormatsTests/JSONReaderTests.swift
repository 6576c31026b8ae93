import Columns
import Formats
import Model
import TestSupport
import Testing

@Suite struct JSONReaderTests {
  @Test func `rows become columns in order of first appearance with the narrowest types`() throws {
    let table = try readAll(
      """
      {"id":"a","n":1,"x":1,"ok":true,"mix":41,"none":null}
      {"n":-2,"id":"b","x":2.5,"mix":"4f2a","late":[1, {"k" : "\\u00e9\\/"}]}

      {"id":"c\\n\\ud83d\\ude00","mix":1.5}
      """)
    #expect(
      table.columns.map { "\($0.name):\($0.type)" } == [
        "id:string", "n:int64", "x:float64", "ok:bool", "mix:json", "none:json", "late:json",
      ])
    #expect(table.lines == [1, 2, 4])
    #expect(table.cells("id") == [.text("a"), .text("b"), .text("c\n😀")])
    #expect(table.cells("n") == [.integer(1), .integer(-2), nil])
    #expect(table.cells("x") == [.wholeNumber(1), .number(2.5), nil])
    #expect(table.cells("ok") == [.bool(true), nil, nil])
    #expect(table.cells("mix") == [.text("41"), .text("\"4f2a\""), .text("1.5")])
    #expect(table.cells("none") == [nil, nil, nil])
    #expect(table.cells("late") == [nil, .text(#"[1,{"k":"é/"}]"#), nil])
  }

  @Test(arguments: [
    (["1", #""a""#], "numbers and texts"), (["true", "0"], "truth values and numbers"),
    (["true", "0", #""a""#], "truth values and numbers and texts"),
    (["9007199254740993", "0.5"], "fractions and integers that no float holds"),
    (["1", "2.5"], nil), ([#""a""#, "[1]"], nil), (["null"], nil),
  ])
  func `a column of several kinds of values is told, unless they are nested`(
    values: [String], words: String?
  ) throws {
    let source = MemorySource(
      name: "rows", bytes: Array(values.map { #"{"x":\#($0)}"# + "\n" }.joined().utf8))
    func doubts(_ edit: (inout JSONReader) throws -> Void = { _ in }) throws -> [String] {
      var reader = try JSONReader(source, layout: .lines)
      try edit(&reader)
      while try reader.next() != nil {}
      return reader.remarks.doubts
    }
    #expect(try doubts() == (words.map { ["column 'x' is json: it has \($0)"] } ?? []))
  }

  @Test func `an array of objects gives the same table as lines`() throws {
    let rows = ["{\"a\":1,\"b\":[1,2,{\"c\":\",]}\"}]}", "{ \"a\" : 2 }", "{}"]
    let lines = try readAll(rows.joined(separator: "\r\n"))
    let array = try readAll(" [\n" + rows.joined(separator: "\n,") + "\n]\n", layout: .array)
    #expect(lines.columns == array.columns)
    #expect(lines.cells("a") == array.cells("a"))
    #expect(lines.cells("b") == array.cells("b"))
    #expect(lines.lines == [1, 2, 3])
    #expect(array.lines == [2, 3, 4])
  }

  @Test func `a byte order mark at the start is skipped`() throws {
    #expect(try readAll("\u{FEFF}{\"a\":1}").columns.map(\.name) == ["a"])
    #expect(try readAll("\u{FEFF}[{\"a\":1}]", layout: .array).columns.map(\.name) == ["a"])
  }

  @Test func `numbers keep their value and how they were written`() throws {
    let table = try readAll(
      """
      {"i":9223372036854775807,"f":0.1,"m":9007199254740992,"w":9007199254740993,"e":1e2}
      {"i":-9223372036854775808,"f":-0.0,"m":5e-324,"w":0.5,"e":1.7976931348623157e308}
      {"i":-0,"f":123456789012345678901.5,"m":1e-400,"w":1E+2,"e":0.1e1}
      """)
    #expect(table.cells("i") == [.integer(.max), .integer(.min), .integer(0)])
    #expect(table.cells("f") == [.number(0.1), .number(-0.0), .number(1.2345678901234568e20)])
    #expect(
      table.cells("m") == [
        .wholeNumber(9_007_199_254_740_992), .number(.leastNonzeroMagnitude), .number(0),
      ])
    #expect(table.cells("w") == [.text("9007199254740993"), .text("0.5"), .text("100.0")])
    #expect(
      table.cells("e") == [.number(100), .number(.greatestFiniteMagnitude), .number(1)])
  }

  @Test func `nested values are kept as compact text`() throws {
    let table = try readAll(
      #"{"v":{"b" : [ ], "a":{ },"s":"\u0041\t\u0001\"\/","n":[1.0,1e2,-0,123456789012345678901]}}"#
    )
    #expect(
      table.cells("v") == [
        .text(#"{"b":[],"a":{},"s":"A\t\u0001\"/","n":[1.0,100.0,0,123456789012345678901]}"#)
      ])
  }

  @Test func `named types are kept to`() throws {
    let options = ReadOptions(types: [
      "t": .timestamp, "f": .float64, "j": .json, "big": .json, "gone": .string,
    ])
    let table = try readAll(
      #"{"t":"2026-10-01T12:00:00.25+02:00","f":3,"j":"x","big":12345678901234567890,"gone":null}"#,
      options: options)
    #expect(table.cells("t") == [.integer(1_790_848_800_250_000)])
    #expect(table.columns[0].type == .timestamp)
    #expect(table.cells("f") == [.wholeNumber(3)])
    #expect(table.cells("j") == [.text("\"x\"")])
    #expect(table.cells("big") == [.text("12345678901234567890")])
    #expect(table.columns[4].type == .string)
  }

  @Test func `a value that is not of its named type names line and column`() throws {
    let error = #expect(throws: StoreError.self) {
      try readAll("{\"n\":1}\n\n{\"n\":1.5}", options: ReadOptions(types: ["n": .int64]))
    }
    #expect(error?.location == .init(file: "test.jsonl", line: 3))
    #expect(error?.message.contains("'n'") == true)
  }

  @Test func `a type for a column that is not there is refused`() throws {
    let error = #expect(throws: StoreError.self) {
      try readAll("{\"n\":1}", options: ReadOptions(types: ["m": .int64]))
    }
    #expect(error?.kind == .usage)
  }

  @Test func `a second reading gives every batch the final columns`() throws {
    let filler = String(repeating: "filler ", count: 10)
    var text = ""
    for row in 0..<300_000 { text += "{\"id\":\(row),\"text\":\"\(filler)\"}\n" }
    text += "{\"id\":\"last\",\"more\":1}\n"
    var reader = try JSONReader(MemorySource(name: "f", bytes: Array(text.utf8)), layout: .lines)
    let first = try #require(try reader.next())
    #expect(first.rows.columns.map(\.type) == [.int64, .string])
    while try reader.next() != nil {}
    try reader.restart()
    var rows = 0
    while let batch = try reader.next() {
      #expect(batch.rows.columns.map(\.type) == [.json, .string, .int64])
      #expect(batch.lines.first == UInt32(rows + 1))
      rows += batch.rows.count
    }
    #expect(rows == 300_001)
  }

  @Test(arguments: [JSONReader.Layout.lines, .array])
  func `a row longer than a block is read`(layout: JSONReader.Layout) throws {
    let long = String(repeating: "x", count: 20 << 20)
    let rows = ["{\"a\":1}", "{\"a\":2,\"b\":\"\(long)\"}", "{\"a\":3}"]
    let text =
      layout == .lines ? rows.joined(separator: "\n") : "[" + rows.joined(separator: ",\n") + "]"
    let table = try readAll(text, layout: layout)
    #expect(table.cells("a") == [.integer(1), .integer(2), .integer(3)])
    #expect(table.cells("b") == [nil, .text(long), nil])
    #expect(table.lines == [1, 2, 3])
  }
}
