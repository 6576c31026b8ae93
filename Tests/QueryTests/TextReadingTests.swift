import Model
import Query
import TestSupport
import Testing

/// Aggregates of numbers over texts: SQLite's results, and a sentence about what they were made of.
@Suite struct TextReadingTests {
  private static let words: [QueryValue] = [
    .text("True"), .text("12"), .text("523,4"), .null, .text("timeout"),
  ]
  private static let mixed: [QueryValue] = [
    .text("4"), .text("\"n/a\""), .text("0.5"), .null, .text("7"),
  ]
  private static let source = MemorySource([
    "t": TestTable(columns: [
      ("g", .string, [.text("a"), .text("a"), .text("b"), .text("b"), .text("b")]),
      ("word", .string, words), ("mix", .json, mixed),
      ("n", .int64, (1...5).map { .integer($0) }),
      ("x", .float64, (1...5).map { .real(Double($0) / 4) }),
      ("late", .string, ["9", "10", "61", "523", "7"].map { .text($0) }),
      // From the noon of the first of October 2026 on, a day each.
      (
        "at", .timestamp,
        (0..<5).map { .integer(1_790_856_000_000_000 + Int64($0) * 86_400_000_000) }
      ),
    ])
  ])

  private func answer(
    _ sql: String, usesVectors: Bool = true
  ) throws -> (rows: [[QueryValue]], summary: SQLQuery.Summary) {
    var options = QueryOptions()
    options.usesVectors = usesVectors
    var rows: [[QueryValue]] = []
    let summary = try SQLQuery(sql, on: Self.source, options: options).run(onColumns: { _ in }) {
      rows.append($0)
      return true
    }
    return (rows, summary)
  }

  @Test func `a mean of texts says how many are no numbers, and which is the first`() throws {
    let (rows, summary) = try answer("SELECT avg(word) FROM t")
    // 'True' is 0, '523,4' is 523, 'timeout' is 0, as SQLite has it.
    #expect(rows == [[.real(133.75)]])
    #expect(
      summary.notes == [
        "avg(word) read 3 texts that are no numbers ('True' first), each as the number it begins "
          + "with, else as 0: avg(number(x)) leaves them out"
      ])
    #expect(try answer("SELECT avg(word) FROM t WHERE word = '12'").summary.notes.isEmpty)
    let one = try answer("SELECT total(word) FROM t WHERE word > 'm'")
    #expect(
      one.summary.notes == [
        "total(word) read 1 text that is no number ('timeout') as the number it begins with, else "
          + "as 0: total(number(x)) leaves it out"
      ])
  }

  @Test func `each call is told, wherever it stands, and each once`() throws {
    let sql = """
      SELECT g, sum(word) AS s, avg(DISTINCT word), AVG( n ), sum(mix) FILTER (WHERE n > 1)
      FROM t GROUP BY g HAVING total(t.word) >= 0 ORDER BY sum(word), Sum(WORD)
      """
    let notes = try answer(sql).summary.notes
    #expect(notes.contains { $0.hasPrefix("sum(word) read 3 texts") })
    #expect(notes.contains { $0.hasPrefix("avg(DISTINCT word) read 3 texts") })
    #expect(notes.contains { $0.hasPrefix("sum(mix) read 1 text that is no number ('n/a')") })
    #expect(notes.contains { $0.hasPrefix("total(t.word) read 3 texts") })
    #expect(notes.count == 4)
  }

  @Test func `a call is shown with its words apart`() throws {
    let notes = try answer(
      "SELECT avg(CASE WHEN(n>1)THEN word ELSE(0)END), sum(ifnull(word,0)+t.n) FROM t"
    ).summary.notes
    #expect(notes.contains { $0.hasPrefix("avg(CASE WHEN (n > 1) THEN word ELSE (0) END) read") })
  }

  @Test func `windows, subqueries and what is not understood are counted too`() throws {
    let window = try answer("SELECT sum(word) OVER (ORDER BY n) FROM t")
    #expect(window.rows == [[.real(0)], [.real(12)], [.real(535)], [.real(535)], [.real(535)]])
    #expect(window.summary.notes.first?.hasPrefix("sum(word) read 3 texts") == true)
    let moving = try answer(
      "SELECT sum(n) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t")
    #expect(moving.rows == [1, 3, 5, 7, 9].map { [.integer($0)] })
    #expect(moving.summary.notes.isEmpty)
    let nested = try answer("SELECT (SELECT avg(word) FROM t) + 1")
    #expect(nested.rows == [[.real(134.75)]] && nested.summary.notes.count == 1)
    let opaque = try answer("SELECT avg(word), x'00' FROM t")
    #expect(opaque.summary.notes.first?.hasPrefix("avg() read 3 texts") == true)
    let table = try answer("WITH avg(x) AS (SELECT sum(word) FROM t) SELECT x FROM avg")
    #expect(table.rows == [[.real(535)]] && table.summary.notes.count == 1)
  }

  @Test func `columns of numbers say nothing, by scans and by SQLite`() throws {
    for usesVectors in [true, false] {
      let (rows, summary) = try answer(
        "SELECT sum(n), total(n), avg(n), sum(x), avg(x), min(n), max(x), min(g), max(at) FROM t",
        usesVectors: usesVectors)
      #expect(
        rows == [
          [
            .integer(15), .real(15), .real(3), .real(3.75), .real(0.75), .integer(1), .real(1.25),
            .text("a"), .text("2026-10-05T12:00:00Z"),
          ]
        ])
      #expect(summary.notes.isEmpty, "\(summary.notes)")
    }
  }

  @Test(arguments: [true, false])
  func `a least or greatest text that reads as a number is told`(usesVectors: Bool) throws {
    let (rows, summary) = try answer(
      "SELECT min(late), max(late) FROM t", usesVectors: usesVectors)
    #expect(rows == [[.text("10"), .text("9")]])
    #expect(
      summary.notes
        == [("min", "10"), ("max", "9")].map { name, text in
          "\(name)(late) is a text that reads as a number, '\(text)': texts compare letter by "
            + "letter, '10' below '9'; \(name)(number(late)) compares numbers"
        })
    #expect(summary.isVectorised == usesVectors)
    #expect(try answer("SELECT max(word) FROM t", usesVectors: usesVectors).summary.notes.isEmpty)
  }

  @Test func `texts among numbers that are compared are told, and the rest of the row stays`()
    throws
  {
    let (rows, summary) = try answer("SELECT max(mix), n FROM t")
    #expect(rows == [[.text("n/a"), .integer(2)]])
    #expect(
      summary.notes == [
        "max(mix) compared numbers with 1 text ('n/a'), which is above every number: leave it out "
          + "with WHERE typeof(mix) <> 'text'"
      ])
    #expect(try answer("SELECT min(mix), n FROM t").rows == [[.real(0.5), .integer(3)]])
    let numbers = try answer("SELECT max(mix) FROM t WHERE typeof(mix) <> 'text'")
    #expect(numbers.rows == [[.integer(7)]] && numbers.summary.notes.isEmpty)
  }

  @Test func `sums are SQLite's: integers, overflow, and cancellation that loses no digit`() throws
  {
    let source = MemorySource([
      "t": TestTable(columns: [
        ("n", .json, [.text("9223372036854775807"), .text("1"), .text("-1")]),
        ("x", .json, [.text("1e16"), .text("1"), .text("-1e16")]),
      ])
    ])
    let (_, rows) = try SQLQuery("SELECT sum(x), total(x), avg(n) FROM t", on: source).rows()
    #expect(rows[0][0] == .real(1) && rows[0][1] == .real(1))
    #expect(rows[0][2] == .real(Double(Int64.max) / 3))
    let error = #expect(throws: StoreError.self) {
      try SQLQuery("SELECT sum(n) FROM t", on: source).rows()
    }
    #expect(error?.message.contains("integer overflow") == true)
    let (_, none) = try SQLQuery(
      "SELECT sum(n), total(n), avg(n) FROM t WHERE n IS NULL", on: source
    ).rows()
    #expect(none == [[.null, .real(0), .null]])
  }
}
