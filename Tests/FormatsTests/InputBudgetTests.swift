import Columns
import Formats
import Foundation
import Model
import Platform
import TestSupport
import Testing

/// Inputs whose few bytes stand for many, read with a limit.
@Suite struct InputBudgetTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// Rows read until the end or an error, from a file of `bytes`.
  private func read(
    _ bytes: [UInt8], _ format: FileFormat, limit: Int = .max, passes: Int = 1
  ) throws -> Int {
    let path = folder.path + "/input"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    var reader = try TableReader.open(
      path: path, format, compression: nil, name: "the body", limitBytes: limit)
    var rows = 0
    for pass in 0..<passes {
      if pass > 0 { try reader.restart() }
      rows = 0
      while let batch = try reader.next() { rows += batch.rows.count }
    }
    return rows
  }

  private func table(_ values: ColumnVector, _ type: ColumnType) -> RowBatch {
    RowBatch(
      columns: [ColumnDefinition(name: "x", type: type)], vectors: [values], count: values.count)
  }

  private func parquet(_ batch: RowBatch, times: Int = 1) throws -> [UInt8] {
    var writer = ParquetWriter(columns: batch.columns)
    var bytes: [UInt8] = []
    for _ in 0..<times { try writer.append(batch, rows: 0..<batch.count, to: &bytes) }
    try writer.finish(to: &bytes)
    return bytes
  }

  private func arrow(
    _ batch: RowBatch, times: Int = 1, _ compression: ArrowCompression? = .zstd
  ) throws -> [UInt8] {
    var writer = ArrowWriter(columns: batch.columns, compression: compression)
    var bytes: [UInt8] = []
    for _ in 0..<times { try writer.append(batch, rows: 0..<batch.count, to: &bytes) }
    writer.finish(to: &bytes)
    return bytes
  }

  /// The same text in every row, once in memory.
  private func repeated(_ text: String, rows: Int) -> RowBatch {
    var words = TextValues()
    words.append(text.utf8)
    return table(
      ColumnVector(
        type: .string, count: rows, validity: nil,
        values: .dictionary(codes: [UInt32](repeating: 0, count: rows), words: words)), .string)
  }

  private func expectRefusal(
    _ bytes: [UInt8], _ format: FileFormat, limit: Int, _ place: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: StoreError.self, sourceLocation: place) {
      try read(bytes, format, limit: limit)
    }
    #expect(error?.kind == .invalid, sourceLocation: place)
    #expect(
      error?.message.contains("more than the \(limit) bytes allowed") == true,
      "\(error?.message ?? "none")", sourceLocation: place)
  }

  @Test(arguments: [FileFormat.parquet, .arrow])
  func `compressed pages and buffers count as what they decompress to`(format: FileFormat) throws {
    let zeros = table(
      ColumnVector(
        type: .int64, count: 100_000, validity: nil,
        values: .int64([Int64](repeating: 7, count: 100_000))), .int64)
    let bytes = try format == .parquet ? parquet(zeros) : arrow(zeros)
    #expect(bytes.count < 800_000)
    #expect(try read(bytes, format) == 100_000)
    #expect(try read(bytes, format, limit: 4 << 20, passes: 3) == 100_000)
    expectRefusal(bytes, format, limit: 400_000)
  }

  @Test(arguments: [FileFormat.parquet, .arrow])
  func `a word that many rows repeat counts in each of them`(format: FileFormat) throws {
    let batch = repeated(String(repeating: "a", count: 10_000), rows: 10_000)
    let bytes = try format == .parquet ? parquet(batch) : arrow(batch)
    #expect(bytes.count < 100_000)
    #expect(try read(bytes, format) == 10_000)
    expectRefusal(bytes, format, limit: 50 << 20)
  }

  @Test(arguments: [FileFormat.parquet, .arrow])
  func `rows of nulls count`(format: FileFormat) throws {
    let batch = table(.nulls(.int64, count: 200_000), .int64)
    let bytes = try format == .parquet ? parquet(batch) : arrow(batch)
    #expect(try read(bytes, format) == 200_000)
    expectRefusal(bytes, format, limit: 3_000_000)
  }

  @Test func `a record batch that a footer names often is read as often, up to the limit`() throws {
    let batch = table(
      ColumnVector(
        type: .int64, count: 10_000, validity: nil,
        values: .int64((0..<10_000).map { Int64($0) })), .int64)
    // Uncompressed, so that the body alone is what counts.
    let bytes = try arrow(batch, times: 40, nil)
    #expect(try read(bytes, .arrow) == 400_000)
    expectRefusal(bytes, .arrow, limit: 1 << 20)
  }

  @Test(arguments: [FileFormat.jsonl, .json])
  func `objects without members among ones of many are laid out a few at a time`(
    format: FileFormat
  ) throws {
    let (columns, rows) = (400, 120_000)
    let full = "{" + (0..<columns).map { "\"c\($0)\":\($0)" }.joined(separator: ",") + "}"
    let isArray = format == .json
    let separator = isArray ? "," : "\n"
    let text =
      full + separator + String(repeating: "{}" + separator, count: rows - 2) + full
    let path = folder.path + "/input"
    try Data((isArray ? "[\(text)]" : text).utf8).write(to: URL(fileURLWithPath: path))
    var reader = try TableReader.open(path: path, format, compression: nil, name: "the body")
    var found: [Int64] = []
    var count = 0
    var lines: [UInt32] = []
    while let batch = try reader.next() {
      #expect(batch.rows.count * columns <= 1 << 24)
      let vector = batch.rows.vectors[columns - 1]
      if case .int64(let numbers) = vector.values {
        for row in 0..<vector.count where vector.hasValue(row) {
          found.append(numbers[row])
          lines.append(batch.lines[row])
        }
      }
      count += batch.rows.count
    }
    #expect(count == rows)
    #expect(found == [Int64(columns - 1), Int64(columns - 1)])
    if !isArray { #expect(lines == [1, UInt32(rows)]) }
  }

  @Test func `a value that does not fit is told by its line, also in a later part of a stretch`()
    throws
  {
    let (columns, rows) = (400, 100_000)
    let full = "{" + (0..<columns).map { "\"c\($0)\":\($0)" }.joined(separator: ",") + "}\n"
    let text = full + String(repeating: "{}\n", count: rows) + "{\"c5\":\"x\"}\n"
    let source = MemorySource(name: "x.jsonl", bytes: Array(text.utf8))
    var reader = try JSONReader(
      source, layout: .lines, options: ReadOptions(types: ["c5": .int64]))
    let error = #expect(throws: StoreError.self) { while try reader.next() != nil {} }
    #expect(error?.location?.line == rows + 2)
  }

  @Test func `objects without members count`() throws {
    let text = "{\"a\":1}\n" + String(repeating: "{}\n", count: 500_000)
    #expect(try read(Array(text.utf8), .jsonl) == 500_001)
    expectRefusal(Array(text.utf8), .jsonl, limit: 4 << 20)
  }

  @Test func `the texts of a batch that are too large together come in smaller batches`() throws {
    let (columns, rows) = (8, 4000)
    // 40 KB a cell: 1.3 GB in all, a file of some kilobytes.
    let word = String(repeating: "b", count: 40_000)
    let one = repeated(word, rows: rows)
    let batch = RowBatch(
      columns: (0..<columns).map { ColumnDefinition(name: "c\($0)", type: .string) },
      vectors: (0..<columns).map { _ in one.vectors[0] }, count: rows)
    #expect(try read(try parquet(batch), .parquet) == rows)
  }

  /// 100,000 lists that are all the same 100,000 elements, as pyarrow writes list views; 818 bytes.
  private static let views = """
    QVJST1cxAAD/////qAAAABAAAAAAAAoADAAGAAUACAAKAAAAAAEEAAwAAAAIAAgAAAAEAAgAAAAEAAAAAQAAAAQA\
    AADU////AAABGRQAAAAcAAAABAAAAAEAAAAkAAAAAQAAAGEAAAAEAAQABAAAABAAFAAIAAYABwAMAAAAEAAQAAAA\
    AAABAhAAAAAgAAAABAAAAAAAAAAEAAAAaXRlbQAAAAAIAAwACAAHAAgAAAAAAAABQAAAAP/////gAAAAFAAAAAAA\
    AAAMABgABgAFAAgADAAMAAAAAAMEABwAAACwAAAAAAAAAAAAAAAMAB4AEAAEAAgADAAMAAAAgAAAACQAAAAYAAAA\
    oIYBAAAAAAAAAAAAAAAGAAgABwAGAAAAAAAAAQUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAqAAAAAAAAADAA\
    AAAAAAAAQwAAAAAAAAB4AAAAAAAAAAAAAAAAAAAAeAAAAAAAAAA3AAAAAAAAAAAAAAACAAAAoIYBAAAAAAAAAAAA\
    AAAAAKCGAQAAAAAAAAAAAAAAAACAGgYAAAAAACi1L/2ggBoGAFQAABAAAAEA+/85wAICABAAAgAQAAPUAAAAAAAA\
    AACAGgYAAAAAACi1L/2ggBoGAGQAACCghgEAAQD5/+eOCEwAAAigAQD8/zkQAkwAAAigAQD8/zkQAkUAAAigAQB8\
    2gMhAAAAAAAANQwAAAAAACi1L/2ASAA1DABUAAAQAAABAPv/OcACAgAQAAIAEAACABAAAgAQAAIAEAADqAEAAP//\
    //8AAAAAEAAAAAwAFAAGAAgADAAQAAwAAAAAAAQANAAAACQAAAAEAAAAAQAAALgAAAAAAAAA6AAAAAAAAACwAAAA\
    AAAAAAAAAAAIAAgAAAAEAAgAAAAEAAAAAQAAAAQAAADU////AAABGRQAAAAcAAAABAAAAAEAAAAkAAAAAQAAAGEA\
    AAAEAAQABAAAABAAFAAIAAYABwAMAAAAEAAQAAAAAAABAhAAAAAgAAAABAAAAAAAAAAEAAAAaXRlbQAAAAAIAAwA\
    CAAHAAgAAAAAAAABQAAAANAAAABBUlJPVzE=
    """

  @Test(arguments: [1 << 20, 256 << 20, 64 << 30])
  func `lists that share their elements count each of them before any is laid out`(
    limit: Int
  ) throws {
    let bytes = try #require(Data(base64Encoded: Self.views))
    let error = #expect(throws: StoreError.self) {
      _ = try read(Array(bytes), .arrow, limit: limit)
    }
    #expect(error?.kind == .invalid && error?.message.contains("the \(limit) bytes") == true)
  }

  @Test func `the rows of a call that was cancelled are laid out no further`() throws {
    let bytes = try #require(Data(base64Encoded: Self.views))
    let flag = CancellationFlag()
    flag.set()
    let error = #expect(throws: StoreError.self) {
      try CancellationFlag.$current.withValue(flag) { _ = try read(Array(bytes), .arrow) }
    }
    #expect(error?.message == "the request was cancelled", "\(String(describing: error))")
  }
}
