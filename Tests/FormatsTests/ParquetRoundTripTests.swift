import Columns
import Formats
import Model
import TestSupport
import Testing

@Suite struct `Parquet round trip` {
  /// A column of `type` whose texts are JSON where the type wants that.
  private func vector(
    _ type: ColumnType, count: Int, using random: inout SeededGenerator
  ) -> ColumnVector {
    let vector = RandomVectors.vector(type, count: count, using: &random)
    guard type == .json || type == .file, case .text(let texts) = vector.values else {
      return vector
    }
    var quoted = TextValues()
    for row in 0..<count {
      var text: [UInt8] = []
      if vector.hasValue(row) { JSONText.append(texts.string(row), to: &text) }
      quoted.append(text)
    }
    return ColumnVector(type: type, count: count, validity: vector.validity, values: .text(quoted))
  }

  private func batch(_ count: Int, using random: inout SeededGenerator) -> RowBatch {
    let columns = RandomVectors.types.enumerated().map {
      ColumnDefinition(name: "c\($0) é\"", type: $1)
    }
    let vectors = columns.map { vector($0.type, count: count, using: &random) }
    return RowBatch(columns: columns, vectors: vectors, count: count)
  }

  @Test(arguments: UInt64(1)...40)
  func `what is written is read back equal`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let count = Int.random(in: 0..<3000, using: &random)
    let batch = batch(count, using: &random)
    var writer = ParquetWriter(columns: batch.columns)
    var bytes: [UInt8] = []
    let middle = Int.random(in: 0...count, using: &random)
    try writer.append(batch, rows: 0..<middle, to: &bytes)
    try writer.append(batch, rows: middle..<count, to: &bytes)
    try writer.finish(to: &bytes)

    let table = try readParquet(bytes)
    #expect(table.columns == batch.columns)
    #expect(table.batches.reduce(0) { $0 + $1.count } == count)
    var start = 0
    for read in table.batches {
      for (index, vector) in read.vectors.enumerated() {
        let written = batch.vectors[index].slice(start..<start + read.count)
        #expect(vector.digest == written.digest, "column \(index) from row \(start)")
      }
      start += read.count
    }
  }

  @Test func `many row groups come back in order`() throws {
    let columns = [
      ColumnDefinition(name: "n", type: .int64), ColumnDefinition(name: "t", type: .string),
    ]
    var words = TextValues()
    for index in 0..<5 { words.append("word \(index)".utf8) }
    let count = 300_000
    let batch = RowBatch(
      columns: columns,
      vectors: [
        ColumnVector(
          type: .int64, count: count, validity: nil, values: .int64((0..<count).map { Int64($0) })),
        ColumnVector(
          type: .string, count: count, validity: nil,
          values: .dictionary(codes: (0..<count).map { UInt32($0 % 5) }, words: words)),
      ], count: count)
    var writer = ParquetWriter(columns: columns)
    var bytes: [UInt8] = []
    try writer.append(batch, rows: 0..<count, to: &bytes)
    try writer.finish(to: &bytes)

    let table = try readParquet(bytes)
    var row = 0
    for batch in table.batches {
      guard case .int64(let numbers) = batch.vectors[0].values else {
        Issue.record("not int64")
        return
      }
      #expect(numbers.elementsEqual((row..<row + batch.count).map { Int64($0) }))
      #expect(cell(batch.vectors[1], 0) == .text("word \(row % 5)"))
      row += batch.count
    }
    #expect(row == count)
    #expect(table.lines == (1...UInt32(count)).map { $0 })
  }

  @Test func `a reader reads again from the start`() throws {
    var random = SeededGenerator(seed: 5)
    let batch = batch(100, using: &random)
    var writer = ParquetWriter(columns: batch.columns)
    var bytes: [UInt8] = []
    try writer.append(batch, rows: 0..<100, to: &bytes)
    try writer.finish(to: &bytes)

    var reader = try ParquetReader(SeekableFile(name: "a.parquet", bytes: bytes))
    let first = try #require(try reader.next())
    #expect(try reader.next() == nil)
    try reader.restart()
    let second = try #require(try reader.next())
    #expect(first.rows.vectors.map(\.digest) == second.rows.vectors.map(\.digest))
    #expect(first.lines == second.lines)
  }

  @Test(arguments: UInt64(1)...2)
  func `a flipped byte or a cut gives an error or values and never a trap`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let batch = batch(Int.random(in: 1..<8, using: &random), using: &random)
    var writer = ParquetWriter(columns: batch.columns)
    var bytes: [UInt8] = []
    try writer.append(batch, rows: 0..<batch.count, to: &bytes)
    try writer.finish(to: &bytes)

    for index in bytes.indices {
      var flipped = bytes
      flipped[index] ^= UInt8.random(in: 1...255, using: &random)
      _ = try? readParquet(flipped)
      guard index % 7 == 0 else { continue }
      #expect(throws: StoreError.self) { try readParquet(bytes[..<index]) }
    }
  }
}
