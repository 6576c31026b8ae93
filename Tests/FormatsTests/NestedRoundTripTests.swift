import Columns
import Formats
import Model
import TestSupport
import Testing

/// Nested columns written as lists and structures and read back.
@Suite struct `Nested round trip` {
  private func shape(of vector: ColumnVector) -> ValueShape? {
    var finder = ShapeFinder()
    finder.add(vector)
    return finder.shape
  }

  /// The column that `vector` is read back as from a file with its shape.
  private func read(
    _ vector: ColumnVector, _ shape: ValueShape?, _ format: FileFormat, seed: UInt64
  ) throws -> ColumnVector {
    var random = SeededGenerator(seed: seed)
    let columns = [ColumnDefinition(name: "v", type: .json)]
    let batch = RowBatch(columns: columns, vectors: [vector], count: vector.count)
    let middle = Int.random(in: 0...vector.count, using: &random)
    var bytes: [UInt8] = []
    if format == .parquet {
      var writer = ParquetWriter(columns: columns, shapes: [shape])
      try writer.append(batch, rows: 0..<middle, to: &bytes)
      try writer.append(batch, rows: middle..<vector.count, to: &bytes)
      try writer.finish(to: &bytes)
      return joined(try readParquet(bytes).batches)
    }
    let compression: ArrowCompression? = [nil, .lz4, .zstd].randomElement(using: &random) ?? nil
    var writer = ArrowWriter(columns: columns, shapes: [shape], compression: compression)
    try writer.append(batch, rows: 0..<middle, to: &bytes)
    try writer.append(batch, rows: middle..<vector.count, to: &bytes)
    writer.finish(to: &bytes)
    var reader = try ArrowReader(SeekableFile(name: "x", bytes: bytes))
    var batches: [RowBatch] = []
    while let batch = try reader.next() { batches.append(batch.rows) }
    return joined(batches)
  }

  private func joined(_ batches: [RowBatch]) -> ColumnVector {
    let runs = batches.enumerated().map { source, batch in
      RowRun(source: Int32(source), start: 0, count: Int32(batch.count))
    }
    return .gather(runs, from: batches.map { $0.vectors[0] }, type: .json)
  }

  @Test(arguments: UInt64(1)...120, [FileFormat.parquet, .arrow])
  func `values come back with the same text`(seed: UInt64, format: FileFormat) throws {
    var random = SeededGenerator(seed: seed)
    let wanted = RandomNested.shape(using: &random)
    let texts = (0..<Int.random(in: 1..<90, using: &random)).map { _ -> String? in
      Int.random(in: 0..<7, using: &random) == 0 ? nil : RandomNested.text(wanted, using: &random)
    }
    let vector = RandomNested.column(texts)
    let shape = shape(of: vector)
    #expect(try read(vector, shape, format, seed: seed) == vector, "\(wanted) \(texts)")
    if let shape, case .text(let words) = vector.values {
      // The same with every text held once.
      let codes = (0..<vector.count).map { UInt32(vector.count - 1 - $0) }
      var turned = TextValues()
      for row in (0..<vector.count).reversed() { turned.append(words.bytes[words.range(row)]) }
      let dictionary = ColumnVector(
        type: .json, count: vector.count, validity: vector.validity,
        values: .dictionary(codes: codes, words: turned))
      #expect(try read(dictionary, shape, format, seed: seed) == vector, "\(shape)")
    }
  }

  @Test(arguments: [FileFormat.parquet, .arrow])
  func `long lists and many rows cross pages`(format: FileFormat) throws {
    let text = "[" + (0..<3000).map { "\"word \($0)\"" }.joined(separator: ",") + "]"
    let vector = RandomNested.column(
      [text, "[]", nil, text] + (0..<70_000).map { "[\"\($0)\",null]" } + [text])
    let shape = shape(of: vector)
    #expect(shape == .list(.string))
    #expect(try read(vector, shape, format, seed: 1) == vector)
  }

  @Test func `a nested column of a file is spelled as the dataset has it`() throws {
    let columns = [ColumnDefinition(name: "v", type: .json)]
    let read = RandomNested.column(["{\"a\":null,\"n\":[1.0,0.5]}"])
    var writer = ParquetWriter(columns: columns, shapes: [shape(of: read)])
    var bytes: [UInt8] = []
    try writer.append(
      RowBatch(columns: columns, vectors: [read], count: 1), rows: 0..<1, to: &bytes)
    try writer.finish(to: &bytes)
    var reader = try ParquetReader(SeekableFile(name: "x", bytes: bytes))
    let shape = try #require(ValueShape(parsing: "{\"a\"?:int64,\"n\":[number]}"))
    reader.adopt(["v": shape, "other": shape])
    let batch = try #require(try reader.next())
    #expect(batch.rows.vectors[0] == RandomNested.column(["{\"n\":[1,0.5]}"]))
  }

  @Test(arguments: ["[string]", "{\"a\":int64}", "[[int64]]", "[bool]"])
  func `values that do not have the shape are an error and never a trap`(text: String) throws {
    let shape = try #require(ValueShape(parsing: text))
    for value in ["[1]", "{}", "{\"b\":1}", "[[1]]x", "[", "", "7", "[\"a\"", "{\"a\"", "{\"a\":"] {
      for format in [FileFormat.parquet, .arrow] where value != "[1]" || text != "[int64]" {
        _ = try? read(RandomNested.column([value]), shape, format, seed: 1)
      }
    }
    let error = #expect(throws: StoreError.self) {
      try read(RandomNested.column(["[1,\"x\",{}]"]), shape, .arrow, seed: 1)
    }
    #expect(error?.kind == .corrupt)
  }
}
