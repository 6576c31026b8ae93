import Columns
import Formats
import Model
import TestSupport
import Testing

@Suite struct `CSV writer` {
  /// Texts that try the quoting.
  private static let pieces = [
    "a", "é", "😀", "\"", ",", "\n", "\r\n", "\r", " ", "\t", "007", "true", "\u{FEFF}", "e\u{301}",
    "\"\"", "long text without anything special in it",
  ]

  private func vector(
    _ type: ColumnType, count: Int, random: inout SeededGenerator
  ) -> ColumnVector {
    var validity = Bitmap(repeating: true, count: count)
    for row in 0..<count where Int.random(in: 0..<4, using: &random) == 0 { validity[row] = false }
    var integers: [Int64] = []
    var doubles: [Double] = []
    var bits = Bitmap(count: count)
    var integral = Bitmap(count: count)
    var texts = TextValues()
    for row in 0..<count {
      guard validity[row] else {
        integers.append(0)
        doubles.append(0)
        texts.append([])
        continue
      }
      let word = Int64(truncatingIfNeeded: random.next())
      // The years 1 to 9999, which RFC 3339 can write.
      integers.append(type == .timestamp ? word % 60_000_000_000_000_000 : word >> (row % 64))
      bits[row] = word & 1 == 0
      if word & 3 == 0 {
        doubles.append(Double(word >> 12))
        integral[row] = true
      } else {
        let value = Double(bitPattern: random.next())
        doubles.append(value.isFinite ? value : 0.5)
      }
      let length = Int.random(in: 0..<6, using: &random)
      let text = (0..<length).map { _ in Self.pieces.randomElement(using: &random) ?? "" }
      texts.append(Array(text.joined().utf8))
    }
    let values: ColumnVector.Values =
      switch type {
      case .bool: .bool(bits)
      case .int64, .timestamp: .int64(integers)
      case .float64: .float64(doubles, integral: integral.setCount == 0 ? nil : integral)
      case .string, .json, .file, .vector: .text(texts)
      }
    if validity.setCount == 0 { return .nulls(type, count: count) }
    return ColumnVector(type: type, count: count, validity: validity, values: values)
  }

  @Test(arguments: UInt64(1)...60)
  func `what is written is read back equal`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let types: [ColumnType] = [.bool, .int64, .float64, .string, .timestamp]
    let count = Int.random(in: 1..<700, using: &random)
    let columns = (0..<Int.random(in: 1..<7, using: &random)).map { index in
      ColumnDefinition(
        name: "c\(index)" + (Self.pieces.randomElement(using: &random) ?? ""),
        type: types.randomElement(using: &random) ?? .string)
    }
    let vectors = columns.map { vector($0.type, count: count, random: &random) }
    let batch = RowBatch(columns: columns, vectors: vectors, count: count)
    let writer = CSVWriter(columns: columns)
    var bytes: [UInt8] = []
    writer.appendHeader(to: &bytes)
    let middle = Int.random(in: 0...count, using: &random)
    writer.append(batch, rows: 0..<middle, to: &bytes)
    writer.append(batch, rows: middle..<count, to: &bytes)

    let types2 = Dictionary(uniqueKeysWithValues: columns.map { (DataText($0.name), $0.type) })
    let read = try readCSV(
      bytes, types: types2, chunkBytes: Int.random(in: 1..<5000, using: &random))
    #expect(read.rows.columns == columns)
    #expect(read.rows.count == count)
    for index in columns.indices {
      #expect(read.rows.vectors[index] == vectors[index], "\(columns[index])")
    }
  }

  @Test func `cells are quoted only when they must be`() {
    let texts = ["plain", "", "a,b", "a\"b", "a\nb", " a", "a ", "a\rb", "a b", "'x'"]
    var values = TextValues()
    for text in texts { values.append(Array(text.utf8)) }
    let json = ColumnVector(
      type: .json, count: texts.count, validity: nil,
      values: .dictionary(
        codes: [UInt32](repeating: 0, count: texts.count),
        words: TextValues(offsets: [0, 7], bytes: Array("{\"a\":1}".utf8))))
    let columns = [
      ColumnDefinition(name: "x y", type: .string), ColumnDefinition(name: "j,", type: .json),
    ]
    let batch = RowBatch(
      columns: columns,
      vectors: [
        ColumnVector(type: .string, count: texts.count, validity: nil, values: .text(values)), json,
      ], count: texts.count)
    var bytes: [UInt8] = []
    CSVWriter(columns: columns).appendHeader(to: &bytes)
    CSVWriter(columns: columns).append(batch, rows: 0..<texts.count, to: &bytes)
    let expected = [
      "x y", "plain", "\"\"", "\"a,b\"", "\"a\"\"b\"", "\"a\nb\"", "\" a\"", "\"a \"", "\"a\rb\"",
      "a b", "'x'",
    ].enumerated().map { $1 + ($0 == 0 ? ",\"j,\"" : ",\"{\"\"a\"\":1}\"") + "\n" }.joined()
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  @Test func `long words that repeat are written whole`() throws {
    let word = [UInt8](repeating: 0x77, count: 3 << 20)
    let columns = [ColumnDefinition(name: "w", type: .string)]
    let vector = ColumnVector(
      type: .string, count: 12, validity: nil,
      values: .dictionary(
        codes: [UInt32](repeating: 0, count: 12),
        words: TextValues(offsets: [0, UInt32(word.count)], bytes: word)))
    var bytes: [UInt8] = []
    CSVWriter(columns: columns).append(
      RowBatch(columns: columns, vectors: [vector], count: 12), rows: 0..<12, to: &bytes)
    #expect(bytes == (0..<12).flatMap { _ in word + [0x0A] })
  }

  @Test(arguments: UInt64(1)...20)
  func `numbers are read as the nearest double`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var texts = ["0.5", "1e22", "1e23", "8.5e15", "9007199254740993.0", "5e-324", "1.7e308"]
    for _ in 0..<300 {
      let digits = Int.random(in: 1...22, using: &random)
      var text = (0..<digits).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
      text = "1" + text
      let point = Int.random(in: 1...text.count, using: &random)
      let after = String(text.dropFirst(point))
      texts.append("\(text.prefix(point)).\(after.isEmpty ? "0" : after)")
      texts.append("\(text.prefix(18))e\(Int.random(in: -40...40, using: &random))")
    }
    let batch = try readCSV(Array(("x\n" + texts.joined(separator: "\n")).utf8))
    guard case .float64(let doubles, nil) = batch.rows.vectors[0].values else {
      Issue.record("not read as float64")
      return
    }
    for (text, double) in zip(texts, doubles) { #expect(Double(text) == double, "\(text)") }
  }
}
