import Columns
import Model
import Query
import Testing

/// A condition reads its own row alone.
@Suite struct ConditionTests {
  static let table = TestTable(columns: [
    ("id", .int64, (0..<10).map { .integer($0) }),
    ("day", .string, (0..<10).map { .text($0 == 3 ? "now" : "2026-01-0\($0)") }),
    ("a b\"c", .string, (0..<10).map { .text($0 % 2 == 0 ? "x)" : "y;") }),
    ("extra", .json, (0..<10).map { .text("{\"n\":\($0)}") }),
  ])

  private func ids(
    _ condition: String, _ table: TestTable = Self.table
  ) throws(StoreError) -> [Int64] {
    let source = MemorySource(["runs": table])
    guard let rows = source.table(named: "runs") else { return [] }
    var found: [Int64] = []
    try RowQuery(rows, where: condition, options: QueryOptions()).run(
      select: "id", rest: "ORDER BY id"
    ) { row in
      if case .integer(let id) = row[0] { found.append(id) }
    }
    return found
  }

  @Test(
    arguments: [
      ("id < 3", [0, 1, 2]), ("id IN (1, 2) OR (id = 9)", [1, 2, 9]),
      ("id > 7 -- the last", [8, 9]),
      ("id /* ) */ > 8", [9]), ("\"a b\"\"c\" = 'x)' AND id < 4", [0, 2]),
      ("[id] = 1 AND `day` LIKE '2026%'", [1]), ("extra ->> '$.n' = 4", [4]),
      ("json_extract(extra, '$.n') BETWEEN 4 AND 5", [4, 5]), ("id", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
      ("CASE id WHEN 2 THEN 1 END", [2]), ("(id, day) = (2, '2026-01-02')", [2]),
      ("date('2026-01-05', '+1 day') = day", [6]), ("day = ';' OR id = 0", [0]),
      ("id <> 3 AND strftime('%d', day) = '07'", [7]), ("id = max(2, 3, 1)", [3]),
      ("CAST(id AS TEXT) COLLATE NOCASE = '5'", [5]),
      ("length(printf('%d', id)) = 1 AND id = 0", [0]),
      ("unixepoch('2026-01-01', 'start of month') > 0 AND id = 1", [1]),
    ] as [(String, [Int64])])
  func `an expression of the row picks rows`(condition: String, expected: [Int64]) throws {
    #expect(try ids(condition) == expected)
  }

  @Test func `a column may be called as anything is within`() throws {
    let table = TestTable(columns: [
      ("id", .int64, [.integer(1), .integer(2)]),
      ("(Condition)", .int64, [.integer(0), .integer(1)]),
      ("((condition))", .int64, [.integer(1), .integer(1)]),
    ])
    #expect(try ids("\"(condition)\" = 1", table) == [2])
  }

  @Test(arguments: [
    "id IN (SELECT id FROM gold)", "id IN gold", "id IN runs", "EXISTS (SELECT 1)", "(SELECT 1)",
    "id = (WITH x AS (SELECT 1) SELECT * FROM x)", "id IN json_each('[1]')",
    "random() > 0", "abs(random()) > 0", "randomblob(4) > x'7f'", "date('now') > '2000'",
    "date() > '2000'", "date('NOW') > '2000'", "date(x'6e6f77') > '2000'",
    "datetime(0, 'unixepoch', 'localtime') > ''", "time('12:00', 'UTC') > ''", "strftime('%s') > 0",
    "strftime('%s', 'now') > 0", "julianday() > 0", "unixepoch() > 0", "unixepoch('subsec') > 0",
    "julianday('now') - julianday(day) > 3", "current_timestamp > ''", "current_date > ''",
    "current_time > ''", "date(day) > ''", "sqlite_version() > ''", "sqlite_source_id() > ''",
    "changes() = 0", "total_changes() = 0", "last_insert_rowid() = 0", "rowid = 1", "oid = 1",
    "_rowid_ = 1", "rows.id = 1", "\"rows\".\"id\" = 1", "main.rows.id = 1", "id = ?", "id = ?1",
    "id = :x", "id = @x", "id = $x", "count(*) > 0", "max(id) > 1", "sum(id) > 1",
    "median(id) > 1", "row_number() OVER () = 1", "1) OR (1", "1), x AS (2", "1) STORED CHECK (1",
    "1) UNION SELECT 1 FROM (rows", "id = 1;", "id = 1; SELECT 1", "id = 1 --\n; x", "",
    " ", "-- nothing", "id = 1 /* ", "id = 'a", "id = \"a", "id =", "id, 1", "id AS x", "nope = 1",
    "day COLLATE foo = ''", "day MATCH 'x'", "day REGEXP 'x'", "RAISE(IGNORE)", "id = 1 )",
    "( id = 1", "load_extension('x')", "sqlite_log(1, '')", "subtype(id) = 0", "likelihood(id, 2)",
    "\"(condition)\" = 1", "id = 1\0", "*", "rows.*", "DISTINCT id", "id = 1 ORDER BY 1",
    "id = 1 LIMIT 1", "id = 1 GROUP BY id", "sqlite_compileoption_used('THREADSAFE')",
  ])
  func `what is no expression of the row is refused`(condition: String) throws {
    let error = #expect(throws: StoreError.self) { _ = try ids(condition) }
    #expect(error?.kind == .usage, "\(condition): \(error?.message ?? "")")
    #expect(error?.message.hasPrefix("where: ") == true, "\(error?.message ?? "")")
  }

  @Test func `a refusal says what a condition may not have`() {
    let error = #expect(throws: StoreError.self) { _ = try ids("id IN (SELECT id FROM gold)") }
    #expect(
      error?.message == "where: a condition reads only its own row, so it takes no subqueries")
    let now = #expect(throws: StoreError.self) { _ = try ids("date('now') > day") }
    #expect(
      now?.message.contains("'now'") == true && now?.message.contains("same at any time") == true)
    let near = #expect(throws: StoreError.self) { _ = try ids("dya = 1") }
    #expect(near?.message.contains("near: day") == true)
  }

  @Test func `a refused condition names no table that its caller does not see`() {
    var options = QueryOptions()
    options.tables = MemorySource(["gold": Self.table])
    func error(_ condition: String) -> StoreError? {
      #expect(throws: StoreError.self) {
        let table = try #require(MemorySource(["runs": Self.table]).table(named: "runs"))
        try RowQuery(table, where: condition, options: options).run(select: "1") { _ in }
      }
    }
    for condition in [
      "id IN (SELECT id FROM secret)", "EXISTS (SELECT 1 FROM gold JOIN \"secret\" USING (id))",
      "id IN (SELECT id FROM gold) OR id = (SELECT max(id) FROM [secret])",
    ] {
      #expect(error(condition)?.kind == .missing, "\(condition)")
      #expect(error(condition)?.message.hasPrefix("there is no table 'secret'") == true)
    }
    #expect(error("id IN (SELECT id FROM gold)")?.kind == .usage)
  }

  @Test(arguments: [
    "id =", "id = 1 AND", "(id", "id IN (1,", "id = 1 +  ", "NOT", "CASE id WHEN 1",
  ])
  func `a condition that ends too early says so, and shows no bracket of the program's`(
    condition: String
  ) throws {
    let error = #expect(throws: StoreError.self) { _ = try ids(condition) }
    let message = error?.message ?? ""
    #expect(error?.kind == .usage && !message.contains(")\""), "\(message)")
    #expect(message.contains("ends too early") || message.contains("brackets"), "\(message)")
  }

  @Test func `a bracket that the user typed is shown`() throws {
    let error = #expect(throws: StoreError.self) { _ = try ids("(id = )") }
    #expect(error?.message.contains("near \")\"") == true, "\(error?.message ?? "")")
  }

  @Test func `a table of as many columns as SQL takes can have a condition`() throws {
    var wide = TestTable(
      columns: (0..<1999).map { ("c\($0)", .int64, [.integer(Int64($0)), .integer(0)]) })
    wide.columns.append(("id", .int64, [.integer(1), .integer(2)]))
    #expect(try ids("c17 = 17 AND \"c1998\" > 0", wide) == [1])
    #expect(throws: StoreError.self) { _ = try ids("c17 = 17 AND c2000 > 0", wide) }
  }

  @Test func `a table without columns can have a condition`() throws {
    let empty = QueryTable(columns: [], isMultiVersion: false, parts: [])
    try RowQuery(empty, where: "1", options: QueryOptions()).run(select: "count(*)") { _ in }
  }

  @Test func `only the table is there, whatever else the statement names`() {
    let source = MemorySource(["runs": Self.table])
    #expect(throws: StoreError.self) {
      try RowQuery(
        try #require(source.table(named: "runs")), where: "1", options: QueryOptions()
      ).run(select: "(SELECT count(*) FROM runs)") { _ in }
    }
  }
}
