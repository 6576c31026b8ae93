import Foundation
import Model
import Objects
import Store
import TestSupport
import Testing

/// `gc`, `verify` and reads at every point of what others do, in one thread.
@Suite(.tags(.slow), .unlessFast) struct BesideWritersTests {
  let temporary: TemporaryStore
  var path: String { temporary.directory.path }

  init() throws { temporary = try TemporaryStore() }

  static func table(_ seed: UInt64, count: Int = 12) -> SampleTable {
    var random = SeededGenerator(seed: seed)
    return SampleTable(count: count, using: &random)
  }

  /// A table that has no chunk in common with the others.
  static var other: SampleTable { table(2, count: 13) }

  /// Leaves all that a version of `table` needs in a pack without a record, a day old, as a writer
  /// does that was stopped before it.
  static func leavePack(of table: SampleTable, in path: String) throws -> String {
    let other = try TemporaryStore()
    try other.store.push(table)
    let source = LocalObjectStore(disk: PosixDisk(root: other.directory.path))
    let log = StoreLayout.logName(try DatasetName("d"), 1)
    var writer = try PackWriter()
    for entry in try PackReader.readIndex(source, log).entries where entry.kind != .record {
      var offset = Int(entry.offset)
      var frames: [Frame] = []
      for frame in entry.frames {
        let stored = try source.get(log, at: offset, count: Int(frame.storedBytes))
        frames.append(Frame(bytes: stored, rawCount: Int(frame.rawBytes)))
        offset += stored.count
      }
      try writer.append(
        entry.digest, entry.kind, frames: frames, base: entry.base, depth: Int(entry.depth),
        statistics: entry.statistics)
    }
    let pack = try writer.finish()
    let name = StoreLayout.packName(pack.digest)
    _ = try LocalObjectStore(disk: PosixDisk(root: path)).putIfAbsent(name, pack.pieces)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -86_400)], ofItemAtPath: path + "/" + name)
    return name
  }

  @Test func `a pack whose record was never written is no damage, and is collected`() throws {
    try temporary.store.push(Self.table(1))
    let name = try Self.leavePack(of: Self.other, in: path)
    for _ in 0..<2 {
      let report = try temporary.reopened().verify()
      #expect(report.damage == [] && report.isIndexRight)
    }
    #expect(try temporary.store.collectGarbage(apply: true).files.map(\.name) == [name])
    #expect(try temporary.store.push(Self.other).version.number == 2)
    #expect(try temporary.reopened().table("d").vectors == Self.other.vectors)
    #expect(try temporary.reopened().verify().damage == [])
  }

  @Test(arguments: 0..<60)
  func `gc at any point of a push takes nothing that the push refers to`(_ call: Int) throws {
    try temporary.store.push(Self.table(1))
    _ = try Self.leavePack(of: Self.other, in: path)
    // The index has taken the pack in, so that the push finds its chunks there.
    #expect(try temporary.reopened().verify().damage == [])
    let disk = HookedDisk(PosixDisk(root: path), before: call) { [path = path] in
      #expect(throws: Never.self) { try Store(path: path).collectGarbage(apply: true) }
    }
    #expect(try Store(path: path, disk: disk).push(Self.other).version.number == 2)
    let store = try temporary.reopened()
    #expect(try store.table("d@2").vectors == Self.other.vectors)
    #expect(try store.verify().damage == [])
    #expect(try store.collectGarbage(apply: true).files == [])
  }

  @Test(arguments: 0..<60)
  func `a push at any point of gc loses nothing`(_ call: Int) throws {
    try temporary.store.push(Self.table(1))
    _ = try Self.leavePack(of: Self.other, in: path)
    #expect(try temporary.reopened().verify().damage == [])
    let rival = try temporary.reopened()
    _ = try rival.table("d")
    let disk = HookedDisk(PosixDisk(root: path), before: call) {
      #expect(throws: Never.self) {
        try rival.push(Self.other)
        try rival.push(Self.table(3), to: "e")
        try rival.push(Self.other, to: "f")
      }
    }
    _ = try Store(path: path, disk: disk).collectGarbage(apply: true)
    let store = try temporary.reopened()
    #expect(try store.verify().damage == [])
    if disk.callCount > call {
      #expect(try store.table("d@2").vectors == Self.other.vectors)
      #expect(try store.table("f").vectors == Self.other.vectors)
    }
  }

  @Test func `a pack that a stopped collection had in hand is given back`() throws {
    try temporary.store.push(Self.table(1))
    let name = try Self.leavePack(of: Self.other, in: path)
    try temporary.store.push(Self.other)
    let hand = StoreLayout.collectedName(name)
    try FileManager.default.createDirectory(
      atPath: path + "/tmp", withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: path + "/" + name, toPath: path + "/" + hand)
    // Until the next one comes, it is read where it is, whatever the index knows.
    for keepsIndex in [true, false] {
      if !keepsIndex { try IndexFiles().put(into: path) }
      #expect(try temporary.reopened().table("d@2").vectors == Self.other.vectors)
      #expect(try temporary.reopened().verify().damage == [])
      #expect(try temporary.reopened().collectGarbage(apply: false).files == [])
    }
    #expect(try temporary.reopened().push(Self.other, to: "e").version.number == 1)
    #expect(try temporary.reopened().collectGarbage(apply: true).files == [])
    #expect(try temporary.reopened().verify().damage == [])
  }

  @Test func `two collections at a time are one too many`() throws {
    let objects = LocalObjectStore(disk: PosixDisk(root: path))
    let held = try objects.collecting()
    let error = #expect(throws: StoreError.self) {
      try temporary.store.collectGarbage(apply: true)
    }
    #expect(error?.kind == .conflict)
    #expect(try temporary.store.collectGarbage(apply: false).files == [])
    withExtendedLifetime(held) {}
  }

  @Test(arguments: Array(stride(from: 0, to: 160, by: 8)))
  func `verify sees one state whatever is pushed and collected meanwhile`(_ call: Int) throws {
    var tables: [SampleTable] = []
    for seed in 0..<34 as Range<UInt64> {
      tables.append(Self.table(seed, count: 3))
      try temporary.store.push(tables[Int(seed)], to: seed < 17 ? "a" : "b")
    }
    let rival = try temporary.reopened()
    _ = try rival.table("a")
    let disk = HookedDisk(PosixDisk(root: path), before: call) { [tables] in
      #expect(throws: Never.self) {
        try rival.push(tables[33], to: "a")
        try rival.push(Self.table(99, count: 3), to: "b")
        // Moves all chunks out of the log files.
        #expect(try rival.collectGarbage(apply: true, graceSeconds: -5).compactedFiles > 0)
        try rival.push(tables[0], to: "c")
      }
    }
    let store = try Store(path: path, disk: disk)
    let report = try store.verify()
    #expect(report.damage == [] && report.isIndexRight)
    // A reader that knew where things were before.
    for (index, table) in tables.prefix(17).enumerated() {
      #expect(try store.table("a@\(index + 1)").vectors == table.vectors)
    }
  }

  @Test(arguments: Array(stride(from: 0, to: 40, by: 2)))
  func `a version is read whatever is moved meanwhile`(_ call: Int) throws {
    let tables = (0..<33 as Range<UInt64>).map { Self.table($0, count: 3) }
    for table in tables { try temporary.store.push(table, to: "a") }
    let rival = try temporary.reopened()
    let disk = HookedDisk(PosixDisk(root: path), before: call) {
      #expect(throws: Never.self) {
        _ = try rival.collectGarbage(apply: true, graceSeconds: -5)
      }
    }
    let store = try Store(path: path, disk: disk)
    #expect(try store.table("a@7").vectors == tables[7 - 1].vectors)
    #expect(try store.table("a@30").vectors == tables[30 - 1].vectors)
  }
}
