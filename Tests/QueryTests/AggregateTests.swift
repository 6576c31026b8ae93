import Model
import Query
import TestSupport
import Testing

/// The aggregates that SQLite does not have, against their definitions.
@Suite struct AggregateTests {
  private func table(_ values: [Double?]) -> MemorySource {
    MemorySource([
      "t": TestTable(columns: [
        ("x", .float64, values.map { $0.map { .real($0) } ?? .null }),
        ("word", .string, values.map { _ in .text("five") }),
      ])
    ])
  }

  private func number(
    _ sql: String, _ source: MemorySource, usesVectors: Bool = true
  ) throws -> Double? {
    var options = QueryOptions()
    options.usesVectors = usesVectors
    let value = try SQLQuery("SELECT \(sql) FROM t", on: source, options: options).rows().rows[0][0]
    if case .real(let real) = value { return real }
    return nil
  }

  @Test(arguments: 1...40)
  func `quantiles interpolate between sorted neighbours`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 1...200, using: &generator)
    let distinct = Double.random(in: 1...300, using: &generator)
    let values = (0..<count).map { _ in
      (Double.random(in: -1...1, using: &generator) * distinct).rounded() / 8
    }
    let source = table(values + [nil])
    let sorted = values.sorted()
    for fraction in [0, 0.05, 0.25, 0.5, 0.95, 0.99, 1] {
      let position = Double(count - 1) * fraction
      let below = Int(position)
      let above = min(below + 1, count - 1)
      let expected = sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
      #expect(try number("quantile(x, \(fraction))", source) == expected)
      if fraction == 0.5 { #expect(try number("median(x)", source) == expected) }
    }
  }

  /// Orders and ties that a selection might stumble over.
  @Test(arguments: [
    "random", "ascending", "descending", "equal", "two values", "pipe", "heavy tail",
  ])
  func `quantiles of many values are those of the sorted values`(shape: String) throws {
    let count = 20_011
    var generator = SeededGenerator(seed: 7)
    let values = (0..<count).map { row -> Double in
      switch shape {
      case "ascending": Double(row)
      case "descending": Double(-row)
      case "equal": 3
      case "two values": Bool.random(using: &generator) ? 1 : 0
      case "pipe": Double(min(row, count - row))
      case "heavy tail": 1 / Double.random(in: 1e-12..<1, using: &generator)
      default: Double.random(in: -1...1, using: &generator)
      }
    }
    let source = table(values)
    let sorted = values.sorted()
    for fraction in [0, 0.001, 0.3, 0.5, 0.95, 1] {
      let position = Double(count - 1) * fraction
      let (low, high) = (sorted[Int(position)], sorted[min(Int(position) + 1, count - 1)])
      let expected =
        low == high ? low : low + (high - low) * (position - position.rounded(.down))
      for usesVectors in [true, false] {
        #expect(
          try number("quantile(x, \(fraction))", source, usesVectors: usesVectors) == expected,
          "\(fraction), vectors \(usesVectors)")
      }
    }
  }

  @Test(arguments: 1...10)
  func `spreads follow their definitions`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let values = (0..<Int.random(in: 2...99, using: &generator)).map { _ in
      1e6 + Double.random(in: 0...1, using: &generator)
    }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let source = table([nil] + values)
    let sample = squares / Double(values.count - 1)
    let population = squares / Double(values.count)
    for (sql, expected) in [
      ("variance(x)", sample), ("var_samp(x)", sample), ("var_pop(x)", population),
      ("stddev(x)", sample.squareRoot()), ("stddev_pop(x)", population.squareRoot()),
    ] {
      let actual = try #require(try number(sql, source))
      #expect(abs(actual - expected) <= 1e-6 * expected)
    }
  }

  @Test(arguments: ["median(x)", "quantile(x, 0.9)", "stddev(x)", "variance(x)", "var_pop(x)"])
  func `no values give null`(sql: String) throws {
    #expect(try number(sql, table([nil, nil])) == nil)
    #expect(try number(sql, table([])) == nil)
  }

  @Test func `one value has no sample deviation`() throws {
    #expect(try number("stddev(x)", table([3])) == nil)
    #expect(try number("stddev_pop(x)", table([3])) == 0)
  }

  @Test(arguments: [
    "median(word)", "stddev(word)", "quantile(x, 2)", "quantile(x, -0.1)", "quantile(x, x)",
    "quantile(x, NULL)",
  ])
  func `what is no number or no fraction is refused`(sql: String) throws {
    #expect {
      _ = try number(sql, table([0.25, 0.5]))
    } throws: { error in
      (error as? StoreError)?.kind == .usage
    }
  }
}
