import Foundation
import Model
import Store
import TestSupport
import Testing

@Suite struct VerifyTests {
  @Test func `a flipped bit anywhere is found and never read as data`() throws {
    var random = SeededGenerator(seed: 4)
    let temporary = try TemporaryStore()
    let path = temporary.directory.path
    let first = SampleTable(count: 30, using: &random)
    let second = first.edited("x", using: &random)
    try temporary.store.push(first)
    try temporary.store.push(second)
    let names = try FileManager.default.subpathsOfDirectory(atPath: path)
      .filter { $0.hasSuffix(".pack") || $0.hasSuffix(".json") }
    for name in names {
      let url = URL(fileURLWithPath: path + "/" + name)
      let bytes = [UInt8](try Data(contentsOf: url))
      for position in stride(from: 0, to: bytes.count, by: 5) {
        var damaged = bytes
        damaged[position] ^= 1 << UInt8(position % 8)
        try Data(damaged).write(to: url)
        let store = try Store(path: path, toleratesDamage: true)
        let report = try store.verify()
        #expect(report.damage.contains { $0.file == name }, "\(name) at \(position)")
        if name.hasPrefix("log") {
          #expect(report.damage.contains { !$0.versions.isEmpty }, "\(name) at \(position)")
        }
        if let table = try? store.table("d@1") { #expect(table.vectors == first.vectors) }
        if let table = try? store.table("d@2") { #expect(table.vectors == second.vectors) }
      }
      try Data(bytes).write(to: url)
    }
    #expect(try temporary.reopened().verify().damage == [])
  }

  @Test func `an expected head is found in the history or missed`() throws {
    var random = SeededGenerator(seed: 4)
    let temporary = try TemporaryStore()
    let dataset = try DatasetName("d")
    let table = SampleTable(count: 60, using: &random)
    let head = try temporary.store.push(table).version.recordDigest
    try temporary.store.push(table.edited("x", using: &random))
    #expect(try temporary.store.verify(expectedHeads: [dataset: head]).damage == [])
    let other = Digest(hashing: [1, 2, 3])
    #expect(try temporary.store.verify(expectedHeads: [dataset: other]).damage.count == 1)
  }

  @Test func `garbage is removed after its grace period and nothing else is`() throws {
    var random = SeededGenerator(seed: 4)
    let temporary = try TemporaryStore()
    let table = SampleTable(count: 60, using: &random)
    try temporary.store.push(table)
    let left = temporary.directory.path + "/tmp/0123456789abcdef0123456789abcdef"
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: left))
    #expect(try temporary.store.collectGarbage(apply: true).youngFiles.count == 1)
    #expect(try temporary.store.collectGarbage(apply: false, graceSeconds: -5).files.count == 1)
    #expect(FileManager.default.fileExists(atPath: left))
    #expect(try temporary.store.collectGarbage(apply: true, graceSeconds: -5).files.count == 1)
    #expect(!FileManager.default.fileExists(atPath: left))
    #expect(try temporary.store.table("d").vectors == table.vectors)
    #expect(try temporary.store.verify().damage == [])
  }
}

@Suite struct CompactionTests {
  @Test func `compaction keeps every digest and every row`() throws {
    var random = SeededGenerator(seed: 12)
    let temporary = try TemporaryStore()
    var table = SampleTable(count: 120, using: &random)
    var tables: [SampleTable] = []
    for version in 0..<40 {
      try temporary.store.push(table)
      tables.append(table)
      table = table.edited("v\(version)", using: &random)
    }
    let before = try temporary.store.versions(of: DatasetName("d"))
    let report = try temporary.store.collectGarbage(apply: true, graceSeconds: -5)
    #expect(report.compactedFiles == 40)
    for store in [temporary.store, try temporary.reopened()] {
      #expect(try store.versions(of: DatasetName("d")) == before)
      for (index, table) in tables.enumerated() {
        #expect(try store.table("d@\(index + 1)").vectors == table.vectors)
      }
      #expect(try store.verify().damage == [])
    }
    #expect(try temporary.store.reindex().records == 40)
    #expect(try temporary.store.verify().damage == [])
    #expect(try temporary.store.push(table).version.number == 41)
    let again = try temporary.store.collectGarbage(apply: true, graceSeconds: -5)
    #expect(again.compactedFiles == 0)
    #expect(again.files.isEmpty)
  }
}
