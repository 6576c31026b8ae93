import Columns
import Formats
import Foundation
import Model
import TestSupport
import Testing

/// Numbers that have more digits than a float has.
@Suite struct `Digits of JSON numbers` {
  private func read(
    _ numbers: [String], _ type: ColumnType? = nil, wrap: (String) -> String = { $0 }
  ) throws -> (vector: ColumnVector, remarks: ReadRemarks) {
    let text = numbers.map { "{\"x\":\(wrap($0))}\n" }.joined()
    var options = ReadOptions()
    if let type { options.types["x"] = type }
    var reader = try JSONReader(
      MemorySource(name: "x", bytes: Array(text.utf8)), layout: .lines, options: options)
    let batch = try #require(try reader.next())
    return (batch.rows.vectors[0], reader.remarks)
  }

  private func texts(_ vector: ColumnVector) -> [String] {
    (0..<vector.count).map { row in
      vector.values.text(row).map { String(decoding: $0.words.bytes[$0.range], as: UTF8.self) }
        ?? "null"
    }
  }

  /// What no float is written as, to as many digits.
  private static let wide = [
    "0.1234567890123456789012", "-0.1234567890123456789012", "1234567890123.4567",
    "900719925474099.3", "1e-400", "3e-324", "1.00000000000000000000001", "12345678901234567.5e3",
    "0.30000000000000000000000000000000000000000000000000000000000000001",
  ]

  @Test func `columns of json keep them, and columns of floats tell the first`() throws {
    let numbers = ["0.5"] + Self.wide
    #expect(try texts(read(numbers, .json).vector) == numbers)
    let lists = try read(numbers) { "[\($0),{\"a\":\($0)}]" }
    #expect(texts(lists.vector) == numbers.map { "[\($0),{\"a\":\($0)}]" })
    #expect(lists.remarks.readings.isEmpty)
    let floats = try read(numbers)
    #expect(floats.vector.type == .float64)
    #expect(
      floats.remarks.readings == [
        "numbers of more digits than float64 has, rounded (the first on line 2) in x"
      ])
    // A text among them makes the column json.
    let mixed = try read(numbers + ["\"x\""])
    #expect(texts(mixed.vector) == numbers + ["\"x\""] && mixed.remarks.readings.isEmpty)
  }

  @Test func `what a float does not give back has no shape, and so stays text in Parquet`() throws {
    for number in Self.wide {
      var finder = ShapeFinder()
      finder.add(try read([number]) { "[0.5,\($0)]" }.vector)
      #expect(finder.shape == nil, "\(number)")
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `floats as programs print them are the floats that they are`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let float =
      seed % 2 == 0
      ? Double.random(in: -1000...1000, using: &random)
      : Double(
        sign: .plus, exponent: Int.random(in: -1070...900, using: &random),
        significand: Double.random(in: 1..<2, using: &random))
    let spellings = [
      float.description, String(format: "%.16e", float), String(format: "%.17g", float) + "e0",
      String(format: "%.30e", float), String(format: "%.800e", float),
    ].filter { Double($0) != nil && $0.contains(where: { $0 == "." || $0 == "e" }) }
    for text in spellings {
      let floats = try read([text])
      #expect(floats.remarks.readings.isEmpty, "seed \(seed): \(text)")
      #expect(try texts(read([text], .json).vector) == [float.description], "seed \(seed): \(text)")
      #expect(
        try texts(read([text]) { "[\($0)]" }.vector) == ["[\(float.description)]"],
        "seed \(seed): \(text)")
    }
    // The digit after those that count makes it another number.
    let digits = String(format: "%.19e", float)
    let mark = try #require(digits.firstIndex(of: "e"))
    let last = digits[digits.index(before: mark)]
    let other = digits[..<digits.index(before: mark)] + (last == "9" ? "8" : "9") + digits[mark...]
    #expect(
      try texts(read([String(other)], .json).vector) == [String(other)], "seed \(seed): \(other)")
  }
}
