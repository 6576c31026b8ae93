import Columns
import Model
import Query
import Testing

@Suite struct SQLQueryTests {
  static let models = TestTable(columns: [
    ("id", .int64, (0..<300).map { .integer($0) }),
    ("model", .string, (0..<300).map { .text($0 % 3 == 0 ? "alpha" : "beta") }),
    ("score", .float64, (0..<300).map { $0 % 10 == 0 ? .null : .real(Double($0) / 300) }),
    ("extra", .json, (0..<300).map { .text(["1", "\"a\"", "[1]", "true", "0.5"][$0 % 5]) }),
  ])
  let source = MemorySource(["runs@1": models, "runs": models])

  @Test func `a reference in double quotes is a table`() throws {
    let result = try SQLQuery(
      "SELECT model, count(*) AS n FROM \"runs@1\" GROUP BY model ORDER BY model", on: source
    ).rows()
    #expect(result.columns == ["model", "n"])
    #expect(result.rows == [[.text("alpha"), .integer(100)], [.text("beta"), .integer(200)]])
  }

  @Test func `a mixed column gives scalars as they are and nested values as text`() throws {
    let result = try SQLQuery("SELECT extra FROM runs WHERE id < 5", on: source).rows()
    #expect(
      result.rows == [[.integer(1)], [.text("a")], [.text("[1]")], [.integer(1)], [.real(0.5)]])
  }

  @Test func `an unknown table names those with near names`() throws {
    #expect {
      _ = try SQLQuery("SELECT * FROM rums", on: source).rows()
    } throws: { error in
      guard let error = error as? StoreError else { return false }
      return error.kind == .missing && error.message.contains("'rums'")
        && error.message.contains("runs")
    }
  }

  @Test func `an unknown column names those with near names`() throws {
    #expect {
      _ = try SQLQuery("SELECT\n scroe FROM runs", on: source).rows()
    } throws: { error in
      guard let error = error as? StoreError else { return false }
      return error.kind == .usage && error.message.contains("near: score")
        && error.location == StoreError.Location(line: 2, column: 2)
    }
  }

  @Test func `two tables join by a key`() throws {
    let result = try SQLQuery(
      "SELECT count(*), sum(a.id = b.id) FROM runs a JOIN \"runs@1\" b ON a.id = b.id", on: source
    ).rows()
    #expect(result.rows == [[.integer(300), .integer(300)]])
  }

  @Test(arguments: [
    "INSERT INTO runs VALUES (1)", "UPDATE runs SET id = 1", "DELETE FROM runs",
    "CREATE TABLE t(a)", "CREATE TEMP TABLE t(a)", "CREATE VIEW v AS SELECT 1", "DROP TABLE runs",
    "CREATE VIRTUAL TABLE t USING assay(0)", "CREATE VIRTUAL TABLE t USING fts5(a)",
    "CREATE TEMP VIEW v AS SELECT 1",
    "ATTACH ':memory:' AS other", "DETACH main", "PRAGMA temp_store", "PRAGMA writable_schema = 1",
    "BEGIN", "COMMIT", "SAVEPOINT s", "VACUUM", "VACUUM INTO 'x'", "ANALYZE", "REINDEX",
    "ALTER TABLE runs RENAME TO other", "SELECT load_extension('x')",
    "SELECT fts3_tokenizer('simple')", "SELECT * FROM pragma_database_list",
  ])
  func `a statement that does not only read is refused`(sql: String) throws {
    #expect {
      _ = try SQLQuery(sql, on: source).rows()
    } throws: { error in
      guard let error = error as? StoreError else { return false }
      return error.kind == .denied && error.message.contains("queries are read-only")
    }
  }

  @Test func `lists are tables by json_each and json_tree`() throws {
    func rows(_ sql: String) throws -> [[QueryValue]] { try SQLQuery(sql, on: source).rows().rows }
    #expect(
      try rows("SELECT value FROM json_each('[1,2]')") == [[.integer(1)], [.integer(2)]])
    #expect(
      try rows("SELECT sum(j.value) FROM runs, Json_Each('[1,2]') j WHERE runs.id < 2")
        == rows("SELECT 3 * count(*) FROM runs WHERE id < 2"))
    #expect(
      try rows("SELECT path FROM json_tree('{\"a\":[7]}') WHERE value = 7") == [[.text("$.a")]])
  }

  @Test(arguments: [
    "SELECT * FROM pragma_table_info('runs')", "SELECT name FROM pragma_database_list",
    "SELECT * FROM sqlite_stmt",
  ])
  func `other tables of SQLite's own are refused for what they are`(sql: String) throws {
    let error = #expect(throws: StoreError.self) { try SQLQuery(sql, on: source).rows() }
    guard error?.kind == .denied else { return #expect(error?.kind == .missing) }
    #expect(error?.message.contains("only json_each and json_tree are allowed") == true)
  }

  @Test func `a program with addresses in memory is not shown`() throws {
    let error = #expect(throws: StoreError.self) {
      try SQLQuery("EXPLAIN SELECT id FROM runs", on: source).rows()
    }
    #expect(error?.kind == .denied && error?.message.contains("EXPLAIN") == true)
    #expect(
      try SQLQuery("EXPLAIN QUERY PLAN SELECT id FROM runs", on: source).rows().rows.count > 0)
  }

  @Test(arguments: [
    "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE runs", "", " -- nothing", "SELEC 1",
  ])
  func `anything but one statement is refused`(sql: String) throws {
    #expect {
      _ = try SQLQuery(sql, on: source).rows()
    } throws: { error in
      (error as? StoreError)?.kind == .usage
    }
  }

  @Test(arguments: [
    "SELECT 1;", "SELECT 1 ; -- done\n ", "-- first\nSELECT 1;;", "/* a */ SELECT 1",
  ])
  func `one statement may have comments around it`(sql: String) throws {
    #expect(try SQLQuery(sql, on: source).rows().rows == [[.integer(1)]])
  }

  @Test func `a row limit cuts the result short and says so`() throws {
    var count = 0
    let query = SQLQuery("SELECT id FROM runs", on: source, options: QueryOptions(rowLimit: 7))
    let summary = try query.run(onColumns: { _ in }) { _ in
      count += 1
      return true
    }
    #expect(count == 7)
    #expect(summary.isCutShort && summary.rowCount == 7)
  }
}
