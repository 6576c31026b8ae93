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
