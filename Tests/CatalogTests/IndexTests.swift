import Catalog
import Glibc
import Model
import TestSupport
import Testing

@Suite struct IndexTests {
  private let directory: TemporaryDirectory
  private let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path + "/index.sqlite"
  }

  private static func sampleLog() throws -> SampleLog {
    var log = try SampleLog("metrics")
    log.publish("one", hour: 10, key: "k1")
    log.publish("two", hour: 20)
    log.tag("baseline", 1)
    log.publish("one", hour: 20)
    log.tag("baseline", 2)
    log.tag("gone", 1)
    log.tag("gone", nil)
    return log
  }

  @Test func `versions are found by number, tag, time, key and digest`() throws {
    let log = try Self.sampleLog()
    let index = try Index(path: path)
    try index.apply(log.packs)
    let dataset = log.dataset
    #expect(try index.version(of: dataset, number: 2)?.version.message == "run 2")
    #expect(try index.version(of: dataset, number: 4) == nil)
    #expect(try index.latestVersion(of: dataset)?.version.number == 3)
    #expect(try index.version(of: dataset, tag: "baseline")?.version.number == 2)
    #expect(try index.version(of: dataset, tag: "gone") == nil)
    #expect(try index.version(of: dataset, at: SampleLog.time(9)) == nil)
    #expect(try index.version(of: dataset, at: SampleLog.time(10))?.version.number == 1)
    #expect(try index.version(of: dataset, at: SampleLog.time(99))?.version.number == 3)
    #expect(try index.version(of: dataset, idempotencyKey: "k1")?.version.number == 1)
    #expect(try index.version(of: dataset, idempotencyKey: "k2") == nil)
    let hex = SampleLog.digest("one").hex
    for count in [8, 9, 63, 64] {
      let prefix = String(hex.prefix(count))
      #expect(try index.version(of: dataset, digestPrefix: prefix)?.version.number == 3)
    }
    #expect(try index.version(of: dataset, digestPrefix: "00000000") == nil)
    #expect(try index.version(of: dataset, digestPrefix: hex + "0") == nil)
    #expect(try index.versions(of: dataset, before: 3, limit: 1).map(\.version.number) == [2])
    #expect(try index.version(of: DatasetName("other"), number: 1) == nil)
    let tags = try index.tags(of: dataset)
    #expect(tags.map(\.name) == ["baseline"])
    #expect(tags.map(\.number) == [2] && tags.map(\.sequence) == [5])
  }

  @Test func `a digest prefix of several snapshots lists the candidates`() throws {
    var log = try SampleLog("many")
    for number in 0..<40 { log.publish("\(number)") }
    let index = try Index(path: path)
    try index.apply(log.packs)
    // Forty digests and sixteen first digits: some digit begins two of them.
    let digits = Dictionary(grouping: (0..<40).map { SampleLog.digest("\($0)") }) {
      $0.hex.prefix(1)
    }
    let (digit, candidates) = try #require(digits.first { $0.value.count > 1 })
    let error = #expect(throws: StoreError.self) {
      try index.version(of: log.dataset, digestPrefix: String(digit))
    }
    #expect(error?.kind == .usage)
    #expect(candidates.contains { error?.message.contains($0.hex) == true })
  }

  @Test func `records and heads follow the log`() throws {
    let log = try Self.sampleLog()
    let index = try Index(path: path)
    #expect(try index.head(of: log.dataset) == nil)
    #expect(try index.datasets() == [])
    try index.apply(log.packs)
    let last = try #require(log.packs.last?.record)
    let head = try #require(try index.head(of: log.dataset))
    #expect(head.sequence == 7 && head.digest == last.digest)
    #expect(try index.datasets() == [head])
    #expect(try index.record(of: log.dataset, sequence: 7) == last)
    #expect(try index.record(of: log.dataset, sequence: 8) == nil)
    #expect(
      try index.records(of: log.dataset, before: 4, limit: 2).map(\.sequence) == [3, 2])
    #expect(try index.records(of: log.dataset).count == 7)
    #expect(try index.packs().map(\.byteCount) == Array(101...107))
  }

  @Test func `a record that does not follow the head is refused and nothing is taken in`() throws {
    let log = try Self.sampleLog()
    var rival = try SampleLog("metrics")
    rival.publish("other")
    rival.publish("two", hour: 20)
    let index = try Index(path: path)
    try index.apply([log.packs[0]])
    for packs in [[log.packs[1], log.packs[3]], [rival.packs[1]], [rival.packs[0]]] {
      let error = #expect(throws: StoreError.self) { try index.apply(packs) }
      #expect(error?.kind == .corrupt)
      #expect(error?.message.contains("metrics") == true)
      #expect(!index.isDamaged)
      #expect(try index.head(of: log.dataset)?.sequence == 1)
    }
    try index.apply(log.packs)
    #expect(try index.head(of: log.dataset)?.sequence == 7)
  }

  @Test func `an index made anew equals the one that was kept`() throws {
    var log = try Self.sampleLog()
    log.publish(
      "four", objects: [SampleLog.object("x"), SampleLog.object("y", base: "x", depth: 1)])
    let kept = try Index(path: path)
    for pack in log.packs {
      try kept.apply([pack])
      try kept.apply([pack])
    }
    let anew = try Index(path: directory.path + "/anew.sqlite")
    try anew.apply(log.packs)
    try anew.apply(log.packs)
    for index in [kept, anew] {
      #expect(try index.records(of: log.dataset) == kept.records(of: log.dataset))
      #expect(try index.versions(of: log.dataset) == kept.versions(of: log.dataset))
      #expect(try index.tags(of: log.dataset) == kept.tags(of: log.dataset))
      #expect(try index.packs().map(\.name) == log.packs.map(\.name))
      #expect(
        try index.chain(of: SampleLog.digest("y")) == kept.chain(of: SampleLog.digest("y")))
    }
    #expect(try anew.chain(of: SampleLog.digest("y")).count == 2)
  }

  @Test func `two indexes on one file see each other's changes`() async throws {
    let logs = try (0..<4).map { number in
      var log = try SampleLog("set\(number)")
      for version in 0..<20 { log.publish("\(version)", objects: [SampleLog.object("\(version)")]) }
      return log
    }
    let indexes = [try Index(path: path), try Index(path: path)]
    try await withThrowingTaskGroup { group in
      for index in indexes {
        group.addTask {
          for log in logs { for pack in log.packs { try index.apply([pack]) } }
        }
      }
      try await group.waitForAll()
    }
    for index in indexes {
      #expect(try index.datasets().map(\.sequence) == [20, 20, 20, 20])
      #expect(try index.packs().count == 80)
    }
  }

  @Test func `an index is there again when it is opened again`() throws {
    let log = try Self.sampleLog()
    try Index(path: path).apply(log.packs)
    #expect(try Index(path: path).head(of: log.dataset)?.sequence == 7)
    let leaving = try Index(path: path)
    leaving.leaveOpen()
    #expect(try leaving.head(of: log.dataset)?.sequence == 7)
  }

  @Test func `an error of the system has the system's words, and what was done to the file`() async
  {
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      let index = try Index(path: directory.path + "/index.sqlite")
      try #require(IndexTests.limitsFiles(to: 64 << 10))
      var log = try SampleLog("metrics")
      for number in 0..<500 {
        log.publish("\(number)", objects: [SampleLog.object("\(number)")])
      }
      let error = #expect(throws: StoreError.self) { try index.apply(log.packs) }
      #expect(error?.kind == .unavailable)
      #expect(error?.message.contains("while it was written: File too large") == true)
    }
  }

  /// Makes writing beyond `bytes` an error of this process; false when that failed.
  private static func limitsFiles(to bytes: rlim_t) -> Bool {
    signal(SIGXFSZ, SIG_IGN)
    let limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
    let files = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
    return unsafe withUnsafePointer(to: limit) { unsafe setrlimit(files, $0) } == 0
  }
}
