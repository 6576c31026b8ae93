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
