import Columns
import Model
import Query
import TestSupport
import Testing

/// Texts beside numbers: SQLite's results, and a sentence about what they were made of.
@Suite struct ComparedTextTests {
  private static let table = TestTable(columns: [
    ("id", .int64, (1...4).map { .integer($0) }),
    ("mix", .json, [.text("0.2"), .text("\"n/a\""), .text("\"0.9\""), .null]),
    ("word", .string, [.text("0.5"), .text("oops"), .text("10"), .null]),
    ("x", .float64, (1...4).map { .real(Double($0) / 4) }),
  ])
  private static let source = MemorySource(["t": table])

  private func answer(
    _ sql: String, on source: MemorySource = Self.source
  ) throws -> (rows: [[QueryValue]], notes: [String]) {
    var rows: [[QueryValue]] = []
    let summary = try SQLQuery(sql, on: source).run(onColumns: { _ in }) {
      rows.append($0)
      return true
    }
    return (rows, summary.notes)
  }

  private static let above = "column 'mix' was compared with numbers where it has 2 texts"
  private static let letters = "column 'word' was compared with a number by letters"

  @Test(arguments: [
    ("SELECT avg(mix > 0.5) FROM t", above), ("SELECT count(*) FROM t WHERE 0.5 < mix", above),
    ("SELECT id, avg(mix > 0.5) FROM t GROUP BY id", above),
    ("SELECT id FROM t WHERE mix BETWEEN 0.1 AND 0.3", above),
    ("SELECT id FROM t WHERE mix > 0.1 * x + id", "column 'mix'"),
    ("SELECT v FROM (SELECT mix AS v FROM t ORDER BY x LIMIT 9) WHERE v >= 0.2", above),
    ("WITH w AS (SELECT * FROM t) SELECT CASE WHEN mix < 1 THEN 1 END FROM w", above),
    ("SELECT a.id FROM t a JOIN t b ON a.id = b.id AND a.id < 4 WHERE a.mix > -1", above),
    ("SELECT id FROM t WHERE mix > (SELECT avg(x) FROM t)", above),
    ("SELECT sum(mix > 0.5) OVER (ORDER BY id) FROM t", above),
    ("SELECT id FROM t WHERE mix > x", "where it has 1 text ('n/a'), which is above"),
    ("SELECT id FROM t WHERE mix = 0.9", "where it has 1 text ('0.9') that would be a number"),
    ("SELECT count(*) FROM t WHERE word > 100", letters), ("SELECT word < 5 FROM t", letters),
    ("SELECT id FROM t WHERE word > x", "where it has 1 text ('oops'), which is above"),
    ("SELECT avg(CAST(word AS REAL)) FROM t", "was read as numbers where it has 1 text ('oops')"),
    ("SELECT word + 0 FROM t", "was read as numbers where it has 1 text ('oops')"),
  ])
  func `texts that are compared with numbers are told, however they get there`(
    sql: String, told: String
  ) throws {
    let notes = try answer(sql).notes
    #expect(notes.count == 1 && notes.first?.contains(told) == true, "\(notes)")
  }

  @Test(arguments: [
    "SELECT id FROM t WHERE mix = 'n/a' AND word > 'a'", "SELECT id FROM t WHERE x > 0.5",
    "SELECT id FROM t WHERE typeof(mix) <> 'text' AND mix > 0.1",
    "SELECT id FROM t WHERE number(word) > 0.1 AND number(mix) > 0.1",
    "SELECT avg(number(word)), median(number(mix)) FROM t", "SELECT word, mix FROM t ORDER BY mix",
    "SELECT max(number(word)) FROM t WHERE word <> 'oops'", "SELECT id FROM t WHERE id = word",
    "SELECT id FROM t WHERE mix <> 'n/a' AND mix > 0.1",
  ])
  func `nothing is said where no text is taken for a number, or texts are left out`(
    sql: String
  ) throws {
    #expect(try answer(sql).notes == [])
  }

  @Test func `number gives the number that a whole text writes, and null for any other`() throws {
    let numbers = ["1", "-2.5", "+.5", "5.", "1e3", " 7 ", "1E-2", "\t4\n"]
    let others = ["", " ", "oops", "1 2", "1e", ".", "0x10", "1,5", "--1", "Infinity", "1e+"]
    for text in numbers + others {
      let row = try answer("SELECT number('\(text)'), typeof(number('\(text)')) FROM t LIMIT 1")
        .rows
      #expect((row[0][0] == .null) == others.contains(text), "\(text)")
      // The count of texts that are no numbers is by the same rule.
      let source = MemorySource([
        "t": TestTable(columns: [("s", .string, [.text(text)])])
      ])
      let notes = try answer("SELECT CAST(s AS REAL) FROM t", on: source).notes
      #expect(notes.isEmpty == numbers.contains(text), "\(text)")
    }
    let rest = try answer("SELECT number(5), number(0.5), number(NULL), number(x'31'), number('7')")
    #expect(rest.rows == [[.integer(5), .real(0.5), .null, .null, .integer(7)]])
  }

  @Test func `statistics over texts name the way to leave them out, which works`() throws {
    for function in ["median", "stddev", "variance"] {
      let error = #expect(throws: StoreError.self) { try answer("SELECT \(function)(word) FROM t") }
      #expect(error?.message.contains("\(function)(number(x)) leaves out") == true)
    }
    #expect(try answer("SELECT median(number(word)) FROM t").rows == [[.real(5.25)]])
  }

  private func readings(_ condition: String) throws -> [RowQuery.TextReading] {
    let table = try #require(Self.source.table(named: "t"))
    return try RowQuery(table, where: condition, options: QueryOptions()).textReadings()
  }

  @Test func `a condition tells the texts that it picks rows by, and those alone`() throws {
    #expect(try readings("mix > 0.5").map(\.count) == [2])
    #expect(try readings("mix < 0.5").map(\.count) == [1])
    #expect(try readings("x > 0.5 AND mix > 0.5 AND id < 3").map(\.count) == [1])
    #expect(try readings("word > 100").map(\.count) == [3])
    #expect(try readings("CAST(word AS REAL) < 0.1").map(\.count) == [1])
    #expect(try readings("CAST(word AS REAL) > 0.1").isEmpty)
    for condition in [
      "typeof(mix) <> 'text' AND mix > 0.1", "mix > 0.1 AND typeof(mix) <> 'text'", "id > 1",
      "number(mix) > 0.1", "mix = 'n/a'",
    ] {
      #expect(try readings(condition).isEmpty, "\(condition)")
    }
    let error = #expect(throws: StoreError.self) { try readings("nothing > 1") }
    #expect(error?.message.hasPrefix("where: ") == true)
  }

  @Test func `integers that SQL has no number for are told`() throws {
    let source = MemorySource([
      "t": TestTable(columns: [
        ("n", .json, [.text("18446744073709551616"), .text("18446744073709551617"), .text("5")])
      ])
    ])
    let notes = try answer("SELECT n, count(*) FROM t GROUP BY n", on: source).notes
    #expect(
      notes.count == 1 && notes[0].contains("2 integers beyond 64 bits (18446744073709551616)"))
    #expect(try answer("SELECT n FROM t WHERE n = 5 LIMIT 0", on: source).notes.isEmpty)
  }
}
