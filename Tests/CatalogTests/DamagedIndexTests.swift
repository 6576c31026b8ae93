import Catalog
import Foundation
import GRDB
import Model
import TestSupport
import Testing

/// An index that is broken or not ours is replaced, never trusted and never fatal.
@Suite struct DamagedIndexTests {
  private let directory: TemporaryDirectory
  private let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path + "/index.sqlite"
  }

  private static func sampleLog() throws -> SampleLog {
    var log = try SampleLog("metrics")
    for number in 1...3 { log.publish("\(number)", objects: [SampleLog.object("\(number)")]) }
    return log
  }

  private func expectEmptyAndUsable() throws {
    let index = try Catalog.Index(path: path)
    #expect(try index.datasets() == [])
    let log = try Self.sampleLog()
    try index.apply(log.packs)
    #expect(try index.head(of: log.dataset)?.sequence == 3)
  }

  @Test(arguments: [1, 15, 100, 5000])
  func `a file that is no database is replaced`(_ byteCount: Int) throws {
    try Data(repeating: 0x41, count: byteCount).write(to: URL(fileURLWithPath: path))
    try expectEmptyAndUsable()
  }

  @Test func `an empty file is filled`() throws {
    try Data().write(to: URL(fileURLWithPath: path))
    try expectEmptyAndUsable()
  }

  @Test(arguments: [
    "CREATE TABLE theirs (x)", "PRAGMA user_version = 9", "PRAGMA application_id = 7",
  ])
  func `another program's or another schema's database is replaced`(_ sql: String) throws {
    if !sql.hasPrefix("CREATE") { _ = try Catalog.Index(path: path) }
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
    try expectEmptyAndUsable()
  }

  @Test func `a table that is gone is noticed, and a reset makes the index whole`() throws {
    let log = try Self.sampleLog()
    let index = try Catalog.Index(path: path)
    try index.apply(log.packs)
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "DROP TABLE record") }
    #expect { try index.latestVersion(of: log.dataset) } throws: {
      ($0 as? StoreError)?.kind == .corrupt
    }
    #expect(index.isDamaged)
    try queue.close()
    try index.reset()
    #expect(!index.isDamaged)
    try index.apply(log.packs)
    #expect(try index.latestVersion(of: log.dataset)?.version.number == 3)
  }

  @Test(arguments: [
    "UPDATE version SET number = 9 WHERE number = 3",
    "UPDATE version SET snapshot = zeroblob(32), sequence = 1 WHERE number = 3",
    "UPDATE record SET json = zeroblob(10) WHERE sequence = 3",
    "UPDATE record SET digest = zeroblob(32) WHERE sequence = 3",
  ])
  func `a version that is not as its record tells it is noticed`(_ sql: String) throws {
    let log = try Self.sampleLog()
    let index = try Catalog.Index(path: path)
    try index.apply(log.packs)
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
    #expect(throws: StoreError.self) { try index.latestVersion(of: log.dataset) }
    #expect(index.isDamaged)
  }

  /// Every column of every table that has rows, and a value that nobody wrote there.
  static let changes: [(table: String, set: String)] = [
    ("store", "name = 'x'"), ("dataset", "name = 'metricz'"),
    ("dataset", "head_sequence = head_sequence - 1"), ("dataset", "head_digest = zeroblob(32)"),
    ("dataset", "versions = versions - 1"), ("dataset", "tags = tags + 1"),
    ("dataset", "tag_sum = tag_sum + 1"), ("dataset", "id = id + 7"),
    ("record", "sequence = sequence + 9"), ("record", "digest = zeroblob(32)"),
    ("record", "json = zeroblob(9)"), ("record", "texts = zeroblob(9)"),
    ("record", "dataset = dataset + 1"), ("record", "checksum = checksum + 1"),
    ("version", "number = number + 9"), ("version", "sequence = 3 - sequence"),
    ("version", "snapshot = zeroblob(32)"), ("version", "created_at = created_at + 1"),
    ("version", "idempotency_key = 'k' || number"), ("version", "dataset = dataset + 1"),
    ("version", "checksum = checksum + 1"), ("tag", "name = name || 'x'"),
    ("tag", "number = 3 - number"), ("tag", "sequence = sequence + 1"),
    ("tag", "dataset = dataset + 1"), ("pack", "name = name || 'x'"),
    ("pack", "bytes = bytes + 1"), ("pack", "seal = seal + 1"), ("pack", "id = id + 9"),
    ("object", "digest = zeroblob(32)"), ("object", "kind = kind + 1"),
    ("object", "pack = pack + 1"), ("object", "offset = offset + 1"),
    ("object", "frames = x'0a15'"), ("object", "base = zeroblob(32)"),
    ("object", "depth = depth + 1"), ("object", "null_count = 2"),
    ("object", "minimum = minimum - 1"), ("object", "maximum = maximum - 1"),
    ("object", "checksum = checksum + 1"),
  ]

  @Test(arguments: changes.indices)
  func `no column of a row is believed when somebody else wrote it`(_ number: Int) throws {
    let (table, change) = Self.changes[number]
    var log = try SampleLog("metrics")
    log.publish("1", key: "key", objects: [SampleLog.object("1")])
    log.tag("best", 1)
    log.publish("2")
    var index: Catalog.Index? = try Catalog.Index(path: path, store: "s")
    try index?.apply(log.packs)
    index = nil
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.writeWithoutTransaction { database in
      try database.execute(
        sql: table == "tag" || table == "version"
          ? "UPDATE \(table) SET \(change) WHERE number = 1"
          : "UPDATE \(table) SET \(change) WHERE rowid = (SELECT min(rowid) FROM \(table))")
    }
    try queue.close()
    try expectNoWrongAnswer(of: log, "\(table): \(change)")
  }

  /// What a row may hold where a column is of another type, since a file is what somebody wrote.
  static let strangeValues = ["NULL", "'x'", "x'00ff'", "1.5", "-1"]

  @Test(arguments: strangeValues)
  func `a value of another type in any row is not believed, and ends no process`(
    _ value: String
  ) throws {
    var log = try SampleLog("metrics")
    log.publish("1", key: "key", objects: [SampleLog.object("1")])
    log.tag("best", 1)
    log.publish("2")
    for table in ["store", "dataset", "record", "version", "tag", "pack", "object", "aggregate"] {
      for column in try columns(of: table, log) {
        try fill(with: log)
        let queue = try DatabaseQueue(path: path)
        let isChanged = queue.writeWithoutTransaction { database in
          // The key of a table without row numbers takes no NULL.
          (try? database.execute(sql: "UPDATE \(table) SET \(column) = \(value)")) != nil
        }
        try queue.close()
        if isChanged { try expectNoWrongAnswer(of: log, "\(table).\(column) is \(value)") }
      }
    }
  }

  private func columns(of table: String, _ log: SampleLog) throws -> [String] {
    try fill(with: log)
    return try DatabaseQueue(path: path).read { database in
      try String.fetchAll(database, sql: "SELECT name FROM pragma_table_info('\(table)')")
    }
  }

  /// Makes an index whose tables take any value in any column.
  private func fill(with log: SampleLog) throws {
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
    do {
      let index = try Catalog.Index(path: path, store: "s")
      try index.apply(log.packs)
      try index.keepAggregate([1, 2, 3], for: SampleLog.digest("plan"))
    }
    var configuration = Configuration()
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA writable_schema = ON") }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.writeWithoutTransaction { database in
      try database.execute(
        sql: """
          UPDATE sqlite_schema SET sql = replace(replace(replace(replace(
            sql, ') STRICT, WITHOUT', ') WITHOUT'), ') STRICT', ')'), 'NOT NULL', ''),
            'CHECK (id = 1)', '')
          WHERE type = 'table' AND name NOT LIKE 'sqlite%'
          """)
    }
    try queue.close()
  }

  /// Asks everything: an index was replaced when it was opened, or fails, or is right.
  private func expectNoWrongAnswer(of log: SampleLog, _ comment: Comment) throws {
    let damaged = try Catalog.Index(path: path, store: "s")
    let dataset = log.dataset
    if (try? damaged.hasNothing) == true { return }
    if case .success(nil) = Result(catching: { try damaged.head(of: dataset) }) {
      // That a dataset is not there is for its folder to say; its row under another name is damage.
      #expect(throws: StoreError.self) { try damaged.datasets() }
      return
    }
    let asks: [() throws -> Bool] = [
      { try damaged.head(of: dataset)?.sequence == 3 },
      {
        try damaged.records(of: dataset).map(\.digest)
          == log.packs.reversed().compactMap { $0.record?.digest }
      },
      { try damaged.versions(of: dataset).map(\.version.number) == [2, 1] },
      { try damaged.version(of: dataset, at: SampleLog.time(1))?.version.number == 1 },
      { try damaged.version(of: dataset, idempotencyKey: "key")?.version.number == 1 },
      { try damaged.version(of: dataset, tag: "best")?.version.number == 1 },
      {
        let prefix = String(SampleLog.digest("1").hex.prefix(9))
        return try damaged.version(of: dataset, digestPrefix: prefix)?.version.number == 1
      },
      { try damaged.tags(of: dataset).map(\.number) == [1] },
      { try damaged.packs().map(\.name) == log.packs.map(\.name) },
      {
        try damaged.object(SampleLog.digest("1"))
          .map { $0.object == SampleLog.object("1") && $0.pack == log.packs[0].name } ?? true
      },
      {
        try damaged.checkAggregates()
        return true
      },
    ]
    for (position, ask) in asks.enumerated() {
      do {
        #expect(try ask(), "question \(position): \(comment)")
      } catch {
        #expect(damaged.isDamaged, "question \(position): \(comment): \(error)")
      }
    }
  }

  @Test func `another store's index is none`() throws {
    let log = try Self.sampleLog()
    try Catalog.Index(path: path, store: "a").apply(log.packs)
    #expect(try Catalog.Index(path: path, store: "a").datasets().count == 1)
    #expect(try Catalog.Index(path: path, store: "b").datasets() == [])
    #expect(try Catalog.Index(path: path, store: "a").datasets() == [])
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `a flipped bit never gives a wrong version`(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let log = try Self.sampleLog()
    var index: Catalog.Index? = try Catalog.Index(path: path)
    try index?.apply(log.packs)
    index = nil
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let position = Int.random(in: bytes.indices, using: &generator)
    bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let damaged = try Catalog.Index(path: path)
    for number in 1...3 {
      guard let version = try? damaged.version(of: log.dataset, number: number) else { continue }
      #expect(version.record == log.packs[number - 1].record)
    }
  }
}

extension Catalog.Index {
  /// Whether it knows of nothing at all.
  fileprivate var hasNothing: Bool {
    get throws { try datasets().isEmpty && packs().isEmpty }
  }
}
