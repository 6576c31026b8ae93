import Columns
import Model
import Query
import Testing

/// Names that SQL reads otherwise than references and columns are written.
@Suite struct NameTests {
  private func table(_ names: [String]) -> TestTable {
    TestTable(
      columns: names.enumerated().map { ($1, .int64, [QueryValue.integer(Int64($0))]) })
  }

  @Test func `columns that differ only in case get numbers`() throws {
    let source = MemorySource([
      "t": table(["score", "Score", "score_2", "SCORE", "a\"b", "select"])
    ])
    let result = try SQLQuery("SELECT * FROM t", on: source).rows()
    #expect(result.columns == ["score_1", "Score_3", "score_2", "SCORE_4", "a\"b", "select"])
    #expect(result.rows == [(0..<6).map { .integer($0) }])
  }

  @Test(arguments: [true, false])
  func `columns that differ only in case are never read for one another`(usesVectors: Bool) throws {
    let rows = TestTable(columns: [
      ("a", .int64, [.integer(1), .integer(1)]), ("A", .int64, [.integer(2), .integer(4)]),
      ("b", .int64, [.integer(5), .integer(6)]), ("É", .int64, [.integer(7), .integer(7)]),
      ("é", .int64, [.integer(8), .integer(8)]),
    ])
    let source = MemorySource(["t": rows], versioned: ["t@*": [rows]])
    var options = QueryOptions()
    options.usesVectors = usesVectors
    func first(_ sql: String) throws -> [QueryValue] {
      try SQLQuery(sql, on: source, options: options).rows().rows[0]
    }
    for table in ["t", "\"t@*\""] {
      for name in ["a", "A", "\"A\"", "\"a\""] {
        for sql in [
          "SELECT avg(\(name)) FROM \(table)", "SELECT b FROM \(table) WHERE \(name) = 1",
          "SELECT b, count(*) FROM \(table) GROUP BY \(name)",
        ] {
          let error = #expect(throws: StoreError.self) { try first(sql) }
          let isNamed = error?.message.contains(
            "'a' and 'A' differ only in case, which SQL does not distinguish: write \"a_1\" for 'a', "
              + "\"A_2\" for 'A'")
          #expect(
            error?.kind == .usage && isNamed == true, "\(sql): \(error?.message ?? "answered")")
        }
      }
      #expect(
        try first("SELECT avg(a_1), avg(A_2), sum(B) FROM \(table)")
          == [1, 3, 11].map {
            $0 == 11 ? .integer(11) : .real($0)
          })
      #expect(try first("SELECT b FROM \(table) WHERE A_2 = 4") == [.integer(6)])
      // SQLite folds ASCII letters alone.
      #expect(try first("SELECT É, é FROM \(table)") == [.integer(7), .integer(8)])
    }
  }

  @Test(arguments: [true, false])
  func `rows without columns are counted`(usesVectors: Bool) throws {
    struct Rows: QuerySource, QueryPart {
      var version: Int { 1 }
      var createdAt: Timestamp { Timestamp(microseconds: 0) }
      var message: String { "" }
      var rowCount: Int { 3 }
      func groupRowCounts() -> [Int] { [2, 1] }
      func vector(column: Int, group: Int) throws(StoreError) -> ColumnVector {
        throw StoreError(.corrupt, "there is no column")
      }
      func table(named name: String) -> QueryTable? {
        QueryTable(columns: [], isMultiVersion: false, parts: [self])
      }
      func nearNames(to name: String) -> [String] { [] }
    }
    var options = QueryOptions()
    options.usesVectors = usesVectors
    let source = Rows()
    func ask(_ sql: String) throws -> [[QueryValue]] {
      let answer = try SQLQuery(sql, on: source, options: options).rows()
      return answer.rows
    }
    #expect(try ask("SELECT count(*) FROM t") == [[.integer(3)]])
    #expect(try ask("SELECT 1 FROM t WHERE rowid > 0") == [[.integer(1)], [.integer(1)]])
    #expect(try ask("SELECT \"(nothing)\" FROM t") == Array(repeating: [.null], count: 3))
    let error = #expect(throws: StoreError.self) { try ask("SELECT * FROM t") }
    #expect(error?.message.contains("count(*)") == true)
  }

  @Test func `a column called like a version column gives way to it`() throws {
    let source = MemorySource([:], versioned: ["t@*": [table(["_version"])]])
    let result = try SQLQuery("SELECT * FROM \"t@*\"", on: source).rows()
    #expect(result.columns == ["_version_2", "_version", "_created_at", "_message"])
  }

  @Test func `references that differ only in case are told apart or refused`() throws {
    let source = MemorySource(["t@prod": table(["a"]), "t@Prod": table(["a"])])
    #expect(throws: StoreError.self) {
      try SQLQuery("SELECT * FROM \"t@prod\", \"t@Prod\"", on: source).run(
        onColumns: { _ in }, onRow: { _ in true })
    }
    let sql =
      "SELECT a AS \"T@PROD\" /* \"t@Prod\" */ FROM [t@prod] WHERE '\"t@Prod\"' <> '' -- \"x"
    #expect(try SQLQuery(sql, on: source).rows().columns == ["T@PROD"])
  }

  @Test func `a schema before a name does not matter`() throws {
    let source = MemorySource(["t": table(["a"])])
    #expect(try SQLQuery("SELECT main.t.a FROM main.t, t AS u", on: source).rows().rows.count == 1)
  }

  @Test func `text in double quotes is no text`() throws {
    let source = MemorySource(["t": table(["a"])])
    #expect {
      _ = try SQLQuery("SELECT * FROM t WHERE a = \"gpt\"", on: source).rows()
    } throws: { error in
      (error as? StoreError)?.message.contains("'gpt'") == true
    }
  }

  @Test func `more columns than SQL can hold are refused in words`() {
    let source = MemorySource(["t": table((0..<2100).map { "c\($0)" })])
    #expect {
      _ = try SQLQuery("SELECT c1 FROM t", on: source).rows()
    } throws: { error in
      (error as? StoreError)?.message.contains("2000 columns") == true
    }
  }

  @Test func `versions that differ in a column's type share it as a mixed column`() throws {
    struct Part: QueryPart {
      let version: Int
      let vectors: [ColumnVector]
      var createdAt: Timestamp { Timestamp(microseconds: 0) }
      var message: String { "" }
      var rowCount: Int { 1 }
      func groupRowCounts() -> [Int] { [1] }
      func vector(column: Int, group: Int) -> ColumnVector { vectors[column] }
    }
    struct Source: QuerySource {
      let table: QueryTable
      func table(named name: String) -> QueryTable? { table }
      func nearNames(to name: String) -> [String] { [] }
    }
    var text = TextValues()
    text.append("12".utf8)
    let vectors: [ColumnVector] = [
      ColumnVector(type: .int64, count: 1, validity: nil, values: .int64([12])),
      ColumnVector(
        type: .float64, count: 1, validity: nil, values: .float64([12.5], integral: nil)),
      ColumnVector(type: .string, count: 1, validity: nil, values: .text(text)),
      ColumnVector(type: .timestamp, count: 1, validity: nil, values: .int64([12])),
      .nulls(.bool, count: 1),
    ]
    let parts = vectors.enumerated().map { Part(version: $0 + 1, vectors: [$1]) }
    let source = Source(
      table: QueryTable(
        columns: [ColumnDefinition(name: "x", type: .json)], isMultiVersion: true, parts: parts))
    func versions(_ condition: String) throws -> [QueryValue] {
      try SQLQuery("SELECT _version FROM t WHERE \(condition)", on: source).rows().rows.map {
        $0[0]
      }
    }
    #expect(try versions("x = 12") == [.integer(1)])
    #expect(try versions("x >= 12.25") == [.integer(2), .integer(3), .integer(4)])
    #expect(try versions("x = '12'") == [.integer(3)])
    #expect(try versions("x IS NULL") == [.integer(5)])
    #expect(try versions("x = '1970-01-01T00:00:00.000012Z'") == [.integer(4)])
  }

  @Test func `any name that is stored is a column in SQL`() throws {
    let names = ["a\0b", "a\u{2400}b", "\0", "\u{1B}\n", String(repeating: "x", count: 2 << 20)]
    let table = TestTable(
      columns: [("id", .int64, [.integer(1)])] + names.map { ($0, .int64, [.integer(2)]) })
    let source = MemorySource(["t": table])
    #expect(try SQLQuery("SELECT * FROM t", on: source).rows().rows[0].count == names.count + 1)
    #expect(try SQLQuery("SELECT id FROM t", on: source).rows().rows == [[.integer(1)]])
    let rows = try #require(source.table(named: "t"))
    var picked = 0
    try RowQuery(rows, where: "id = 1", options: QueryOptions()).run(select: "id") { _ in
      picked += 1
    }
    #expect(picked == 1)
  }
}
