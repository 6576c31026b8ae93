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
    #expect(result.columns == ["score", "Score_3", "score_2", "SCORE_4", "a\"b", "select"])
    #expect(result.rows == [(0..<6).map { .integer($0) }])
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
}
