import Columns
import Model
import Query
import Testing

/// A query ends at its limits, and reads no more than it must.
@Suite struct LimitTests {
  static let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "

  private func failure(
    _ sql: String, _ options: QueryOptions, on source: any QuerySource = MemorySource([:])
  ) -> StoreError? {
    do {
      _ = try SQLQuery(sql, on: source, options: options).rows()
      return nil
    } catch {
      return error
    }
  }

  @Test func `the time limit ends a query and is named`() {
    let error = failure(
      Self.endless + "SELECT count(*) FROM c", QueryOptions(timeLimitSeconds: 0.05))
    #expect(error?.kind == .exhausted)
    #expect(error?.message.contains("time limit of 0.05 s") == true)
  }

  @Test func `the memory limit ends a query and is named`() {
    let error = failure(
      Self.endless + "SELECT x FROM c ORDER BY -x", QueryOptions(memoryLimitBytes: 16 << 20))
    #expect(error?.kind == .exhausted)
    #expect(error?.message.contains("memory limit of 16 MiB") == true)
  }

  @Test func `what an aggregate keeps counts as memory`() {
    let error = failure(
      Self.endless + "SELECT median(x) FROM c", QueryOptions(memoryLimitBytes: 16 << 20))
    #expect(error?.message.contains("memory limit") == true)
  }

  /// What follows is computed for 400 rows.
  static let large =
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 400) SELECT "

  @Test(arguments: [
    "group_concat(printf('%.*c', 1000000, 'x')) FROM c",
    "length(group_concat(printf('%.*c', 1000000, 'x'))) FROM c",
    "max(length(y)) FROM (SELECT printf('%.*c', 1000000 + x, 'x') AS y FROM c ORDER BY y)",
    "json_group_array(printf('%.*c', 1000000, 'x')) FROM c",
    "count(DISTINCT printf('%.*c', 1000000 + x, 'x')) FROM c",
  ])
  func `what SQLite gathers ends at the memory limit`(what: String) {
    let error = failure(Self.large + what, QueryOptions(memoryLimitBytes: 20 << 20))
    #expect(error?.kind == .exhausted)
    #expect(error?.message.contains("20 MiB") == true, "\(error?.message ?? "answered")")
  }

  @Test func `one row of many large values ends at the memory limit`() {
    let value = "printf('%.*c', 4000000, 'x')"
    let sql = "SELECT " + Array(repeating: value, count: 100).joined(separator: ", ")
    let error = failure(sql, QueryOptions(memoryLimitBytes: 20 << 20))
    #expect(error?.message.contains("memory limit of 20 MiB") == true)
    let copies = failure("SELECT " + value, QueryOptions(memoryLimitBytes: 10 << 20))
    #expect(copies?.message.contains("memory limit of 10 MiB") == true)
    #expect(failure("SELECT " + value, QueryOptions(memoryLimitBytes: 20 << 20)) == nil)
  }

  @Test func `a value is no larger than the memory limit`() {
    let error = failure(
      "SELECT length(zeroblob(30000000))", QueryOptions(memoryLimitBytes: 20 << 20))
    #expect(error?.kind == .exhausted && error?.message.contains("20 MiB") == true)
  }

  @Test func `values are smaller where functions walk through them for many paths`() {
    // An array of 10 MB, which are blanks but for its one element.
    let array = "(SELECT '[' || printf('%10000000s', '1') || ']' AS j LIMIT 1)"
    let paths = (1...62).map { "'$[#-\($0)]'" }
    let one = failure("SELECT json_extract(j, '$[#-1]') FROM " + array, QueryOptions())
    #expect(one == nil)
    let few = "SELECT json_extract(j, \(paths.prefix(3).joined(separator: ", "))) FROM " + array
    #expect(failure(few, QueryOptions()) == nil)
    for what in [
      "json_extract(j, \(paths.joined(separator: ", ")))",
      "json_remove(j, \(paths.joined(separator: ", ")))",
      "json_set(j, \(paths.prefix(31).map { $0 + ", 1" }.joined(separator: ", ")))",
      paths.map { "j ->> \($0)" }.joined(separator: ", "),
      paths.map { "json_type(j, \($0))" }.joined(separator: ", "),
    ] {
      let error = failure("SELECT \(what) FROM " + array, QueryOptions())
      #expect(
        error?.kind == .exhausted && error?.message.contains("larger than") == true, "\(what)")
    }
  }

  @Test func `queries at once have a limit each`() async {
    let sql = Self.large + "length(group_concat(printf('%.*c', 30000, 'x'))) FROM c"
    await withTaskGroup(of: StoreError?.self) { group in
      for _ in 0..<8 {
        group.addTask { failure(sql, QueryOptions(memoryLimitBytes: 40 << 20)) }
      }
      for await error in group { #expect(error == nil) }
    }
  }

  @Test func `a cancelled query ends`() {
    let error = failure(
      Self.endless + "SELECT count(*) FROM c", QueryOptions(isCancelled: { true }))
    #expect(error?.message == "the query was cancelled")
  }

  @Test func `an error of the source comes out as it was`() {
    struct Damaged: QuerySource, QueryPart {
      var version: Int { 1 }
      var createdAt: Timestamp { Timestamp(microseconds: 0) }
      var message: String { "" }
      var rowCount: Int { 1 }
      func groupRowCounts() -> [Int] { [1] }
      func vector(column: Int, group: Int) throws(StoreError) -> ColumnVector {
        throw StoreError(.corrupt, "chunk 7 is damaged")
      }
      func table(named name: String) -> QueryTable? {
        QueryTable(
          columns: [ColumnDefinition(name: "a", type: .int64)], isMultiVersion: false, parts: [self]
        )
      }
      func nearNames(to name: String) -> [String] { [] }
    }
    for sql in ["SELECT a FROM t", "SELECT 1 FROM t WHERE a > 3", "SELECT sum(a) FROM t"] {
      let error = failure(sql, QueryOptions(), on: Damaged())
      #expect(error?.kind == .corrupt && error?.message == "chunk 7 is damaged")
    }
  }

  static func version(_ number: Int) -> TestTable {
    TestTable(columns: [
      ("id", .int64, (0..<1000).map { .integer($0) }),
      ("task", .string, (0..<1000).map { .text($0 < 500 ? "aa" : "zz") }),
      ("score", .float64, (0..<1000).map { .real(Double(($0 * 7 + Int64(number)) % 1000)) }),
      ("output", .string, (0..<1000).map { .text("long text \($0)") }),
    ])
  }

  @Test func `statistics keep row groups unread and a single row is fetched alone`() throws {
    let source = MemorySource(["runs": Self.version(1)])
    let rows = try SQLQuery("SELECT output FROM runs WHERE id = 250", on: source).rows().rows
    #expect(rows == [[.text("long text 250")]])
    #expect(source.counter.value.vectors == 1)
    #expect(source.counter.value.values == 1)
  }

  @Test func `texts are ruled out by their beginnings`() throws {
    let source = MemorySource(["runs": Self.version(1)])
    let rows = try SQLQuery("SELECT count(*) FROM runs WHERE task IN ('zz', 'zzz')", on: source)
      .rows().rows
    #expect(rows == [[.integer(500)]])
    #expect(source.counter.value.vectors == 5)
  }

  @Test func `counting rows reads no column`() throws {
    let source = MemorySource(["runs": Self.version(1)])
    #expect(try SQLQuery("SELECT count(*) FROM runs", on: source).rows().rows == [[.integer(1000)]])
    #expect(source.counter.value.vectors == 0)
  }

  @Test func `a limit over ordered versions leaves later versions unread`() throws {
    let source = MemorySource([:], versioned: ["runs@*": (1...50).map(Self.version)])
    let rows = try SQLQuery(
      """
      SELECT _version, id FROM "runs@*" WHERE task = 'zz' AND score < 200
      ORDER BY _version, id LIMIT 150
      """, on: source
    ).rows().rows
    #expect(rows.count == 150)
    #expect(rows.last?[0] == .integer(2))
    #expect(source.counter.value.versions == [1, 2])
  }

  @Test func `a condition on the version leaves other versions unread`() throws {
    let source = MemorySource([:], versioned: ["runs@*": (1...9).map(Self.version)])
    let rows = try SQLQuery(
      "SELECT DISTINCT _message FROM \"runs@*\" WHERE _version BETWEEN 4 AND 5", on: source
    ).rows().rows
    #expect(rows == [[.text("run 4")], [.text("run 5")]])
    #expect(source.counter.value.versions == [4, 5])
  }

  @Test func `what is kept of ever new queries is bounded`() throws {
    let memory = AggregateMemory(planLimit: 200)
    let source = MemorySource(
      ["runs": TestTable(columns: [("a", .int64, [.integer(1), .integer(2)])])], memory: memory)
    for number in 0..<3000 {
      let query = SQLQuery("SELECT a, sum(a) FROM runs WHERE a < \(number) GROUP BY a", on: source)
      let summary = try query.run(onColumns: { _ in }) { _ in true }
      #expect(summary.isVectorised)
      #expect(memory.size.plans == min(number + 1, 200))
    }
    // Each costs what it takes beside its groups, so that bytes bound small ones too.
    #expect(memory.size.bytes >= 200 * 4096 && memory.size.bytes < 200 * 8192)
    let usual = AggregateMemory()
    #expect(usual.size.plans == 0 && usual.size.bytes == 0)
  }
}
