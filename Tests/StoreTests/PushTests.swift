import Columns
import Foundation
import Model
import Store
import Synchronization
import TestSupport
import Testing

@Suite struct PushTests {
  @Test(arguments: 0..<6)
  func `every version of a history reads back as it was pushed`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let temporary = try TemporaryStore()
    var table = SampleTable(count: 600, using: &random)
    var tables: [SampleTable] = []
    for version in 1...40 {
      let result = try temporary.store.push(table)
      #expect(result.version.number == version)
      tables.append(table)
      table = table.edited("v\(version)", using: &random)
    }
    let store = try temporary.reopened()
    for (index, table) in tables.enumerated() {
      #expect(try store.table("d@\(index + 1)").vectors == table.vectors, "version \(index + 1)")
    }
    #expect(try store.verify().damage == [])
  }

  @Test func `rows of many groups read back in order`() throws {
    var random = SeededGenerator(seed: 3)
    let temporary = try TemporaryStore()
    let first = SampleTable(count: 30_000, using: &random)
    let second = first.edited("x", using: &random)
    try temporary.store.push(first, rowsPerBatch: 7000)
    try temporary.store.push(second, rowsPerBatch: 7000)
    let snapshot = try temporary.store.snapshot(
      try temporary.store.resolve(Reference(parsing: "d@2")))
    #expect(snapshot.manifest.groups.count > 1)
    #expect(try temporary.store.table("d@1").vectors == first.vectors)
    #expect(try temporary.store.table("d@2").vectors == second.vectors)
    #expect(try temporary.store.verify().damage == [])
  }

  @Test(arguments: 0..<4)
  func `equal content has an equal digest by whatever way it came`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let temporary = try TemporaryStore()
    let store = temporary.store
    let old = SampleTable(count: 9000, using: &random)
    let table = old.edited("x", using: &random)
    let plain = try store.push(table, to: "plain").version.snapshot
    #expect(try store.push(table, to: "batches", rowsPerBatch: 801).version.snapshot == plain)
    try store.push(old, to: "edited")
    #expect(try store.push(table, to: "edited").version.snapshot == plain)
    let head = table.picking(Array(0..<5000))
    let tail = table.picking(Array(5000..<table.count))
    try store.push(head, to: "appended")
    let appended = try store.push(tail, to: "appended") { $0.mode = .append }
    #expect(appended.version.snapshot == plain)
    try store.push(old, to: "merged")
    let merged = try store.push(table, to: "merged") {
      $0.mode = .merge
      $0.deletesMissing = true
    }
    // Merging keeps the order of the rows that were there, so only the content is the same.
    #expect(merged.version.record.rows == table.count)
  }

  @Test func `known content makes no new version`() throws {
    var random = SeededGenerator(seed: 1)
    let temporary = try TemporaryStore()
    let table = SampleTable(count: 20, using: &random)
    #expect(try temporary.store.push(table).isNew)
    let again = try temporary.store.push(table)
    #expect(!again.isNew)
    #expect(again.version.number == 1)
  }

  @Test func `a push that expects another version is refused`() throws {
    var random = SeededGenerator(seed: 1)
    let temporary = try TemporaryStore()
    let table = SampleTable(count: 200, using: &random)
    try temporary.store.push(table) { $0.expected = 0 }
    let other = table.edited("x", using: &random)
    #expect { try temporary.store.push(other) { $0.expected = 0 } } throws: {
      ($0 as? StoreError)?.kind == .conflict
    }
    #expect(try temporary.store.push(other) { $0.expected = 1 }.version.number == 2)
  }

  @Test func `an idempotency key answers with the version it made`() throws {
    var random = SeededGenerator(seed: 1)
    let temporary = try TemporaryStore()
    let table = SampleTable(count: 20, using: &random)
    let first = try temporary.store.push(table) { $0.idempotencyKey = "run-7" }
    try temporary.store.push(table.edited("y", using: &random).picking([0, 1]))
    let again = try temporary.store.push(table) { $0.idempotencyKey = "run-7" }
    #expect(!again.isNew)
    #expect(again.version.number == first.version.number)
  }

  @Test(arguments: PushMode.allCases)
  func `a key without a digest of its request stands for what was saved with it`(
    mode: PushMode
  ) throws {
    let temporary = try TemporaryStore()
    let store = temporary.store
    try store.pushLines("{\"id\":1,\"x\":1}\n") { $0.key = ["id"] }
    let save = { (text: String, message: String) in
      try store.pushLines(text) {
        $0.key = ["id"]
        $0.mode = mode
        $0.message = message
        $0.idempotencyKey = "k"
      }
    }
    let first = try save("{\"id\":2,\"x\":1}\n", "m")
    try store.pushLines("{\"id\":7}\n")
    #expect(try save("{\"id\":2,\"x\":1}\n", "m").version == first.version)
    for (text, message) in [("{\"id\":2,\"x\":2}\n", "m"), ("{\"id\":2,\"x\":1}\n", "n")] {
      let error = try #require(throws: StoreError.self) { try save(text, message) }
      #expect(error.kind == .conflict && error.detail == .keyReused)
    }
    #expect(try store.versions(of: DatasetName("d")).count == 3)
  }

  @Test func `a version is of the time that the clock says, whatever the one before is`() throws {
    let folder = try TemporaryDirectory()
    try Store.create(path: folder.path)
    let now = Mutex(Int64(0))
    var warnings: [String] = []
    let store = try Store(
      path: folder.path, clock: { Timestamp(microseconds: now.withLock { $0 }) })
    for hour in [1, 100, 3, 4, 200] {
      now.withLock { $0 = Int64(hour) * 3_600_000_000 }
      warnings += try store.pushLines("{\"hour\":\(hour)}\n").warnings
    }
    // Whoever adds old measurements gives them their date.
    warnings += try store.pushLines("{\"hour\":2}\n") {
      $0.createdAt = Timestamp(microseconds: 2 * 3_600_000_000)
    }.warnings
    let dataset = try DatasetName("d")
    let hours = try store.versions(of: dataset).map {
      $0.record.createdAt.microseconds / 3_600_000_000
    }
    #expect(hours == [2, 200, 4, 3, 100, 1])
    #expect(warnings.map { $0.prefix(12) } == ["d@3 is dated"])
    // As of a time: the highest number whose time is not after it.
    for (hour, number) in [(1, 1), (2, 6), (3, 6), (99, 6), (500, 6)] {
      let time = Timestamp(microseconds: Int64(hour) * 3_600_000_000)
      #expect(
        try store.resolve(Reference(dataset: dataset, selector: .time(time, text: ""))).number
          == number, "hour \(hour)")
    }
    let report = try store.verify()
    #expect(report.damage == [] && report.outOfOrder == ["d@3", "d@6"])
  }

  @Test func `of two pushes with one idempotency key at a time, one is kept`() throws {
    var random = SeededGenerator(seed: 2)
    let temporary = try TemporaryStore()
    let table = SampleTable(count: 20, using: &random)
    let other = try temporary.reopened()
    var options = PushOptions()
    options.mode = .append
    options.key = []
    options.idempotencyKey = "run-7"
    var faster: [Result<PushResult, any Error>] = []
    let pushed = try temporary.store.push(DatasetName("d"), BatchReader(table), options) { _ in
      guard faster.isEmpty else { return }
      faster.append(
        Result { try other.push(DatasetName("d"), BatchReader(table), options) })
    }
    let first = try #require(faster.first).get()
    #expect(first.isNew && !pushed.isNew && pushed.version == first.version)
    #expect(try temporary.store.versions(of: DatasetName("d")).map(\.number) == [1])
    #expect(try temporary.reopened().verify().damage == [])
  }

  @Test func `duplicate keys and missing keys are refused with their lines`() throws {
    var random = SeededGenerator(seed: 1)
    let temporary = try TemporaryStore()
    let table = SampleTable(count: 5, using: &random).picking([0, 1, 2, 1])
    #expect { try temporary.store.push(table) } throws: {
      ($0 as? StoreError)?.kind == .invalid && ($0 as? StoreError)?.location?.line == 4
    }
    #expect { try temporary.store.push(table.picking([0]), key: ["nope"]) } throws: {
      ($0 as? StoreError)?.kind == .invalid
    }
    #expect(try temporary.store.datasets() == [])
  }

  @Test func `merge lays a file over the rows of the same key`() throws {
    var random = SeededGenerator(seed: 5)
    let temporary = try TemporaryStore()
    let table = SampleTable(count: 50, using: &random)
    try temporary.store.push(table)
    let edited = table.edited("n", using: &random)
    try temporary.store.push(edited) { $0.mode = .merge }
    let merged = try temporary.store.table("d")
    let keys = KeyIdentities(columns: [merged.vectors[0]], count: merged.count)
    var positions = KeyTable()
    #expect(positions.insert(keys, hashes: keys.hashes) == nil)
    let wanted = KeyIdentities(columns: [edited.vectors[0]], count: edited.count)
    for (row, hash) in wanted.hashes.enumerated() {
      let position = try #require(positions.find(wanted, row, hash: hash))
      for column in edited.vectors.indices {
        #expect(
          merged.vectors[column].slice(position..<position + 1)
            == edited.vectors[column].slice(row..<row + 1))
      }
    }
  }

  @Test func `losing the index at any moment loses nothing`() throws {
    var random = SeededGenerator(seed: 8)
    let temporary = try TemporaryStore()
    var table = SampleTable(count: 100, using: &random)
    for version in 1...6 {
      let store = try temporary.reopened()
      try store.push(table)
      for suffix in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(
          atPath: temporary.directory.path + "/index.sqlite" + suffix)
      }
      #expect(try temporary.reopened().versions(of: DatasetName("d")).count == version)
      table = table.edited("v\(version)", using: &random)
    }
    #expect(try temporary.reopened().verify().damage == [])
  }

  @Test func `many writers lose no commit`() async throws {
    let temporary = try TemporaryStore()
    let path = temporary.directory.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          var random = SeededGenerator(seed: UInt64(writer))
          let store = try Store(path: path)
          for _ in 0..<3 { try store.push(SampleTable(count: 30, using: &random)) }
        }
      }
      try await group.waitForAll()
    }
    let numbers = try temporary.store.versions(of: DatasetName("d")).map(\.number)
    #expect(numbers == Array((1...24).reversed()))
    #expect(try temporary.store.verify().damage == [])
  }
}
