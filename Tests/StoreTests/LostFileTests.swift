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
    #expect(try blind.verify().damage.map(\.file) == [segment])
    #expect(try store.verify().damage == [])
    withExtendedLifetime(live) {}
  }
}
