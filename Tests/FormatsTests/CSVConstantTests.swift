import Columns
import Formats
import Foundation
import Model
import TestSupport
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
    "-infinity", "+Inf", "+inf", "-nan", "-NaN", "1.#QNAN", "-1.#IND", "1.#INF", "-1.#INF",
  ])
  func `what is not finite is a number among numbers, and not one alone`(word: String) throws {
    let among = try column(["1.5", word])
    #expect(among.type == .float64)
    let value = word.lowercased()
    let isNaN = value.contains("nan") || value.contains("ind")
    #expect(among.cells[1] == (isNaN ? "nan" : value.hasPrefix("-") ? "-inf" : "inf"))
    let isPlain = ["nan", "inf", "-inf"].contains(word)
    #expect(among.remarks.readings == (isPlain ? [] : ["'\(word)' as a number in x"]))
    let alone = try column([word, word])
    #expect(alone.type == (isNaN ? .json : .string))
    #expect(alone.cells == (isNaN ? [nil, nil] : [word, word]))
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
    // Alone they are null, in a column that has no type yet; `""` is the empty text.
    let alone = try column([word, "", word])
    #expect(alone.type == (plain.isEmpty ? .string : .json))
    #expect(alone.cells == (plain.isEmpty ? ["", nil, ""] : [nil, nil, nil]))
    let reading = plain.isEmpty ? "1 empty cell as null" : "'\(plain)' as null (2 cells)"
    #expect(alone.remarks.readings == ["\(reading) in x"])
  }

  @Test func `words for null are one with NaN and empty cells, and texts beside texts`() throws {
    let nulls = try column(["NA", "NaN", "", "None"])
    #expect(nulls.type == .json && nulls.cells == [nil, nil, nil, nil])
    #expect(nulls.remarks.readings == ["'None'/'NaN'/'NA' as null (3 cells) in x"])
    #expect(try column(["NA", "NaN"], expecting: .string).cells == ["NA", "NaN"])
    #expect(try column(["NA", "nan"], expecting: .float64).cells == [nil, "nan"])
  }

  @Test(arguments: [
    ("-0", "-0.0"), ("+1", "1"), ("+0.5", "0.5"), (".5", "0.5"), ("-.5", "-0.5"), ("1.", "1.0"),
    ("1.e2", "100.0"), ("1152921504606846976", "1.152921504606847e+18"),
    ("9223372036854775808", "9.223372036854775808e+18"),
  ])
  func `a number that JSON writes otherwise is one among numbers`(
    word: String, value: String
  ) throws {
    let number = try #require(Double(value))
    let known = try column(["0.25", word], expecting: .float64)
    #expect(known.type == .float64 && known.remarks.misfits.isEmpty)
    #expect(known.cells[1].flatMap(Double.init) == number)
    #expect(known.cells[1]?.hasPrefix("-") == value.hasPrefix("-"))
    #expect(known.remarks.readings == ["'\(word)' as a number in x"])
    let new = try column(["0.25", word])
    #expect(new.type == .float64 && new.cells == known.cells)
    #expect(new.remarks.readings == known.remarks.readings)
  }

  @Test func `an integer with a plus is one among those with a minus, and else a text`() throws {
    for (first, type) in [("-7", nil), ("7", ColumnType.int64)] {
      let found = try column([first, "+1"], expecting: type)
      #expect(found.type == .int64 && found.cells == [first, "1"])
      #expect(found.remarks.readings == ["1 cell like '+1' as integers in x"])
    }
    // Who has numbers of telephones has no minus.
    let phones = try column(["4912", "+4912", "NaN"])
    #expect(phones.type == .string && phones.cells == ["4912", "+4912", "NaN"])
    #expect(
      phones.remarks.doubts == [
        "column 'x' is text: line 3 has '+4912', which no integer gives back: '--types x=int64' reads "
          + "it as a number"
      ])
    #expect(try column(["7", "-0"]).cells == ["7", "-0.0"])
    #expect(try column(["7", "-0"], expecting: .int64).type == .float64)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `whole floats are numbers however many digits they are written with`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let float = Double(
      sign: Bool.random(using: &random) ? .plus : .minus,
      exponent: Int.random(in: 64...1000, using: &random),
      significand: Double.random(in: 1..<2, using: &random))
    for text in [String(format: "%.0f", float), String(format: "%.0f", float) + ".0"] {
      let known = try column([text], expecting: .float64)
      #expect(known.type == .float64 && known.cells == [float.description], "\(text)")
      let new = try column(["0.5", text])
      #expect(new.type == .float64 && new.cells == ["0.5", float.description], "\(text)")
    }
    // Integers would not give it back.
    let text = String(format: "%.0f", float)
    for others in [[], ["7"]] {
      let ids = try column(others + [text])
      #expect(ids.type == .string && ids.cells.last == text)
      #expect(ids.remarks.doubts.count == 1)
      #expect(ids.remarks.doubts.first?.contains("'--types x=float64' reads") == true)
    }
  }

  @Test func `a column that words alone made text is told`() throws {
    let infinities = try column(["inf", "-inf"])
    #expect(infinities.type == .string)
    #expect(
      infinities.remarks.doubts == [
        "column 'x' is text and looks like numbers: '--types x=float64' reads them"
      ])
    let quotes = try column(["\"\"", "", "\"\""])
    #expect(quotes.type == .string)
    #expect(
      quotes.remarks.doubts == [
        "column 'x' is text: it has \"\" and nothing else: '--null \"\"' makes that null"
      ])
    let nulls = try column(
      ["\"\"", "", "\"\""], csv: try CSVForm(separator: nil, decimal: nil, nulls: [""]))
    #expect(nulls.type == .json && nulls.remarks.doubts.isEmpty)
  }

  @Test(arguments: ["sep=;\n", "sep=;\r\n", "\"sep=;\"\n", "SEP=;\n", "\u{FEFF}sep=;\r\n"])
  func `a first line that names the separator is no header`(line: String) throws {
    let (rows, remarks) = try read(line + "x;y\n1;a,b\n2;\n")
    #expect(rows.columns.map(\.name) == ["x", "y"])
    #expect(cells(rows.vectors[0]) == ["1", "2"] && cells(rows.vectors[1]) == ["a,b", nil])
    #expect(remarks.readings.first == "separator ';', which line 1 names")
    let named = try read(
      line + "x,y\n1,b\n", csv: try CSVForm(separator: ",", decimal: nil, nulls: []))
    #expect(named.rows.columns.map(\.name) == ["x", "y"])
    #expect(
      named.remarks.readings == [
        "line 1 as one that names a separator, which another was named for"
      ])
    // The lines that messages name are those of the file.
    let error = #expect(throws: StoreError.self) { try read(line + "x;y\n1;2\n3\n") }
    #expect(error?.location?.line == 4)
    // What says more is a header.
    #expect(try read("sep=,y\n1,2\n").rows.columns.map(\.name) == ["sep=", "y"])
  }

  @Test func `digits that a float has no room for are told`() throws {
    let texts = ["0.5", "0.1234567890123456789012", "0.10000000000000000555"]
    let found = try column(texts)
    #expect(found.type == .float64)
    #expect(
      found.remarks.readings == [
        "numbers of more digits than float64 has, rounded (the first on line 3) in x"
      ])
    #expect(try column([texts[0], texts[2]]).remarks.readings.isEmpty)
  }

  @Test(arguments: [
    "9007199254740993", "12345678901234567890", "1e999", "1e-999", "+-1", ".", "-.", "+", "1..",
    "--1", "1.2.3", "0x10", "1_000", "+.e1",
  ])
  func `what no double is stays a text with its line`(word: String) throws {
    let known = try column(["0.25", word], expecting: .float64)
    #expect(known.type == .string && known.cells[1] == word)
    #expect(known.remarks.misfits.first?.line == 3)
    let new = try column(["0.25", "0.5", word])
    #expect(new.type == .string && new.cells[2] == word)
    #expect(new.remarks.doubts.first?.contains("line 4 has '\(word)'") == true)
  }

  @Test(arguments: [
    (["\"0,5\"", "\"-1,25\"", "7"], "decimal commas: '--decimal ,"),
    (["\"1,200\"", "\"2,5\""], "decimal commas: '--decimal ,"),
    (["\"1,200\"", "\"-12,345,678.5\"", "3"], "commas between thousands"),
    (["\"1.000,25\"", "\"2.000,5\"", "\"0,5\""], "points between thousands"),
    (["\"1.234.567,5\"", "\"1,5\""], "points between thousands"),
    (["50%", "7.5%", "100%"], "percentages"), ([" 1", "2 "], "between spaces"),
    ([" True", " False"], "truth between spaces"), (["$0.01", "$12", "-$1"], "signs of money"),
    (["5 ms", "7ms", "12"], "with units"), (["\"1,200 €\"", "£3", "4 USD"], "signs of money"),
    (["−5", "7", "−0.25"], "a minus of their own"),
    ([".5", "+1", "-0"], "'--types x=float64' reads them"),
    (["yes", "No", "", "yes"], "'--types x=bool' reads it"), (["T", "F"], "'--types x=bool'"),
    (["2026-10-01", "2026-10-01 12:00:00+02:00"], "moments: '--types x=timestamp' reads them"),
  ])
  func `a column of text that looks like numbers or truth says so`(
    cells: [String], word: String
  ) throws {
    for type in [nil, ColumnType.string] {
      let found = try column(cells, expecting: type)
      #expect(found.type == .string)
      #expect(found.remarks.doubts.count == 1)
      let doubt = try #require(found.remarks.doubts.first)
      #expect(doubt.hasPrefix("column 'x' is text and looks like ") && doubt.contains(word))
    }
    // It is read as what is advised.
    if word.contains("--types") {
      let type: ColumnType =
        word.contains("bool") ? .bool : word.contains("timestamp") ? .timestamp : .float64
      let text = "x\n" + cells.map { $0 + "\n" }.joined()
      let (rows, remarks) = try read(text, types: ["x": type])
      #expect(rows.columns[0].type == type && remarks.doubts.isEmpty)
      #expect(try column(cells, expecting: type).type == type)
    }
  }

  @Test func `points between thousands are told where decimal commas are read`() throws {
    let text = "w;x;y\n1.000,25;2.000;0,5\n3.500,75;4.000;1,5\n"
    let (rows, remarks) = try read(text, csv: CSVForm(separator: nil, decimal: ",", nulls: []))
    #expect(rows.columns.map(\.type) == [.string, .string, .float64])
    #expect(
      remarks.doubts == [
        "columns 'w', 'x' are text and look like numbers with points between thousands: write "
          + "them without, as 1000,5, and name '--decimal ,'"
      ])
  }

  @Test(arguments: [
    (["1.234", "12.500", "-3.000"], true), (["1.234", "7"], true), (["1.234", "0.250"], false),
    (["1.234", "2.5"], false), (["1234.567"], false), (["1.5"], false),
  ])
  func `fractions that could be thousands are told between semicolons`(
    cells: [String], isReported: Bool
  ) throws {
    let rows = cells.map { "\($0);a\n" }.joined()
    let (table, remarks) = try read("x;y\n" + rows)
    #expect(table.columns[0].type == .float64)
    #expect(
      remarks.doubts
        == (isReported
          ? [
            "column 'x' is read with decimal points, line 2 as '\(cells[0])': where points stand "
              + "between thousands, write numbers without them"
          ] : []))
    // Between commas a point is a decimal point, and so it is where its type is named.
    #expect(try read(("x;y\n" + rows).replacing(";", with: ",")).remarks.doubts.isEmpty)
    #expect(try read("x;y\n" + rows, types: ["x": .float64]).remarks.doubts.isEmpty)
  }

  @Test func `columns of one look are told at once, and other texts are not`() throws {
    let (_, remarks) = try read("a;b;c;d\n0,5;1,5;x;1\n0,7;2,5;0,5;2\n")
    #expect(
      remarks.doubts == [
        "columns 'a', 'b' are text and look like numbers with decimal commas: '--decimal ,' reads "
          + "them"
      ])
    for texts in [
      ["7B", "13B"], ["ms", "s"], ["$", "−"], ["5s", "fast"], ["yes", "maybe"],
      ["2026-10-01", "soon"], ["5 of 6"], ["%"], ["a,b"],
      ["2026-10"],
      // Grades, directions, answers that happen to be one: not truth without its contrary.
      ["F", "F"], ["T"], ["N", "n", "N"], ["yes", "Yes"], ["y", "f"], ["T", "N"], ["no", "N"],
    ] {
      #expect(try column(texts.map { "\"\($0)\"" }).remarks.doubts.isEmpty, "\(texts)")
    }
  }

  @Test func `a column that is text for the dataset's sake alone is named`() throws {
    for (cells, type, what) in [
      (["True", "False", "NA"], "bool", "true or false"), (["1", "2"], "int64", "a number"),
      (["0.5", "", "nan"], "float64", "a number"),
    ] {
      let found = try column(cells, expecting: .string)
      #expect(found.type == .string)
      #expect(
        found.remarks.notes { _ in .string }.filter { !$0.hasPrefix("read as: ") } == [
          "column 'x' is text in the dataset, and every cell of this file is \(what): "
            + "'--types x=\(type)' keeps them so"
        ])
    }
    for cells in [["True", "maybe"], ["", ""], ["NA", "nan"], ["1", "007"]] {
      #expect(try column(cells, expecting: .string).remarks.hidden.isEmpty, "\(cells)")
    }
    // Rows that join others are texts as these are, and keys have to be.
    for isKey in [false, true] {
      var joined = ExpectedColumns(isJoined: true)
      joined.add("x", .string, isKey: isKey)
      let notes = try read("x\n1\n", expecting: joined).remarks.notes { _ in .string }
      let note =
        "column 'x' is text in the dataset, and every cell of this file is a number: "
        + "'--types x=int64' makes them so, with the rows that are there"
      #expect(notes == (isKey ? [] : [note]))
    }
  }

  @Test func `names between spaces are told, but for those that the dataset has`() throws {
    let text = "id, success,score \n1,true,2\n"
    let told =
      "columns ' success', 'score ' have spaces at an end of the name, which is another name than "
      + "without: write the header without"
    #expect(try read(text).remarks.doubts == [told])
    var expected = ExpectedColumns()
    for name in ["id", " success", "score "] { expected.add(name, .int64, hasValues: false) }
    #expect(try read(text, expecting: expected).remarks.doubts.isEmpty)
  }

  @Test func `what looks like numbers or moments is told where it joins texts, too`() throws {
    var joined = ExpectedColumns(isJoined: true)
    for name in ["x", "day", "note"] { joined.add(name, .string) }
    let text = "x,day,note\n\"0,5\",2026-10-01,a\n\"1,5\",2026-10-02T08:00:00Z,\n"
    let (rows, remarks) = try read(text, expecting: joined)
    #expect(rows.columns.map(\.type) == [.string, .string, .string])
    #expect(
      remarks.notes { _ in .string } == [
        "read as: 1 empty cell as null in note",
        "column 'x' is text and looks like numbers with decimal commas: '--decimal , --types "
          + "x=float64' reads them",
        "column 'day' is text and looks like moments: '--types day=timestamp' reads them",
      ])
  }

  @Test func `an empty cell among texts is told as null, in new columns and in those of a dataset`()
    throws
  {
    for type in [nil, ColumnType.string, .json] {
      let found = try column(["a", "", "", "\"\""], expecting: type)
      #expect(
        found.remarks.readings.contains("2 empty cells as null in x"), "\(String(describing: type))"
      )
    }
    // That a number, a truth value or a moment is not empty goes without saying.
    for type in [ColumnType.int64, .float64, .bool, .timestamp] {
      #expect(try column(["", ""], expecting: type).remarks.readings.isEmpty)
    }
  }

  @Test func `the cell that is named is one of the type that its column has now`() throws {
    let found = try column(["5", "1.5", "2.5", "abc"], expecting: .int64)
    #expect(
      found.remarks.notes { _ in .string } == [
        "column 'x' was int64 and is string now: line 5 has 'abc'"
      ])
    #expect(
      found.remarks.notes { _ in .float64 } == [
        "column 'x' was int64 and is float64 now: line 3 has '1.5'"
      ])
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
    // However few rows there are.
    #expect(
      try doubts(["12345678901234567890", "0.5"])
        == ["column 'x' is text: line 2 has '12345678901234567890'"])
    #expect(try doubts(["true", "1"]) == ["column 'x' is text: line 3 has '1'"])
    #expect(try doubts(["0;5", "1"]) == ["column 'x' is text: line 2 has '0;5'"])
    #expect(try doubts(["0.5", "true", "?"]) == ["column 'x' is text: line 2 has '0.5'"])
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
    let truth = try column(["1.0", "0.0", "yes", "N"], expecting: .bool)
    #expect(truth.cells == ["true", "false", "true", "false"])
    #expect(truth.remarks.readings == ["'yes'/'N'/'1.0'/'0.0' as bool in x"])
    #expect(try column(["1", "2"], expecting: .float64).type == .float64)
    #expect(try column(["8", "NA", "True"], expecting: .string).cells == ["8", "NA", "True"])
    let nested = try column(["\"{\"\"a\"\": [1, 2]}\"", "7", "hello", "null"], expecting: .json)
    #expect(nested.type == .json && nested.cells == [#"{"a":[1,2]}"#, "7", #""hello""#, nil])
    #expect(
      nested.remarks.readings == ["cells that are not JSON as texts (the first on line 4) in x"])
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
