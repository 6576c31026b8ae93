import Columns
import Formats
import Model
import TestSupport
import Testing

@Suite struct `Arrow writer` {
  /// A random column; `json` and `file` have texts that are JSON.
  private func vector(
    _ type: ColumnType, count: Int, using random: inout SeededGenerator
  ) -> ColumnVector {
    let vector = RandomVectors.vector(type, count: count, using: &random)
    guard type == .json || type == .file, !vector.isAllNull else {
      if type == .string, Bool.random(using: &random), case .text(let words) = vector.values {
        // Every row its own word, in another order than the rows.
        var turned = TextValues()
        for index in (0..<words.count).reversed() { turned.append(words.bytes[words.range(index)]) }
        return ColumnVector(
          type: type, count: count, validity: vector.validity,
          values: .dictionary(
            codes: (0..<count).map { UInt32(count - 1 - $0) }, words: turned))
      }
      return vector
    }
    var texts = TextValues()
    for row in 0..<count {
      let text = ["{\"a\":[1,null]}", "[]", "\"é\"", "41", "1.5", "true"].randomElement(
        using: &random)
      texts.append((vector.hasValue(row) ? text ?? "" : "").utf8)
    }
    return ColumnVector(
      type: type, count: count, validity: vector.validity, values: .text(texts))
  }

  @Test(arguments: UInt64(1)...80)
  func `what is written is read back equal`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let count = Int.random(in: 1..<600, using: &random)
    let columns = (0..<Int.random(in: 1..<9, using: &random)).map { index in
      ColumnDefinition(
        name: "c\(index) é", type: RandomVectors.types.randomElement(using: &random) ?? .bool)
    }
    let vectors = columns.map { vector($0.type, count: count, using: &random) }
    let batch = RowBatch(columns: columns, vectors: vectors, count: count)
    let compression: ArrowCompression? = [nil, .lz4, .zstd].randomElement(using: &random) ?? nil
    var writer = ArrowWriter(columns: columns, compression: compression)
    let middle = Int.random(in: 0...count, using: &random)
    var bytes: [UInt8] = []
    try writer.append(batch, rows: 0..<middle, to: &bytes)
    // Bytes are handed over piece by piece.
    var rest: [UInt8] = []
    try writer.append(batch, rows: middle..<count, to: &rest)
    writer.finish(to: &rest)

    var reader = try ArrowReader(SeekableFile(name: "x", bytes: bytes + rest))
    var row = 0
    while let read = try reader.next() {
      #expect(read.rows.columns == columns)
      for (index, vector) in vectors.enumerated() {
        let expected = vector.slice(row..<row + read.rows.count)
        #expect(read.rows.vectors[index] == expected, "\(columns[index])")
      }
      row += read.rows.count
      #expect(read.lines.last.map { Int($0) } == row)
    }
    #expect(row == count)
  }

  @Test func `many rows are split into record batches`() throws {
    let count = 150_000
    let columns = [ColumnDefinition(name: "n", type: .int64)]
    let vector = ColumnVector(
      type: .int64, count: count, validity: nil, values: .int64((0..<count).map { Int64($0) }))
    var writer = ArrowWriter(columns: columns)
    var bytes: [UInt8] = []
    try writer.append(
      RowBatch(columns: columns, vectors: [vector], count: count), rows: 0..<count, to: &bytes)
    writer.finish(to: &bytes)
    var reader = try ArrowReader(SeekableFile(name: "x", bytes: bytes))
    var counts: [Int] = []
    while let read = try reader.next() { counts.append(read.rows.count) }
    #expect(counts == [65_536, 65_536, 18_928])
  }

  @Test func `no rows make a file that has the columns`() throws {
    let columns = [
      ColumnDefinition(name: "a", type: .json), ColumnDefinition(name: "b", type: .timestamp),
    ]
    var writer = ArrowWriter(columns: columns)
    var bytes: [UInt8] = []
    writer.finish(to: &bytes)
    var reader = try ArrowReader(SeekableFile(name: "x", bytes: bytes))
    let batch = try #require(try reader.next())
    #expect(batch.rows.columns == columns)
    #expect(batch.rows.count == 0)
  }
}
