import Columns
import Model
import Query
import Testing

/// What vectorised scans take over, what they read, and what they remember.
@Suite struct VectorScanTests {
  private func run(
    _ sql: String, _ source: any QuerySource, _ options: QueryOptions = QueryOptions()
  ) throws -> (columns: [String], rows: [[QueryValue]], isVectorised: Bool) {
    var columns: [String] = []
    var rows: [[QueryValue]] = []
    let summary = try SQLQuery(sql, on: source, options: options).run(onColumns: { columns = $0 }) {
      rows.append($0)
      return true
    }
    return (columns, rows, summary.isVectorised)
  }

  private static func run(_ number: Int) -> TestTable {
    let words = ["a", "b", "c"]
    var models: [QueryValue] = []
    var scores: [QueryValue] = []
    var tokens: [QueryValue] = []
    var times: [QueryValue] = []
    for row in 0..<300 {
      models.append(.text(words[(row * 7 + number) % 3]))
      let score: Int = (row * 31 + number * 17) % 997
      scores.append(.real(Double(score) / 7))
      let count: Int = (row * 13 + number) % 811
      tokens.append(.integer(Int64(count)))
      times.append(.integer(Int64(row % 5) * 1_000_000))
    }
    let extra = [QueryValue](repeating: .text("1"), count: 300)
    return TestTable(columns: [
      ("model", .string, models), ("score", .float64, scores), ("tokens", .int64, tokens),
      ("at", .timestamp, times), ("extra", .json, extra),
    ])
  }

  private static let allRuns = (1...25).map(run)

  private static func runs(_ count: Int) -> [TestTable] { Array(allRuns.prefix(count)) }

  static let taken = [
    "SELECT count(*) FROM \"runs@*\"",
    "SELECT model FROM \"runs@*\" GROUP BY model",
    "select Model, AVG(score) mean from \"runs@*\" as r where r.tokens between 5 and 700 "
      + "group by 1 having mean > 3 order by mean desc limit 2;",
    "SELECT _version v, model, quantile(score, 0.95), max(tokens) - min(tokens) "
      + "FROM `runs@*` GROUP BY v, [model] -- comment\n ORDER BY v, model",
    "SELECT round(avg(score), 2) /* mean */ AS 'mean score' FROM \"runs@*\" WHERE model <> 'a'",
    "SELECT at, count(at) FROM \"runs@*\" WHERE NOT (tokens > 5 OR score < 1e2) GROUP BY at",
  ]

  @Test(arguments: taken)
  func `aggregates over one table are taken over`(sql: String) throws {
    let source = MemorySource([:], versioned: ["runs@*": Self.runs(3)])
    var options = QueryOptions()
    options.usesVectors = false
    let vectors = try run(sql, source)
    let rows = try run(sql, source, options)
    #expect(vectors.isVectorised && !rows.isVectorised)
    #expect(vectors.columns == rows.columns)
    #expect(vectors.rows.count == rows.rows.count)
  }

  @Test(arguments: [
    "SELECT model FROM \"runs@*\"",
    "SELECT DISTINCT model FROM \"runs@*\" GROUP BY model",
    "SELECT count(DISTINCT model) FROM \"runs@*\"",
    "SELECT score, max(tokens) FROM \"runs@*\" GROUP BY model",
    "SELECT count(*) FILTER (WHERE tokens > 5) FROM \"runs@*\"",
    "SELECT count(*) OVER () FROM \"runs@*\"",
    "SELECT count(*) FROM \"runs@*\" a JOIN \"runs@*\" b ON a.tokens = b.tokens LIMIT 1",
    "SELECT count(*) FROM (SELECT * FROM \"runs@*\")",
    "SELECT sum(score * 2) FROM \"runs@*\"",
    "SELECT max(at) FROM \"runs@*\"",
    "SELECT count(extra) FROM \"runs@*\"",
    "SELECT extra, count(*) FROM \"runs@*\" GROUP BY extra",
    "SELECT count(*) FROM \"runs@*\" WHERE tokens = '5'",
    "SELECT count(*) FROM \"runs@*\" WHERE model = 'A' COLLATE NOCASE",
    "SELECT count(*) FROM \"runs@*\" WHERE tokens < score",
    "SELECT sum(model) FROM \"runs@*\"",
    "SELECT model, count(*) FROM \"runs@*\" GROUP BY upper(model)",
    "SELECT count(*) FROM \"runs@*\" UNION SELECT 1",
    "SELECT count(*), random() FROM \"runs@*\"",
    "SELECT group_concat(model) FROM \"runs@*\"",
    "SELECT sum(tokens) AS \"(a0)\" FROM \"runs@*\"",
    "SELECT count(*) FROM \"runs@*\" WHERE score = 9007199254740993",
  ])
  func `all else stays with SQLite`(sql: String) throws {
    let source = MemorySource([:], versioned: ["runs@*": Self.runs(2)])
    #expect(try !run(sql, source).isVectorised)
  }

  @Test func `a sum that overflows is the error that SQLite makes of it`() {
    let table = TestTable(columns: [("n", .int64, [.integer(.max), .integer(1)])])
    #expect {
      _ = try run("SELECT sum(n) FROM t", MemorySource(["t": table]))
    } throws: { error in
      (error as? StoreError)?.message == "SQL: integer overflow"
    }
  }

  private static let grouped =
    "SELECT model, count(*), sum(score), avg(tokens), min(score), stddev(score), median(score), "
    + "quantile(tokens, 0.95) FROM \"runs@*\" WHERE tokens > 10 GROUP BY model"

  @Test func `asked again nothing is read, and after one more run that run alone`() throws {
    let memory = AggregateMemory()
    let first = MemorySource([:], versioned: ["runs@*": Self.runs(24)], memory: memory)
    let rows = try run(Self.grouped, first).rows
    let read = first.counter.value.vectors
    #expect(try run(Self.grouped, first).rows == rows)
    #expect(first.counter.value.vectors == read)

    let second = MemorySource([:], versioned: ["runs@*": Self.runs(25)], memory: memory)
    let grown = try run(Self.grouped, second).rows
    #expect(second.counter.value.vectors == read / 24)
    let fresh = MemorySource([:], versioned: ["runs@*": Self.runs(25)])
    #expect(try run(Self.grouped, fresh).rows == grown)
  }

  @Test(arguments: [1, 3, 11])
  func `what was remembered changes no bit of a result`(step: Int) throws {
    let memory = AggregateMemory()
    for count in stride(from: 1, through: 25, by: step) {
      let known = MemorySource([:], versioned: ["runs@*": Self.runs(count)], memory: memory)
      let fresh = MemorySource([:], versioned: ["runs@*": Self.runs(count)])
      #expect(try run(Self.grouped, known).rows == run(Self.grouped, fresh).rows)
    }
  }

  private static let allKinds =
    "SELECT model, at, count(*), sum(score), avg(tokens), min(score), max(model), min(tokens), "
    + "stddev(score), median(score) FROM \"runs@*\" GROUP BY model, at, _message"

  @Test(arguments: [grouped, allKinds, "SELECT sum(tokens), median(score) FROM \"runs@*\""])
  func `what another process kept changes no bit and reads what is new alone`(sql: String) throws {
    let disk = MemorySource.Disk()
    func source(_ count: Int) -> MemorySource {
      MemorySource(
        [:], versioned: ["runs@*": Self.runs(count)], memory: AggregateMemory(rowsWorthKeeping: 1),
        disk: disk)
    }
    let first = source(24)
    _ = try run(sql, first)
    #expect(disk.count == 1)
    let second = source(25)
    let grown = try run(sql, second)
    #expect(grown.isVectorised)
    #expect(second.counter.value.vectors == first.counter.value.vectors / 24)
    let fresh = MemorySource([:], versioned: ["runs@*": Self.runs(25)])
    #expect(try run(sql, fresh).rows == grown.rows)
    let third = source(25)
    #expect(try run(sql, third).rows == grown.rows)
    #expect(third.counter.value.vectors == 0)
    // Bytes that are not whole are not used.
    disk.shorten(by: 1)
    #expect(try run(sql, source(25)).rows == grown.rows)
  }

  @Test func `row groups of the same chunks are computed once`() throws {
    let table = Self.runs(1)[0]
    let memory = AggregateMemory()
    let source = MemorySource(
      [:], versioned: ["runs@*": [TestTable](repeating: table, count: 20)], memory: memory)
    let rows = try run("SELECT model, sum(tokens) FROM \"runs@*\" GROUP BY model", source).rows
    #expect(rows.count == 3)
    #expect(source.counter.value.vectors == 2 * 3)
  }

  @Test func `versions of equal content are told apart`() throws {
    let table = Self.runs(1)[0]
    let source = MemorySource(
      [:], versioned: ["runs@*": [TestTable](repeating: table, count: 3)], memory: AggregateMemory()
    )
    let sql = "SELECT _message, count(*), max(_version) FROM \"runs@*\" GROUP BY _message"
    let expected = (1...3).map { number in
      [QueryValue.text("run \(number)"), .integer(300), .integer(Int64(number))]
    }
    for _ in 0..<2 { #expect(try run(sql, source).rows == expected) }
  }

  @Test func `a condition on the version leaves other versions unread`() throws {
    let source = MemorySource([:], versioned: ["runs@*": Self.runs(9)])
    let sql = "SELECT sum(tokens) FROM \"runs@*\" WHERE _version IN (4, 5) AND tokens >= 0"
    #expect(try run(sql, source).isVectorised)
    #expect(source.counter.value.versions == [4, 5])
  }

  @Test func `limits end vectorised scans`() {
    let source = MemorySource([:], versioned: ["runs@*": Self.runs(9)])
    let reasons: [(QueryOptions, String)] = [
      (QueryOptions(isCancelled: { true }), "cancelled"),
      (QueryOptions(timeLimitSeconds: 0), "time limit"),
      (QueryOptions(memoryLimitBytes: 1 << 10), "memory limit"),
    ]
    for (options, reason) in reasons {
      #expect {
        _ = try run(Self.grouped, source, options)
      } throws: { error in
        (error as? StoreError)?.message.contains(reason) == true
      }
    }
  }
}
