import Columns
import Formats
import Model
import Testing

/// All rows of a CSV text as one batch, with their lines.
func readCSV(
  _ bytes: [UInt8], types: [DataText: ColumnType] = [:], chunkBytes: Int = 1 << 20
) throws(StoreError) -> InputBatch {
  var reader = CSVReader(
    source: MemorySource(name: "in.csv", bytes: bytes), options: ReadOptions(types: types),
    chunkBytes: chunkBytes)
  guard let first = try reader.next() else {
    throw StoreError(.missing, "a file that can be read gives a batch")
  }
  guard try reader.next() == nil else {
    throw StoreError(.exhausted, "the test is made for one batch")
  }
  return first
}

/// The cells of a column as text, null as nil.
func cells(_ vector: ColumnVector) -> [String?] {
  (0..<vector.count).map { row in
    guard vector.hasValue(row) else { return nil }
    return switch vector.values {
    case .none: nil
    case .bool(let bits): "\(bits[row])"
    case .int64(let integers): "\(integers[row])"
    case .float64(let doubles, let integral):
      integral?[row] == true ? "\(Int(doubles[row]))" : "\(doubles[row])"
    case .text(let texts): texts.string(row)
    case .dictionary(let codes, let words): words.string(Int(codes[row]))
    }
  }
}

@Suite struct `CSV reader` {
  @Test func `what the writer writes for numbers that are not finite reads back`() throws {
    let text = "x\n1.5\nnan\n7\ninf\n-inf\n"
    let batch = try readCSV(Array(text.utf8))
    #expect(cells(batch.rows.vectors[0]) == ["1.5", "nan", "7", "inf", "-inf"])
    let writer = CSVWriter(columns: batch.rows.columns)
    var bytes: [UInt8] = []
    writer.appendHeader(to: &bytes)
    writer.append(batch.rows, rows: 0..<batch.rows.count, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == text)
    let named = try readCSV(Array("x\nnan\n".utf8), types: ["x": .float64])
    #expect(cells(named.rows.vectors[0]) == ["nan"])
  }

  @Test(arguments: [
    ("true,false,,true", ColumnType.bool), ("\"true\",false,", .bool), ("true,1", .string),
    ("True,FALSE", .bool), ("1,-5,0,,9223372036854775807,-9223372036854775808", .int64),
    ("\"12\",3", .int64), ("007,1", .string), ("+5,1", .string), ("+5", .string),
    ("-0,1", .float64),
    ("9223372036854775808,1", .string), ("1,2.5", .float64), ("1e5,-0.0,2.25E-3", .float64),
    ("9007199254740992,0.5", .float64), ("9007199254740993,0.5", .string), ("-0,0.5", .float64),
    ("-0", .string),
    ("1e999,1", .string), ("1e-999,1.5", .string), ("0e-999,1.5", .float64), ("NaN,1", .float64),
    ("inf", .string), (".5", .string), ("5.", .string), ("1e", .string), ("0x10", .string),
    (" 1", .string), ("-", .string), ("1.5,abc", .string), (",,", .json), ("\"\",1", .int64),
    ("2026-10-01", .string), ("01.5", .string), ("-01", .string), ("1_000", .string),
    ("nan,1.5", .float64), ("5,inf,,-inf", .float64), ("nan,inf", .string), ("nan,a", .string),
    ("nan,true", .bool), ("-nan,1.5", .float64), ("Inf,1.5", .float64),
    ("nan,9007199254740993", .string),
  ])
  func `a column gets the narrowest type that gives its cells back`(
    cellTexts: String, type: ColumnType
  ) throws {
    let rows = cellTexts.split(separator: ",", omittingEmptySubsequences: false)
    let batch = try readCSV(Array("x,y\n".utf8) + rows.flatMap { Array("\($0),z\n".utf8) })
    #expect(batch.rows.columns[0].type == type)
    #expect(batch.rows.count == rows.count)
    guard type == .string else { return }
    for (row, text) in rows.enumerated() {
      let expected: String? = text.isEmpty ? nil : text == "\"\"" ? "" : String(text)
      #expect(cells(batch.rows.vectors[0])[row] == expected)
    }
  }

  @Test func `integers among fractions come back as integers`() throws {
    let batch = try readCSV(Array("x\n1\n2.0\n\n-3\n".utf8))
    #expect(cells(batch.rows.vectors[0]) == ["1", "2.0", nil, "-3"])
  }

  @Test(arguments: 1...40)
  func `rows are the same whatever the chunks are`(chunkBytes: Int) throws {
    let text =
      "\u{FEFF}id,\"te\"\"xt\",n\r\n1,\"a,b\",1.5\r\n2,\"line\nline\r\n\"\"q\"\"\",2\n\n3,,\n"
      + "\"4\",é😀,\"3\"\n5,\"\",-7\n6,plain \"quote\",0"
    let batch = try readCSV(Array(text.utf8), chunkBytes: chunkBytes)
    #expect(batch.rows.columns.map(\.name) == ["id", "te\"xt", "n"])
    #expect(batch.rows.columns.map(\.type) == [.int64, .string, .float64])
    #expect(cells(batch.rows.vectors[0]) == ["1", "2", "3", "4", "5", "6"])
    #expect(
      cells(batch.rows.vectors[1])
        == ["a,b", "line\nline\r\n\"q\"", nil, "é😀", "", "plain \"quote\""])
    #expect(cells(batch.rows.vectors[2]) == ["1.5", "2", nil, "3", "-7", "0"])
    #expect(batch.lines == [2, 3, 7, 8, 9, 10])
  }

  @Test(arguments: [
    ("", 1, 1, "empty"), ("\u{FEFF}", 1, 1, "empty"), ("a,,c\n", 1, 3, "no name"),
    ("a,b,a\n", 1, 5, "named 'a'"), ("a,b\n1,2\n3\n", 3, 2, "has 1 cell, the header has 2"),
    ("a,b\n1,2,3,4\n", 2, 5, "has 4 cells, the header has 2"),
    ("a,b\n\"x\ny\",2\n\"1\n2\",3,4\n", 5, 6, "has 3 cells"),
    ("a,b\n1,\"open\n2,3\n", 2, 3, "never closed"), ("a,b\n1,\"x\"y\n", 2, 6, "closing quote"),
    ("a,b\n\"x\" ,1\n", 2, 4, "closing quote"), ("a,b\n1\r2,3\n", 2, 2, "carriage return"),
    ("a,b\n1,2\r", 2, 4, "carriage return"), ("\n", 1, 1, "no name"),
  ])
  func `bad input is refused with its place`(
    text: String, line: Int, column: Int, message: String
  ) {
    for chunkBytes in [1, 3, 1 << 20] {
      let error = #expect(throws: StoreError.self) {
        try readCSV(Array(text.utf8), chunkBytes: chunkBytes)
      }
      #expect(error?.kind == .invalid)
      #expect(error?.location == .init(file: "in.csv", line: line, column: column))
      #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }
  }

  @Test(
    arguments: [
      ([0x61, 0x2C, 0x62, 0x0A, 0x31, 0x2C, 0xFF, 0x0A], 2, 3), ([0xFF, 0xFE, 0x61, 0x00], 1, 1),
      ([0x61, 0x0A, 0x22, 0x0A, 0x78, 0xC3, 0x28, 0x22, 0x0A], 3, 2),
      ([0x61, 0x0A, 0xED, 0xA0, 0x80], 2, 1),
    ] as [([UInt8], Int, Int)])
  func `what is no UTF-8 is refused with its place`(bytes: [UInt8], line: Int, column: Int) {
    let error = #expect(throws: StoreError.self) { try readCSV(bytes) }
    #expect(error?.kind == .invalid)
    #expect(error?.location == .init(file: "in.csv", line: line, column: column))
    #expect(error?.message.contains("UTF-8") == true)
  }

  @Test func `tables and rows over the limits are refused`() {
    let names = (0...Schema.columnLimit).map { "c\($0)" }.joined(separator: ",")
    let wide = #expect(throws: StoreError.self) { try readCSV(Array(names.utf8)) }
    #expect(wide?.kind == .invalid)
    let long = #expect(throws: StoreError.self) {
      try readCSV(Array("a\nb\n\"".utf8) + [UInt8](repeating: 0x78, count: 66 << 20))
    }
    #expect(long?.kind == .invalid)
    #expect(long?.location?.line == 3)
  }

  @Test func `a file of a header alone has columns and no rows`() throws {
    let batch = try readCSV(Array("a,b".utf8))
    #expect(batch.rows.columns.map(\.name) == ["a", "b"])
    #expect(batch.rows.count == 0)
  }

  @Test func `types that are given are taken`() throws {
    let text = "a,b,c,d\n1,True,2,2026-10-01T00:00:01Z\n,0,,\n3,FALSE,2.5,2026-10-01\n"
    let batch = try readCSV(
      Array(text.utf8), types: ["a": .string, "b": .bool, "c": .float64, "d": .timestamp])
    #expect(batch.rows.columns.map(\.type) == [.string, .bool, .float64, .timestamp])
    #expect(cells(batch.rows.vectors[0]) == ["1", nil, "3"])
    #expect(cells(batch.rows.vectors[1]) == ["true", "false", "false"])
    #expect(cells(batch.rows.vectors[2]) == ["2", nil, "2.5"])
    #expect(cells(batch.rows.vectors[3]) == ["1790812801000000", nil, "1790812800000000"])
  }

  @Test(arguments: [
    (ColumnType.int64, "1.5"), (.float64, "x"), (.float64, "9007199254740993"), (.bool, "maybe"),
    (.timestamp, "noon"), (.timestamp, "2026-10-01T12:00:00.0000001Z"),
  ])
  func `a cell that does not fit its type is named by its place`(type: ColumnType, cell: String) {
    let error = #expect(throws: StoreError.self) {
      try readCSV(Array("a,b\n\"x\n\",\n2,\(cell)\n".utf8), types: ["b": type])
    }
    #expect(error?.kind == .invalid)
    #expect(error?.location == .init(file: "in.csv", line: 4, column: 3))
    #expect(error?.message.contains(type.rawValue) == true)
  }

  @Test func `a type for no column names the near ones`() {
    let error = #expect(throws: StoreError.self) {
      try readCSV(Array("score,model\n1,x\n".utf8), types: ["Scores": .int64])
    }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("did you mean score?") == true)
    #expect(error?.message.contains("model") == false)
    #expect(throws: StoreError.self) { try readCSV(Array("a\n1\n".utf8), types: ["a": .json]) }
  }

  @Test func `a long file comes in batches of one type, and again after a restart`() throws {
    var text = Array("id,x\n".utf8)
    let filler = [UInt8](repeating: 0x61, count: 100_000)
    for row in 0..<200 { text += Array("\(row),".utf8) + filler + [0x0A] }
    text += Array("z,\n".utf8)
    var reader = CSVReader(source: MemorySource(name: "in.csv", bytes: text))
    for _ in 0..<2 {
      var counts: [Int] = []
      while let batch = try reader.next() {
        counts.append(batch.rows.count)
        #expect(batch.rows.columns.map(\.type) == [.string, .string])
      }
      #expect(counts.count == 2)
      #expect(counts.reduce(0, +) == 201)
      try reader.restart()
    }
  }
}
