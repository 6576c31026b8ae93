import Columns
import Formats
import Model
import Testing

/// A CSV text read to its end: its rows, and what there is to say about them.
private func read(
  _ text: String, types: [DataText: ColumnType] = [:], csv: CSVForm = CSVForm(),
  expecting expected: ExpectedColumns? = nil
) throws(StoreError) -> (rows: RowBatch, remarks: ReadRemarks) {
  var options = ReadOptions(types: types)
  options.csv = csv
  var reader = CSVReader(
    source: MemorySource(name: "in.csv", bytes: Array(text.utf8)), options: options)
  if let expected { try reader.expect(expected) }
  var batches: [InputBatch] = []
  while let batch = try reader.next() { batches.append(batch) }
  guard batches.count == 1 else { throw StoreError(.invalid, "the test is made for one batch") }
  return (batches[0].rows, reader.remarks)
}

/// One column `x` beside one of texts, of these cells.
private func column(
  _ texts: [String], csv: CSVForm = CSVForm(), expecting type: ColumnType? = nil
) throws(StoreError) -> (type: ColumnType, cells: [String?], remarks: ReadRemarks) {
  var expected = ExpectedColumns()
  if let type { expected.add("x", type) }
  let text = "x,y\n" + texts.map { "\($0),z\n" }.joined()
  let (rows, remarks) = try read(text, csv: csv, expecting: type == nil ? nil : expected)
  return (rows.columns[0].type, cells(rows.vectors[0]), remarks)
}

@Suite struct `CSV as people's tools write it` {
  @Test func `truth is read however it is written`() throws {
    let words = ["true", "True", "TRUE", "false", "False", "FALSE"]
    let found = try column(words)
    #expect(found.type == .bool)
    #expect(found.cells == ["true", "true", "true", "false", "false", "false"])
    #expect(found.remarks.readings == ["'True'/'TRUE'/'False'/'FALSE' as bool in x"])
    #expect(try column(["true", "false"]).remarks.readings.isEmpty)
  }

  @Test(arguments: [
    "NaN", "nan", "NAN", "Inf", "inf", "INF", "Infinity", "infinity", "-Inf", "-inf", "-Infinity",
    "-infinity",
  ])
  func `what is not finite is a number among numbers and a text alone`(word: String) throws {
    let among = try column(["1.5", word])
    #expect(among.type == .float64)
    let value = word.lowercased()
    #expect(
      among.cells[1] == (value == "nan" ? "nan" : value.hasPrefix("-") ? "-inf" : "inf"))
    let isPlain = ["nan", "inf", "-inf"].contains(word)
    #expect(among.remarks.readings == (isPlain ? [] : ["'\(word)' as a number in x"]))
    #expect(try column([word, word]).type == .string)
    #expect(try column([word, word]).cells == [word, word])
  }

  @Test(arguments: [
    "NA", "N/A", "n/a", "null", "NULL", "Null", "None", "#N/A", "<NA>", "NaT", "\"NA\"", "\"\"",
  ])
  func `words for null are null among truth values, numbers and times only`(word: String) throws {
    let plain = word == "\"\"" ? "" : word.replacing("\"", with: "")
    for (cell, type) in [("true", ColumnType.bool), ("7", .int64), ("7.5", .float64)] {
      let among = try column([cell, word])
      #expect(among.type == type && among.cells == [cell, nil])
      let reading = plain.isEmpty ? "1 empty cell as null" : "'\(plain)' as null (1 cell)"
      #expect(among.remarks.readings == ["\(reading) in x"])
    }
    let time = try column(["2026-10-01", word], expecting: .timestamp)
    #expect(time.type == .timestamp && time.cells[1] == nil)
    let text = try column(["seven", word])
    #expect(text.type == .string && text.cells == ["seven", plain])
    #expect(text.remarks.readings.isEmpty)
    #expect(try column([word, word]).cells == [plain, plain])
  }

  @Test func `what is not a number is null among truth values`() throws {
    let found = try column(["True", "NaN", "", "false"])
    #expect(found.type == .bool && found.cells == ["true", nil, nil, "false"])
    #expect(
      found.remarks.readings == [
        "'True' as bool in x", "'NaN' as null (1 cell) in x", "1 empty cell as null in x",
      ])
  }

  @Test func `nulls that are named are null in every column and in place of the usual ones`() throws
  {
    var csv = CSVForm()
    csv.nulls = ["-99", "?"]
    #expect(try column(["1", "-99", "?"], csv: csv).cells == ["1", nil, nil])
    #expect(try column(["a", "-99", "?"], csv: csv).cells == ["a", nil, nil])
    #expect(try column(["1", "NA"], csv: csv).type == .string)
    #expect(try column(["?", "?"], csv: csv).type == .json)
    csv.nulls = [""]
    #expect(try column(["a", "\"\""], csv: csv).cells == ["a", nil])
    #expect(throws: StoreError.self) { try CSVForm(separator: "#", decimal: nil, nulls: []) }
    #expect(throws: StoreError.self) { try CSVForm(separator: nil, decimal: "'", nulls: []) }
  }

  @Test(arguments: [
    ("a,b\n1,2\n", ","), ("a;b\n1;2\n", ";"), ("a\tb\n1\t2\n", "\t"), ("a|b\n1|2\n", "|"),
    // A name that has another separator.
    ("a;b, c;d\n1;2;3\n4;5;6\n", ";"), ("a;b, c\n1,5;2,5\n1,5;2,5\n", ";"),
    ("\"a;b\",c\n1,2\n", ","), ("\"a\"\"b\";c\n\"1\n;\";2\n", ";"), ("a|b\nx\ny\n", ","),
    ("a;b\nx\n", ","), ("a,b\n1;2,3\n", ","), ("a;b\r\n1;2\r\n\r\n", ";"), ("a;b", ";"),
    ("\u{FEFF}a;b\n1;2\n", ";"), ("a b\n1\n", ","),
  ])
  func `the separator is the one by which all rows have as many cells`(
    text: String, separator: String
  ) throws {
    let (rows, remarks) = try read(text)
    let width = separator == "," ? (text.contains(",") ? 2 : 1) : nil
    if let width { #expect(rows.columns.count == width) }
    let name = separator == "\t" ? "tab" : "'\(separator)'"
    #expect(remarks.readings.first?.hasPrefix("separator") ?? false == (separator != ","))
    if separator != "," { #expect(remarks.readings.first == "separator \(name)") }
  }

  @Test func `a row of another width is told by the separator of the header`() throws {
    let error = try #require(throws: StoreError.self) { try read("a;b;c\n1;2;3\n1;2\n") }
    #expect(error.message.contains("2 cells, the header has 3"))
    #expect(error.location?.line == 3)
    var csv = CSVForm()
    csv.separator = UInt8(ascii: ",")
    #expect(try read("a;b\n1;2\n", csv: csv).rows.columns.map(\.name) == ["a;b"])
  }

  @Test func `a decimal comma is one where it is named`() throws {
    var csv = CSVForm()
    csv.hasDecimalComma = true
    let text = "x;y;z\n1,5;7;1.5\n-2,25e3;;2\n"
    let (rows, _) = try read(text, csv: csv)
    #expect(rows.columns.map(\.type) == [.float64, .int64, .string])
    #expect(cells(rows.vectors[0]) == ["1.5", "-2250.0"])
    #expect(try read(text).rows.columns.map(\.type) == [.string, .int64, .float64])
    let quoted = try read("x,y\n\"1,5\",2\n", csv: csv)
    #expect(cells(quoted.rows.vectors[0]) == ["1.5"])
  }

  @Test func `a column that is text for a few cells is told by the first of them`() throws {
    let doubts = { (texts: [String]) in try column(texts).remarks.doubts }
    #expect(try doubts(["0.5", "0.7", "n/a?"]) == ["column 'x' is text: line 4 has 'n/a?'"])
    #expect(try doubts(["true", "yes", "False"]) == ["column 'x' is text: line 3 has 'yes'"])
    #expect(try doubts(["1", "true", "2", "3"]) == ["column 'x' is text: line 3 has 'true'"])
    #expect(
      try doubts(["9007199254740993", "0.5", "1"]) == [
        "column 'x' is text: line 2 has '9007199254740993', which no float holds, beside fractions"
      ])
    #expect(try doubts(["a", "b", "1"]).isEmpty)
    #expect(try doubts(["N/A", "N/A"]).isEmpty)
    #expect(try doubts(["12", "13", "007"]) == ["column 'x' is text: line 4 has '007'"])
    let long = try doubts(["1", "2", "\"two\nlines, and more than forty characters of them\""])
    #expect(
      long == ["column 'x' is text: line 4 has 'two\nlines, and more than forty character…'"])
  }

  @Test func `UTF-16 is refused by its name`() throws {
    for bytes: [UInt8] in [
      [0xFF, 0xFE, 0x61, 0, 0x0A, 0], [0xFE, 0xFF, 0, 0x61, 0, 0x0A], [0x61, 0, 0x0A, 0],
      [0, 0x61, 0, 0x0A],
    ] {
      let error = try #require(throws: StoreError.self) { try readCSV(bytes) }
      #expect(error.kind == .invalid && error.message.contains("UTF-16"))
    }
  }

  @Test func `cells are read as a dataset has their column`() throws {
    let whole = try column(["5", "7.0", "1e3", "NA"], expecting: .int64)
    #expect(whole.type == .int64 && whole.cells == ["5", "7", "1000", nil])
    #expect(
      whole.remarks.readings == [
        "'NA' as null (1 cell) in x", "2 cells like '7.0' as integers in x",
      ])
    let gaps = try column(["5", "NaN"], expecting: .int64)
    #expect(gaps.type == .int64 && gaps.cells == ["5", nil])
    #expect(gaps.remarks.readings == ["'NaN' as null (1 cell) in x"])
    #expect(try column(["1", "0", "True"], expecting: .bool).cells == ["true", "false", "true"])
    #expect(try column(["1", "2"], expecting: .float64).type == .float64)
    #expect(try column(["8", "NA", "True"], expecting: .string).cells == ["8", "NA", "True"])
    let nested = try column(["\"{\"\"a\"\": [1, 2]}\"", "7", "hello", "null"], expecting: .json)
    #expect(nested.type == .json && nested.cells == [#"{"a":[1,2]}"#, "7", #""hello""#, nil])
    #expect(
      nested.remarks.readings == ["cells that are no JSON as texts (the first on line 4) in x"])
    for time in [
      "2026-10-01 12:00:00", "2026-10-01T12:00", "2026-10-01T14:00:00+0200",
      "2026-10-01 12:00:00.000000000+00:00", "2026-10-01T14:00+02", "2026-10-01T12:00:00.000Z",
    ] {
      let found = try column([time], expecting: .timestamp)
      #expect(found.cells == ["1790856000000000"], "\(time)")
    }
  }

  @Test(arguments: [
    (ColumnType.int64, ["5", "abc"], ColumnType.string, "abc"),
    (.int64, ["5", "1.5"], .float64, "1.5"),
    (.int64, ["-0.0"], .float64, "-0.0"), (.float64, ["0.5", "x"], .string, "x"),
    (.bool, ["true", "2"], .string, "2"), (.timestamp, ["2026-10-01", "soon"], .string, "soon"),
    (.timestamp, ["2026-10-01T00:00:00.0000001Z"], .string, "2026-10-01T00:00:00.0000001Z"),
  ])
  func `a cell that does not fit widens its column and is named`(
    expected: ColumnType, texts: [String], type: ColumnType, text: String
  ) throws {
    let found = try column(texts, expecting: expected)
    #expect(found.type == type)
    let misfit = try #require(found.remarks.misfits.first)
    #expect(misfit.expected == expected && misfit.line == texts.count + 1)
    #expect(misfit.text == "'\(text)'")
    #expect(found.remarks.doubts.isEmpty)
  }

  @Test func `years beyond four digits come back`() {
    for microseconds: Int64 in [.min, .max, -62_198_755_200_000_000, 253_402_300_800_000_000] {
      let time = Timestamp(microseconds: microseconds)
      #expect(Timestamp(iso8601: time.description) == time, "\(time)")
    }
    #expect(Timestamp(iso8601: "+999999-01-01") == nil)
    #expect(Timestamp(parsing: "2026-10-01T12:00") == nil)
  }
}
