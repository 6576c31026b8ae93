import Columns
import Formats
import Foundation
import Model
import Testing

/// Files that pyarrow, pandas, Polars and DuckDB wrote; Fixtures/parquet/make.py makes them.
@Suite struct `Parquet files of others` {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/parquet")

  private static func table(_ name: String) throws -> [String: String] {
    let data = try Data(contentsOf: folder.appendingPathComponent(name))
    return try JSONDecoder().decode([String: String].self, from: data)
  }

  /// The name of each file and of the rows that it must give.
  private static func cases() throws -> [(String, String)] {
    try table("cases.json").sorted { $0.key < $1.key }
  }

  /// The name of each file that is refused, and a word of the reason.
  private static func refusals() throws -> [(String, String)] {
    try table("refused.json").sorted { $0.key < $1.key }
  }

  private func open(_ name: String) throws -> SeekableFile {
    try SeekableFile.open(path: Self.folder.path + "/" + name + ".parquet")
  }

  @Test(arguments: try cases())
  func `every value comes out as it was put in`(file: String, rows: String) throws {
    let table = try readAll(open(file))
    var writer = JSONWriter(columns: table.columns, style: .lines)
    var text: [UInt8] = []
    for batch in table.batches { writer.append(batch, rows: 0..<batch.count, to: &text) }
    let expected = try Data(contentsOf: Self.folder.appendingPathComponent(rows + ".jsonl"))
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
    let expectedLines = String(decoding: expected, as: UTF8.self).split(separator: "\n")
    #expect(lines.count == expectedLines.count)
    for (line, expectedLine) in zip(lines, expectedLines) { #expect(line == expectedLine) }
  }

  @Test(arguments: try refusals())
  func `what would lose something is refused by name`(file: String, word: String) throws {
    let error = try #require(throws: StoreError.self) { try readAll(try open(file)) }
    #expect(error.kind == .invalid)
    #expect(error.message.contains(word), "\(error)")
  }

  @Test func `types have the columns that were chosen for them`() throws {
    let table = try readAll(open("types"))
    let types = Dictionary(uniqueKeysWithValues: table.columns.map { ($0.name, $0.type) })
    for name in ["i8", "u32", "u64", "d18"] { #expect(types[name] == .int64, "\(name)") }
    for name in ["f16", "f32", "d9", "d15"] { #expect(types[name] == .float64, "\(name)") }
    for name in ["date", "time_ns", "d38", "bin"] { #expect(types[name] == .string, "\(name)") }
    for name in ["ts_s", "ts_ns"] { #expect(types[name] == .timestamp, "\(name)") }
    #expect(types["null"] == .json)
  }

  @Test func `a named type is kept where the values allow it`() throws {
    let options = ReadOptions(types: [
      "i8": .float64, "date": .timestamp, "u8": .json, "ts_ns": .string,
    ])
    let table = try readAll(open("types"), options: options)
    #expect(table.cells("i8") == [.wholeNumber(-5), nil])
    #expect(table.cells("date") == [.integer(1_790_812_800_000_000), nil])
    #expect(table.cells("u8") == [.text("250"), nil])
    #expect(table.cells("ts_ns") == [.text("2026-10-01T12:30:05.250Z"), nil])
    #expect(throws: StoreError.self) {
      try readAll(try open("types"), options: ReadOptions(types: ["f16": .bool]))
    }
    let unknown = try #require(throws: StoreError.self) {
      try readAll(try open("types"), options: ReadOptions(types: ["i9": .json]))
    }
    #expect(unknown.kind == .usage)
  }

  @Test func `a structure can be read as a file`() throws {
    let table = try readAll(open("nested"), options: ReadOptions(types: ["score": .file]))
    #expect(table.columns.first { $0.name == "score" }?.type == .file)
    #expect(table.cells("score").first == .text(#"{"x":1,"y":{"z":2.5}}"#))
  }

  @Test func `times finer than microseconds can be read as text`() throws {
    let table = try readAll(
      open("refused-nanoseconds"), options: ReadOptions(types: ["when": .string]))
    #expect(table.cells("when") == [.text("1970-01-01T00:00:00.000000001Z")])
  }
}
