import Columns
import Formats
import Foundation
import Model
import Testing

/// Types of Parquet and Arrow that mean more than the numbers and bytes that stand for them.
@Suite struct `Types with a meaning` {
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/meanings").path

  /// The cells of the only column of a fixture that is refused without a word about it.
  private func cells(
    _ name: String, _ format: String, type: ColumnType? = nil, asBytes: Bool = false
  ) throws -> [String?] {
    var options = ReadOptions(types: type.map { [DataText(name): $0] } ?? [:])
    options.base64 = asBytes ? [name] : []
    let file = try SeekableFile.open(
      path: "\(Self.fixtures)/refused-\(name).\(format)")
    var reader: any RowReader =
      format == "arrow"
      ? try ArrowReader(file, options: options) : try ParquetReader(file, options: options)
    let batch = try #require(try reader.next())
    #expect(batch.rows.columns[0].type == type ?? .string)
    return FormatsTests.cells(batch.rows.vectors[0])
  }

  @Test(arguments: ["meanings.arrow", "meanings.parquet", "intervals.arrow"])
  func `spans, periods and moments are texts that say what they mean`(name: String) throws {
    let file = try SeekableFile.open(path: "\(Self.fixtures)/\(name)")
    var reader: any RowReader =
      name.hasSuffix("arrow") ? try ArrowReader(file) : try ParquetReader(file)
    let batch = try #require(try reader.next())
    var writer = JSONWriter(columns: batch.rows.columns, style: .lines)
    var text: [UInt8] = []
    writer.append(batch.rows, rows: 0..<batch.rows.count, to: &text)
    let stem = name.prefix { $0 != "." }
    let expected = try Data(contentsOf: URL(fileURLWithPath: "\(Self.fixtures)/\(stem).jsonl"))
    let found = String(decoding: text, as: UTF8.self).split(separator: "\n")
    for (line, row) in zip(found, String(decoding: expected, as: UTF8.self).split(separator: "\n"))
    {
      #expect(line == row)
    }
    #expect(found.count == 5)
  }

  @Test(arguments: ["arrow", "parquet"])
  func `what is refused is kept as what is named for it`(format: String) throws {
    #expect(try cells("big", format, type: .string) == ["18446744073709551615", "5", nil])
    #expect(
      try cells("nanos", format, type: .string)
        == ["1970-01-01T00:00:00.000000001Z", "1970-01-01T00:00:00.000001Z", nil])
    #expect(try cells("raw", format, asBytes: true) == ["AP8=", "dGV4dA==", nil])
    #expect(try cells("fixed", format, asBytes: true) == ["AP8B", "YWJj", nil])
    #expect(try cells("unknown", format, type: .int64) == ["7", "8", nil])
    if format == "parquet" {
      #expect(
        try cells("old", format, type: .string)
          == ["1970-01-01T00:00:00.000000001Z", "1970-01-01T00:00:00.000001Z", nil])
    }
  }

  @Test(arguments: ["arrow", "parquet"])
  func `what is refused says what to do`(format: String) throws {
    for (name, word) in [
      ("big", "=string"), ("nanos", "=string"), ("raw", "=bytes"), ("fixed", "=bytes"),
      ("unknown", "example.unknown"), ("business", "pandas.period"), ("inner", "within a list"),
    ] {
      let error = try #require(throws: StoreError.self) { try cells(name, format) }
      #expect(error.kind == .invalid && error.message.contains(word), "\(error)")
    }
    let moment = try #require(throws: StoreError.self) {
      try cells("nanos", format, type: .timestamp)
    }
    #expect(moment.kind == .invalid)
    let text = try #require(throws: StoreError.self) { try cells("big", format, asBytes: true) }
    #expect(text.kind == .usage)
  }

  @Test(
    arguments: ["arrow", "parquet"],
    [
      ("bigs", "64"), ("instants", "bytes within"), ("infinite", "not finite"),
      ("nan", "not finite"), ("twins", "two fields of one name"),
      ("inner-twins", "two fields of one name"), ("map", "the same key twice"),
      ("interval", "pandas.interval"), ("intervals-left", "pandas.interval"),
    ])
  func `what is nested is refused by the name of its column`(
    format: String, found: (name: String, word: String)
  ) throws {
    let error = try #require(throws: StoreError.self) { try cells(found.name, format) }
    #expect(error.kind == .invalid && error.message.contains(found.word), "\(error)")
    #expect(error.message.contains("column '\(found.name)'"), "\(error)")
    // No type of the column makes the value another.
    let isNamed = error.message.contains("--types") || error.message.contains("COLUMN")
    #expect(!isNamed, "\(error)")
    #expect(error.location?.file != nil)
  }

  @Test(arguments: ["arrow", "parquet"])
  func `an interval is what stands for it where a type is named`(format: String) throws {
    #expect(try cells("interval", format, type: .json).first == #"{"left":0,"right":1}"#)
  }

  @Test func `what stands below a null is no value`() throws {
    let reader = try ArrowReader(SeekableFile.open(path: "\(Self.fixtures)/hidden.arrow"))
    let expected = try Data(contentsOf: URL(fileURLWithPath: "\(Self.fixtures)/hidden.jsonl"))
    #expect(try arrowLines(reader) == String(decoding: expected, as: UTF8.self))
  }

  @Test func `the same values have one digest, however they are laid out`() throws {
    func digests(_ name: String) throws -> [Digest] {
      let file = try SeekableFile.open(path: "\(Self.fixtures)/\(name)")
      var reader: any RowReader =
        name.hasSuffix("arrow") ? try ArrowReader(file) : try ParquetReader(file)
      return try #require(try reader.next()).rows.vectors.map(\.digest)
    }
    let plain = try digests("layout-same.parquet")
    for name in ["layout-same.arrow", "layout-other.arrow", "layout-other.parquet"] {
      #expect(try digests(name) == plain, "\(name)")
    }
    let lines = #"{"s":"a"}|{"s":null}|{"s":null}|{"s":"b"}"#.replacing("|", with: "\n")
    var json = try JSONReader(
      MemorySource(name: "x", bytes: Array(lines.utf8)), layout: .lines)
    let texts = try #require(try json.next()).rows.vectors[0]
    #expect(texts.digest == plain[0])
    let floats = ColumnVector(
      type: .float64, count: 4, validity: nil, values: .float64([1, .nan, 2, .nan], integral: nil))
    #expect(floats.digest == plain[1])
  }

  @Test func `a duration has one text whatever its unit`() throws {
    for unit in ["ms", "us"] {
      let file = try SeekableFile.open(
        path: "\(Self.fixtures)/duration-\(unit).parquet")
      var reader = try ParquetReader(file)
      let batch = try #require(try reader.next())
      #expect(batch.rows.columns.map(\.type) == [.int64, .string])
      #expect(FormatsTests.cells(batch.rows.vectors[1]) == ["PT1S", "PT2S"], "\(unit)")
    }
  }
}
