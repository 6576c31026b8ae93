import Model
import Query
import Synchronization
import TestSupport
import Testing

/// The functions that stand in the place of SQLite's own: the same results, and each call asks
/// whether the query has to end.
@Suite struct FunctionTests {
  private static let source = MemorySource([:])

  /// Values as literals: texts and blobs of few different bytes, so that they meet, with zero bytes
  /// and bytes that are no UTF-8; and numbers.
  private static func literal(_ random: inout SeededGenerator) -> String {
    let pieces = [
      "61", "41", "62", "C3A9", "C389", "65CC81", "E282AC", "F09F9880", "25", "5F", "2A", "3F",
      "5B",
      "5D", "5E", "2D", "5C", "00", "C3", "A9", "80", "FF", "EDA080", "20", "31", "2E",
    ]
    let common = Array(pieces.prefix(8)) + ["61", "61", "62"]
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return "NULL"
    case 1: return String(Int.random(in: -12...112, using: &random))
    case 2: return ["0.5", "-1.5", "1e100", "12.0", "0.1"].randomElement(using: &random) ?? "0"
    case let kind:
      let from = Bool.random(using: &random) ? pieces : common
      let count = Int.random(in: 0...Int.random(in: 1...9, using: &random), using: &random)
      let hex = (0..<count).map { _ in from.randomElement(using: &random) ?? "" }.joined()
      return kind < 5 ? "x'\(hex)'" : "CAST(x'\(hex)' AS TEXT)"
    }
  }

  private static func call(_ random: inout SeededGenerator) -> String {
    var (a, b, c) = (literal(&random), literal(&random), literal(&random))
    // Often a part of the other, so that there is something to find.
    if Int.random(in: 0..<3, using: &random) == 0 { a = "(\(a) || \(b) || \(c))" }
    if Int.random(in: 0..<4, using: &random) == 0 { b = "substr(\(a), 2, 1)" }
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return "instr(\(a), \(b))"
    case 1: return "replace(\(a), \(b), \(c))"
    case 2: return "trim(\(a), \(b))"
    case 3: return "ltrim(\(a), \(b))"
    case 4: return "rtrim(\(a), \(b))"
    case 5:
      return ["trim", "ltrim", "rtrim"].randomElement(using: &random).map { "\($0)(\(a))" } ?? a
    case 6: return "\(a) LIKE \(b)"
    case 7: return "\(a) NOT LIKE \(b) ESCAPE '\\'"
    case 8: return "\(a) LIKE \(b) ESCAPE '%'"
    default:
      c = ""
      return "\(a) GLOB \(b)"
    }
  }

  @Test(arguments: 0..<12)
  func `each function gives what SQLite's own gives`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let reference = try ReferenceDatabase()
    for _ in 0..<6 {
      let calls = (0..<40).map { _ in Self.call(&random) }
      let columns = calls.map { "typeof(\($0)), hex(\($0)), quote(\($0))" }
      let sql = "SELECT " + columns.joined(separator: ", ")
      let expected = try reference.rows(sql)[0]
      let found = try SQLQuery(sql, on: Self.source).rows().rows[0]
      for (index, call) in calls.enumerated() {
        let places = index * 3..<index * 3 + 3
        #expect(found[places] == expected[places], "seed \(seed): \(call)")
      }
    }
  }

  @Test(arguments: [
    "'a' LIKE 'a' ESCAPE 'xy'", "'a' LIKE 'a' ESCAPE ''", "printf('%.*c', 60000, 'a') LIKE 'a'",
    "'a' LIKE printf('%.*c', 60000, 'a')", "'a' GLOB printf('%.*c', 60000, 'a')",
    "json_patch('{', '{}')", "json_patch('{\"a\":1}', '{\"a\":null,\"b\":[1]}')",
    "json_array(json_patch('{\"a\":1}', '{\"b\":2}'), '[1]')", "json_patch(NULL, '{}')",
    "json_patch(1, 2)", "instr('aaa', 'aa')", "replace(5, '', 1)", "typeof(replace(5, '', 1))",
    "printf('%5d|%-5s|%.2f|%c|%%|%q|%Q|%05d|%,d|%x', 1, 'a', 1.25, 'xy', 'it''s', NULL, 7, 1234567, 255)",
    "printf('%*d|%.*s|%*.*f', 5, 42, 2, 'abc', 8, 3, 1.5)", "printf('%.3c|%!.3s', 'é', 'éàü')",
    "printf('%.2000000000s', 'a')", "printf('%')", "printf('')", "printf('%s', '')", "printf('%5')",
    "printf('%d')",
    "printf(NULL, 1)",
    "printf()", "format('%s', x'6100')", "printf('%.*c', -3, 'a')", "printf('%lld %llu', 1, 2)",
    "printf('%.30f', 0.1)", "printf('%e %g %G', 1.5, 1e300, 1e-5)",
    "like('%b_', 'abc')", "glob('[^a-c]*', 'xyz')", "glob('*[]]', 'a]')", "glob('[a-', 'a')",
  ])
  func `errors and corner cases are SQLite's own`(expression: String) throws {
    let reference = try ReferenceDatabase()
    var expected: Result<[QueryValue], ReferenceDatabase.Failure>
    do {
      expected = .success(try reference.rows("SELECT \(expression)")[0])
    } catch let failure as ReferenceDatabase.Failure {
      expected = .failure(failure)
    }
    do {
      let found = try SQLQuery("SELECT \(expression)", on: Self.source).rows().rows[0]
      #expect(try found == expected.get())
    } catch let error as StoreError {
      guard case .failure(let failure) = expected else {
        Issue.record("\(error)")
        return
      }
      #expect(error.message.contains(failure.description), "\(error) is not \(failure)")
    }
  }

  @Test func `a place is counted in characters over many of them`() throws {
    // Longer than what is looked at between two questions.
    let text = "replace(printf('%.*c', 1500000, 'x'), 'x', 'é')"
    let sql =
      "SELECT instr(\(text) || 'needle', 'needle'), instr(\(text), 'needle'), "
      + "length(replace(\(text) || 'éa', 'éa', '')), length(\(text)), "
      + "length(trim(\(text) || 'b', 'é')), \(text) || 'b' LIKE '%É%B', \(text) || 'b' LIKE '%éB'"
    // The limit is no part of what is asked: a busy machine takes its time.
    let options = QueryOptions(timeLimitSeconds: 3600)
    #expect(
      try SQLQuery(sql, on: Self.source, options: options).rows().rows == [
        [
          .integer(1_500_001), .integer(0), .integer(1_500_000), .integer(1_500_000), .integer(1),
          .integer(0), .integer(1),
        ]
      ])
  }

  /// Counts the questions of a query that is told to end at the question `last`.
  private func questions(_ sql: String, endingAt last: Int) -> (count: Int, error: StoreError?) {
    let count = Mutex(0)
    let options = QueryOptions(
      timeLimitSeconds: 3600, memoryLimitBytes: 512 << 20,
      isCancelled: {
        count.withLock {
          $0 += 1
          return $0 >= last
        }
      })
    do {
      _ = try SQLQuery(sql, on: Self.source, options: options).rows()
      return (count.withLock { $0 }, nil)
    } catch {
      return (count.withLock { $0 }, error)
    }
  }

  private static let a = "printf('%.*c', 8000000, 'a')"

  /// Each takes minutes or hours in one step, or in few steps.
  static let bombs = [
    "SELECT \(a) LIKE '%' || printf('%.*c', 40000, 'a') || 'b'",
    "SELECT \(a) LIKE replace(printf('%.*c', 20000, 'x'), 'x', '%a') || 'b'",
    "SELECT \(a) GLOB '*' || replace(printf('%.*c', 5000, 'x'), 'x', '[ab]') || 'c'",
    "SELECT trim(\(a), replace(printf('%.*c', 4000000, 'x'), 'x', 'bé') || 'a')",
    "SELECT rtrim(\(a), \"x\" || 'a') FROM (SELECT replace(\(a), 'a', 'b') AS x)",
    "SELECT ltrim(\(a), replace(\(a), 'a', 'b') || 'a')",
    "SELECT sum(length(\(a) || x)) FROM (WITH RECURSIVE c(x) AS "
      + "(SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c)",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
      + "SELECT sum(a = b) FROM c, (SELECT \(a) AS a, \(a) AS b LIMIT 1)",
    "SELECT "
      + Array(repeating: "length(printf('%.*c', 500000, 'a'))", count: 500)
      .joined(separator: " + "),
    "SELECT "
      + Array(repeating: "length(hex(printf('%.*c', 200000, 'a')))", count: 500).joined(
        separator: " + "),
    "SELECT count(*) FROM (SELECT DISTINCT \(a) || x FROM (WITH RECURSIVE c(x) AS "
      + "(SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c))",
    "SELECT group_concat(\(a)) OVER (ORDER BY x ROWS 3 PRECEDING) FROM "
      + "(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100000) SELECT x FROM c)",
    // What SQLite prepares of this is 2^40 terms.
    "WITH t0 AS (SELECT 1 AS x), "
      + (1...40).map { "t\($0) AS (SELECT 1 AS x FROM t\($0 - 1) a, t\($0 - 1) b)" }
      .joined(separator: ", ") + " SELECT count(*) FROM t40",
    // One sort of all rows in one step, if all are in one list.
    "SELECT x FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100000000) "
      + "SELECT x FROM c) ORDER BY -x % 7919, x",
  ]

  @Test(arguments: bombs)
  func `a query ends at the first question that is answered with yes`(sql: String) {
    // The second question comes while it is under way.
    let (count, error) = questions(sql, endingAt: 3)
    #expect(error?.kind == .exhausted && error?.message == "the query was cancelled", "\(sql)")
    #expect(count >= 3 && count <= 6)
  }

  @Test func `one call asks as often as it works`() {
    let pattern = "'%' || printf('%.*c', 400, 'a') || 'b'"
    let sql = "SELECT printf('%.*c', 50000, 'a') LIKE \(pattern)"
    // 20 million steps, a question each million.
    let (count, error) = questions(sql, endingAt: .max)
    #expect(error == nil)
    #expect(count >= 15, "asked \(count) times")
  }

  @Test func `values are smaller where a statement works on many of them`() {
    func failure(_ sql: String) -> StoreError? { questions(sql, endingAt: .max).error }
    let value = "SELECT zeroblob(40000000) AS a, zeroblob(40000000) AS b LIMIT 1"
    #expect(failure("SELECT a = b FROM (\(value))") == nil)
    // Between two jumps SQLite asks nothing, however many comparisons there are.
    let terms = Array(repeating: "(a = b)", count: 900).joined(separator: " + ")
    let error = failure("SELECT \(terms) FROM (\(value))")
    #expect(error?.kind == .exhausted && error?.message.contains("many operations") == true)
  }

  @Test(arguments: [
    "printf('%.*c', 2000000000, 'x')", "printf('%2000000000d', 1)", "printf('%.2000000000f', 1.5)",
    "format('%-*s', -2000000000, 'x')", "printf('%.40000000c%.40000000c', 'a', 'b')",
    "printf('%s%s', zeroblob(40000000), zeroblob(40000000)) || replace(printf('%.*c', 40000000, 'x'), 'x', 'yy')",
  ])
  func `what is written longer than a value may be is an error at once`(call: String) {
    let error = questions("SELECT \(call)", endingAt: .max).error
    #expect(error?.kind == .exhausted && error?.message.contains("MiB") == true, "\(call)")
  }

  @Test(arguments: [
    "sqlite_log(1, 'x')", "fts5_source_id()", "rtreecheck('a')", "sqlite_compileoption_get(1)",
    "unhex('00')", "subtype(1)", "load_extension('x')",
  ])
  func `functions that are not known are refused`(call: String) {
    #expect(throws: StoreError.self) {
      _ = try SQLQuery("SELECT \(call)", on: Self.source).rows()
    }
  }

  @Test func `objects whose patch takes too long for one step are refused by size`() {
    let object = "'{\"a\":' || replace(printf('%.*c', 300000, '['), '[', '1') || '}'"
    let error = questions("SELECT json_patch(\(object), \(object))", endingAt: .max).error
    #expect(error?.kind == .exhausted && error?.message.contains("json_patch()") == true)
  }
}
