import Columns
import Formats
import Model
import TestSupport
import Testing

@Suite struct JSONWriterTests {
  @Test func `rows are written as they were read`() throws {
    let text = """
      {"id":"a\\n\\"\\\\","n":-9223372036854775808,"x":1,"ok":true,"j":41}
      {"id":"é😀\\u0001","x":2.5,"ok":false,"j":{"k":[1,null,"x"]}}
      {"x":1e-10,"j":"s"}

      """
    #expect(try write(readAll(text)) == text)
  }

  @Test func `nulls are written when asked for`() throws {
    let table = try readAll("{\"a\":1,\"b\":null}\n{\"b\":\"x\"}")
    #expect(
      write(table, nulls: true) == "{\"a\":1,\"b\":null}\n{\"a\":null,\"b\":\"x\"}\n")
  }

  @Test func `an array is one valid text`() throws {
    let table = try readAll("{\"a\":1}\n{\"a\":2}")
    #expect(write(table, style: .array) == "[\n{\"a\":1},\n{\"a\":2}\n]\n")
    #expect(write(TestTable(), style: .array) == "[]\n")
  }

  @Test func `dictionaries, timestamps and what is not finite are written`() {
    var words = TextValues()
    words.append("x\"y".utf8)
    words.append("z".utf8)
    let vectors = [
      ColumnVector(
        type: .string, count: 3, validity: nil,
        values: .dictionary(codes: [1, 0, 1], words: words)),
      ColumnVector(
        type: .timestamp, count: 3, validity: nil, values: .int64([0, 1_500_000, -1])),
      ColumnVector(
        type: .float64, count: 3, validity: nil,
        values: .float64([.nan, .infinity, 41], integral: nil)),
    ]
    let columns = zip(["d", "t", "f"], vectors).map { ColumnDefinition(name: $0, type: $1.type) }
    var table = TestTable()
    table.columns = columns
    table.batches = [RowBatch(columns: columns, vectors: vectors, count: 3)]
    #expect(
      write(table) == """
        {"d":"z","t":"1970-01-01T00:00:00Z","f":null}
        {"d":"x\\"y","t":"1970-01-01T00:00:01.500Z","f":null}
        {"d":"z","t":"1969-12-31T23:59:59.999999Z","f":41.0}

        """)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `random tables written and read back are equal`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let text = randomRows(&random)
    let table = try readAll(text)
    let written = write(table)
    let again = try readAll(written)
    for column in table.columns {
      #expect(again.cells(column.name) == table.cells(column.name))
    }
    #expect(write(again) == written)
    let array = try readAll(write(table, style: .array), layout: .array)
    for column in table.columns {
      #expect(array.cells(column.name) == table.cells(column.name))
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `damaged rows are refused with a place or read in full`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let damage = Array("{}[]\",:\\ \n0129eE+-.tfnu".utf8) + [0, 0x1F, 0x80, 0xC3, 0xED, 0xFF]
    for _ in 0..<100 {
      var bytes = Array(randomRows(&random, most: 4).utf8)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        bytes[index] = damage[Int.random(in: 0..<damage.count, using: &random)]
      }
      do throws(StoreError) {
        let table = try readAll(bytes)
        #expect(try write(readAll(write(table))) == write(table))
      } catch {
        #expect(error.kind == .invalid)
        #expect(error.location?.line != nil)
      }
    }
  }

  /// The text of all rows of a table.
  private func write(
    _ table: TestTable, style: JSONWriter.Style = .lines, nulls: Bool = false
  ) -> String {
    var writer = JSONWriter(columns: table.columns, style: style, nulls: nulls)
    var out: [UInt8] = []
    for batch in table.batches { writer.append(batch, rows: 0..<batch.count, to: &out) }
    writer.finish(to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  private func randomRows(_ random: inout SeededGenerator, most: Int = 400) -> String {
    let columns = Int.random(in: 1...9, using: &random)
    let kinds = (0..<columns).map { _ in Int.random(in: 0...7, using: &random) }
    var text = ""
    for _ in 0..<Int.random(in: 1...most, using: &random) {
      var members: [String] = []
      for (column, kind) in kinds.enumerated() where Int.random(in: 0..<5, using: &random) > 0 {
        members.append("\(randomText(&random, seedOf: column)): \(randomValue(&random, kind, 3))")
      }
      if Int.random(in: 0..<4, using: &random) == 0 { members.shuffle(using: &random) }
      text += "{" + members.joined(separator: " ,") + "}\n"
    }
    return text
  }

  /// The name of a column: the same for the same index.
  private func randomText(_ random: inout SeededGenerator, seedOf column: Int) -> String {
    [
      "\"a\"", "\"b c\"", "\"\\u00e9\"", "\"q\\\"\"", "\"long name of a column\"", "\"f\"",
      "\"\\n\"",
      "\"😀\"", "\"i\"",
    ][column]
  }

  private func randomValue(_ random: inout SeededGenerator, _ kind: Int, _ depth: Int) -> String {
    switch kind {
    case 0: return Bool.random(using: &random) ? "true" : "false"
    case 1: return "\(Int64.random(in: .min ... .max, using: &random))"
    case 2: return "\(Int.random(in: -1000...1000, using: &random))"
    case 3: return "\(randomDouble(&random))"
    case 4:
      return Bool.random(using: &random)
        ? "\(randomDouble(&random))" : "\(Int.random(in: -9...9, using: &random))"
    case 5: return randomString(&random)
    case 6 where depth > 0:
      let items = (0..<Int.random(in: 0...4, using: &random)).map { index in
        (index, randomValue(&random, Int.random(in: 0...7, using: &random), depth - 1))
      }
      return Bool.random(using: &random)
        ? "[" + items.map(\.1).joined(separator: ", ") + "]"
        : "{" + items.map { "\"k\($0)\":\($1)" }.joined(separator: ", ") + "}"
    default: return randomValue(&random, Int.random(in: 0...5, using: &random), depth)
    }
  }

  private func randomDouble(_ random: inout SeededGenerator) -> Double {
    let value = Double(bitPattern: UInt64.random(in: .min ... .max, using: &random))
    guard value.isFinite, Bool.random(using: &random) else {
      return Double(Int.random(in: -100_000...100_000, using: &random)) / 1000
    }
    return value
  }

  private func randomString(_ random: inout SeededGenerator) -> String {
    let pieces = [
      "a", "word ", "\\n", "\\\"", "\\\\", "\\/", "\\u0000", "\\ud83d\\ude00", "é", "😀", "漢", "\\t",
      "a longer run of plain text ", "{", "]", ",", ":", "\u{7F}",
    ]
    return "\""
      + (0..<Int.random(in: 0...12, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }.joined() + "\""
  }
}
