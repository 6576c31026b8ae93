import Columns
import Formats
import Foundation
import Model
import Objects
import Store
import TestSupport
import Testing

@Suite struct LostFileTests {
  let temporary: TemporaryStore
  let dataset: DatasetName

  /// A store of `d@1` to `d@3`.
  init() throws {
    temporary = try TemporaryStore()
    dataset = try DatasetName("d")
    for number in 1...3 { try temporary.store.pushLines(#"{"n":\#(number)}"#) }
  }

  private func log(_ sequence: Int) -> String { StoreLayout.logName(dataset, sequence) }

  private func path(_ name: String) -> String { temporary.directory.path + "/" + name }

  private func remove(_ names: String...) throws {
    for name in names { try FileManager.default.removeItem(atPath: path(name)) }
  }

  /// The store without what it knew of its files, as another process would open it.
  private func forgetful() throws -> Store {
    for end in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path(StoreLayout.indexFile + end))
    }
    return try temporary.reopened()
  }

  @Test(arguments: 1...3)
  func `a lost log file is named, and its versions`(_ sequence: Int) throws {
    try remove(log(sequence))
    let report = try temporary.reopened().verify()
    #expect(report.damage.map(\.file) == [log(sequence)])
    #expect(report.damage.first?.what.hasPrefix("is missing") == true)
    #expect(report.damage.first?.versions == ["d@\(sequence)"])
    #expect(report.isIndexRight)
  }

  @Test(arguments: 1...2)
  func `a lost log file is named when only later ones tell of it`(_ sequence: Int) throws {
    try remove(log(sequence))
    let report = try forgetful().verify()
    #expect(report.damage.map(\.file) == [log(sequence)])
    #expect(report.damage.first?.versions == ["d@\(sequence)"])
    #expect(report.isIndexRight)
  }

  @Test func `a dataset whose files are all lost is named`() throws {
    try FileManager.default.removeItem(atPath: path("log/d"))
    let report = try temporary.reopened().verify()
    #expect(report.damage.map(\.file) == (1...3).map { log($0) })
    #expect(report.damage.flatMap(\.versions) == ["d@1", "d@2", "d@3"])
  }

  @Test func `a tag's damaged record tells at least of the dataset`() throws {
    let store = temporary.store
    try store.tag(dataset, "t", to: store.resolve(Reference(parsing: "d@2")), author: "")
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(log(4)))))
    bytes[20] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: path(log(4))))
    #expect(try store.verify().damage.map(\.versions) == [["d@2"]])
    #expect(try forgetful().verify().damage.map(\.versions) == [["d"]])
  }

  @Test func `the index is not made anew without records that only it knows`() throws {
    try remove(log(3))
    let store = try temporary.reopened()
    let error = #expect(throws: StoreError.self) { try store.reindex() }
    #expect(error?.kind == .corrupt && error?.message.contains(log(3)) == true)
    #expect(try store.verify().damage.map(\.versions) == [["d@3"]])
    #expect(try store.reindex(acceptsLoss: true) == (datasets: 1, records: 2))
    #expect(try store.verify().damage == [])
    #expect(try store.pushLines(#"{"n":4}"#).version.number == 3)
  }

  @Test func `nothing is written after a record whose file is lost`() throws {
    try remove(log(3))
    let store = try temporary.reopened()
    let error = #expect(throws: StoreError.self) { try store.pushLines(#"{"n":4}"#) }
    #expect(error?.kind == .corrupt && error?.message.contains(log(3)) == true)
    #expect(!FileManager.default.fileExists(atPath: path(log(4))))
    // What the file held is damage too, and no unknown name.
    let read = #expect(throws: StoreError.self) { try store.table("d@3") }
    #expect(read?.kind == .corrupt && read?.message.contains(log(3)) == true)
  }

  @Test(arguments: 1...2)
  func `a gap in a log is no end`(_ sequence: Int) throws {
    try remove(log(sequence))
    let store = try forgetful()
    let tries: [() throws -> Void] = [
      { _ = try store.datasets() }, { _ = try store.resolve(Reference(parsing: "d")) },
      { _ = try store.versions(of: dataset) }, { _ = try store.pushLines(#"{"n":4}"#) },
      { _ = try store.reindex(acceptsLoss: true) },
      { _ = try store.collectGarbage(apply: true, graceSeconds: -5) },
    ]
    for attempt in tries {
      let error = #expect(throws: StoreError.self) { try attempt() }
      #expect(error?.kind == .corrupt && error?.message.contains(log(sequence)) == true)
    }
    #expect(!FileManager.default.fileExists(atPath: path(log(sequence))))
  }

  @Test func `a record is not written into a hole that the index did not see`() throws {
    try remove(log(3))
    let store = try forgetful()
    _ = try store.datasets()
    try Data([1]).write(to: URL(fileURLWithPath: path(log(4))))
    let error = #expect(throws: StoreError.self) { try store.pushLines(#"{"n":4}"#) }
    #expect(error?.kind == .corrupt && error?.message.contains(log(3)) == true)
  }

  @Test func `rows that wait and cannot be read stop the collection, and are told`() throws {
    let store = temporary.store
    let digest = try store.putFile(MemorySource(name: "f", bytes: [1])).file.digest
    try store.pushLines(#"{"f":{"digest":"\#(digest)"}}"#, to: "e", types: ["f": .file])
    let waiting = try store.putFile(MemorySource(name: "f", bytes: [2])).file.digest
    let live = try LiveAppender(store)
    try live.take(#"{"f":{"digest":"\#(waiting)"}}"#, to: "e")
    let segment = "live/e/00000000000000000001.log"
    let path = temporary.directory.path
    let blind = try Store(
      path: path, disk: FaultyDisk(PosixDisk(root: path), refusing: segment))
    let error = #expect(throws: StoreError.self) {
      try blind.collectGarbage(apply: true, graceSeconds: -5)
    }
    #expect(error?.kind == .denied)
    #expect(try store.hasFile(waiting))
    // What may not be read is not called damaged.
    let refusal = #expect(throws: StoreError.self) { try blind.verify() }
    #expect(refusal?.kind == .denied)
    #expect(try store.verify().damage == [])
    withExtendedLifetime(live) {}
  }

  @Test func `a file that may not be read is not called damaged or missing`() throws {
    let path = temporary.directory.path
    let blind = try Store(path: path, disk: FaultyDisk(PosixDisk(root: path), refusing: log(2)))
    let error = #expect(throws: StoreError.self) { try blind.verify() }
    #expect(error?.kind == .denied && error?.message.contains(log(2)) == true)
  }

  @Test func `content that the index knows and no file has is saved anew`() throws {
    var random = SeededGenerator(seed: 31)
    let table = SampleTable(count: 40, using: &random)
    let edited = table.edited("x", using: &random)
    let store = temporary.store
    try store.push(table, to: "a")
    try store.push(edited, to: "a")
    try remove("log/a/00000000000000000001.pack")
    // Of this one the index has chunks that are stored over those of the lost file.
    for (name, rows) in [("b", edited), ("c", table)] {
      #expect(try temporary.reopened().push(rows, to: name).isNew)
      #expect(try temporary.reopened().table(name).vectors == rows.vectors)
      #expect(try forgetful().table(name).vectors == rows.vectors)
    }
  }

  @Test func `content that only a copy of the store has is saved here too`() throws {
    var random = SeededGenerator(seed: 32)
    let table = SampleTable(count: 40, using: &random)
    try temporary.store.push(SampleTable(count: 40, using: &random), to: "a")
    let copy = try TemporaryDirectory()
    try FileManager.default.removeItem(atPath: copy.path)
    try FileManager.default.copyItem(atPath: temporary.directory.path, toPath: copy.path)
    do {
      let store = try Store(path: copy.path)
      try store.push(table, to: "a")
    }
    try temporary.store.push(SampleTable(count: 40, using: &random), to: "a")
    try IndexFiles(of: copy.path).put(into: temporary.directory.path)
    #expect(try temporary.reopened().push(table, to: "b").isNew)
    #expect(try temporary.reopened().table("b").vectors == table.vectors)
    #expect(try forgetful().table("b").vectors == table.vectors)
  }

  @Test func `what is not a file of a store stops nobody`() throws {
    try FileManager.default.createDirectory(
      atPath: path("packs"), withIntermediateDirectories: true)
    let strangers = ["packs/foo", log(2) + ".bak"]
    for name in strangers { try Data([1, 2, 3]).write(to: URL(filePath: path(name))) }
    for store in [try temporary.reopened(), try forgetful()] {
      #expect(try store.lines() == [#"{"n":3}"#])
      #expect(try store.reindex() == (datasets: 1, records: 3))
      #expect(try store.collectGarbage(apply: true, graceSeconds: -5).files == [])
      let report = try store.verify()
      #expect(report.damage.map(\.file).sorted() == strangers.sorted() && report.isIndexRight)
    }
    #expect(try forgetful().pushLines(#"{"n":4}"#).version.number == 4)
  }

  @Test func `a damaged pack stops nobody who does without it, and no collection removes anything`()
    throws
  {
    try FileManager.default.createDirectory(
      atPath: path("packs"), withIntermediateDirectories: true)
    let damaged = StoreLayout.packName(Digest(hashing: [1]))
    try Data([1, 2, 3]).write(to: URL(filePath: path(damaged)))
    for store in [try temporary.reopened(), try forgetful()] {
      #expect(try store.lines() == [#"{"n":3}"#])
      #expect(try store.reindex() == (datasets: 1, records: 3))
      let report = try store.verify()
      #expect(report.damage.map(\.file) == [damaged] && report.isIndexRight)
      let error = #expect(throws: StoreError.self) { try store.collectGarbage(apply: true) }
      #expect(error?.kind == .corrupt && error?.message.contains(damaged) == true)
    }
    #expect(try forgetful().pushLines(#"{"n":4}"#).version.number == 4)
  }

  @Test func `what others are stored as a difference from is damage when it is lost`() throws {
    var random = SeededGenerator(seed: 9)
    let table = SampleTable(count: 200, using: &random)
    try temporary.store.push(table, to: "e")
    try temporary.store.push(table.edited("x", using: &random), to: "e")
    try remove(StoreLayout.logName(try DatasetName("e"), 1))
    let store = try temporary.reopened()
    for _ in 0..<3 {
      let error = #expect(throws: StoreError.self) { try store.table("e@2") }
      #expect(error?.kind == .corrupt)
    }
  }

  /// Changes that no program of ours writes: a tag of a version that is none, a version that leaves
  /// out numbers, and one that repeats a key.
  static let strangeChanges = ["tag", "number", "key"]

  @Test(arguments: strangeChanges)
  func `a log that no read follows is damage, though each of its files is whole`(
    _ strange: String
  ) throws {
    let store = temporary.store
    let saved = try store.pushLines(#"{"n":4}"#) { $0.idempotencyKey = "k" }.version
    let newest = try #require(try store.log(of: dataset).first)
    let version = VersionRecord(
      number: strange == "key" ? 5 : 9, snapshot: saved.snapshot, rows: 1, parent: 4,
      kind: .results, message: "", createdAt: newest.time, lineage: [], attributes: [:],
      idempotencyKey: "k")
    let record = LogRecord(
      dataset: dataset, sequence: 5, previous: newest.digest, author: "eve", time: newest.time,
      writeID: "w", salt: "s",
      change: strange == "tag"
        ? .tag(TagRecord(name: "t", number: 9, message: "")) : .version(version))
    var log = try PackWriter()
    let compressor = try Compressor()
    for text in [record.texts, record.bytes].compactMap({ $0 }) {
      let frame = try compressor.frame(text)
      try log.append(
        Digest(hashing: text), .record,
        frames: [frame])
    }
    try Data(log.finish().pieces.flatMap { $0 }).write(to: URL(filePath: path(self.log(5))))
    for store in [try temporary.reopened(), try forgetful()] {
      let error = #expect(throws: StoreError.self) { try store.lines() }
      #expect(error?.kind == .corrupt)
      let damage = try store.verify().damage
      #expect(damage.map(\.file) == ["log/d/"] && damage.map(\.versions) == [["d"]])
    }
  }
}
