import Columns
import Formats
import Foundation
import Model
import Objects
import Store
import TestSupport
import Testing

/// What lies in log files and packs beside the rows, and what becomes of it when a newer program
/// wrote it.
@Suite struct RecordFormatTests {
  /// A few rows whose chunks are too large for a log file.
  private static func largeTable() -> SampleTable {
    var random = SeededGenerator(seed: 5)
    var ids = TextValues()
    var texts = TextValues()
    for row in 0..<7 {
      ids.append("\(row)".utf8)
      let words = (0..<100_000).map { _ in random.next() }
      texts.append(
        words.flatMap { word in
          (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) & 63 + 48 }
        })
    }
    var table = SampleTable(
      columns: ["id", "text"].map { ColumnDefinition(name: $0, type: .string) })
    table.vectors = [ids, texts].map {
      ColumnVector(type: .string, count: 7, validity: nil, values: .text($0))
    }
    return table
  }

  /// The objects of kind record of a file, as text.
  private func records(_ name: String, _ path: String) throws -> [[UInt8]] {
    let files = LocalObjectStore(disk: PosixDisk(root: path))
    let decompressor = try Decompressor()
    let entries = try PackReader.readIndex(files, name).entries.filter { $0.kind == .record }
    return try entries.map { entry in
      let stored = try files.get(name, at: Int(entry.offset), count: entry.storedBytes)
      let text = try decompressor.bytes(of: stored, rawCount: Int(entry.frames[0].rawBytes))
      #expect(Digest(hashing: text) == entry.digest)
      return text
    }
  }

  /// Writes the next log file of `d` with `edit` made to the text of its newest record.
  private func forge(
    _ temporary: TemporaryStore, _ edit: (String) -> String
  ) throws -> (name: String, bytes: [UInt8]) {
    let dataset = try DatasetName("d")
    let newest = try #require(try temporary.store.log(of: dataset).first)
    let text = Array(
      edit(
        String(decoding: newest.bytes, as: UTF8.self)
          .replacing("\"sequence\":\(newest.sequence)", with: "\"sequence\":\(newest.sequence + 1)")
          .replacing(newest.previous.hex, with: newest.digest.hex)
      ).utf8)
    var log = try PackWriter()
    let frame = try Compressor().frame(text)
    try log.append(
      Digest(hashing: text), .record,
      frames: [frame])
    let name = StoreLayout.logName(dataset, newest.sequence + 1)
    let bytes = try log.finish().pieces.flatMap { $0 }
    try Data(bytes).write(to: URL(filePath: temporary.directory.path + "/" + name))
    return (name, bytes)
  }

  @Test(arguments: [
    #""tag":{"name":"t","message":"","zeal":1}"#, #""tag":{"message":"","name":"t"},"zeal":{}"#,
    #""setting":{"message":"","name":"guard"}"#,
  ])
  func `a record with more than this program knows is refused, and nothing is written after it`(
    change: String
  ) throws {
    let temporary = try TemporaryStore()
    var random = SeededGenerator(seed: 3)
    let table = SampleTable(count: 20, using: &random)
    let version = try temporary.store.push(table).version
    try temporary.store.push(table, to: "other")
    try temporary.store.tag(DatasetName("d"), "t", to: version, author: "ann")
    let (name, bytes) = try forge(temporary) { text in
      // Members stay sorted: canonical JSON has them so.
      let start = text.range(of: #""tag":"#)?.lowerBound ?? text.startIndex
      let end = text.range(of: #","time":"#)?.lowerBound ?? text.endIndex
      guard !change.hasPrefix(#""setting""#) else {
        let sequence = text.range(of: #","sequence":"#)?.upperBound ?? text.startIndex
        let digits = text[sequence...].prefix { $0.isNumber }
        return text[..<digits.endIndex] + "," + change + text[end...]
      }
      if change.hasSuffix("{}") {
        return text[..<start] + #""tag":{"message":"","name":"t"}"# + text[end...].dropLast()
          + #","zeal":{}}"#
      }
      return text[..<start] + #""tag":{"message":"","name":"t","zeal":1}"# + text[end...]
    }
    let store = try temporary.reopened()
    let attempts: [() throws -> Void] = [
      { _ = try store.resolve(Reference(parsing: "d")) },
      { try store.push(table.picking([1, 2])) },
      { try store.tag(DatasetName("d"), "u", to: version, author: "ann") },
      { _ = try store.verify() }, { _ = try store.collectGarbage(apply: true, graceSeconds: 3600) },
    ]
    for attempt in attempts {
      let error = try #require(throws: StoreError.self) { try attempt() }
      #expect(error.kind == .unavailable, "\(error.message)")
      #expect(error.message.contains(name) && error.message.contains("upgrade"))
    }
    let folder = temporary.directory.path + "/log/d"
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 3)
    #expect(try Data(contentsOf: URL(filePath: "\(folder)/../../\(name)")) == Data(bytes))
    #expect(try store.table("other").vectors == table.vectors)
  }

  @Test func `a version's texts lie before its record, and stay when its chunks are moved`() throws
  {
    let temporary = try TemporaryStore()
    var random = SeededGenerator(seed: 4)
    for number in 1...33 {
      try temporary.store.push(SampleTable(count: 3, using: &random)) {
        $0.author = "ann\(number)"
        $0.message = "words"
      }
    }
    let path = temporary.directory.path
    let before = try records("log/d/00000000000000000001.pack", path)
    #expect(before.count == 2)
    #expect(String(decoding: before[0], as: UTF8.self).contains(#""author":"ann1""#))
    let clock = Store.systemClock().microseconds + 7_200_000_000
    let later = try Store(path: path, clock: { Timestamp(microseconds: clock) })
    #expect(try later.collectGarbage(apply: true).compactedFiles == 33)
    #expect(try records("log/d/00000000000000000001.pack", path) == before)
    _ = try later.reindex()
    #expect(try later.versions(of: DatasetName("d")).last?.author == "ann1")
    #expect(try later.verify().damage == [])
  }

  @Test func `two packs of the same chunks have two names, and each says whose it is`() throws {
    var names: Set<String> = []
    for _ in 0..<2 {
      let temporary = try TemporaryStore()
      try temporary.store.push(Self.largeTable())
      let path = temporary.directory.path
      let packs = try FileManager.default.contentsOfDirectory(atPath: path + "/packs")
      let name = "packs/" + (try #require(packs.first))
      names.insert(name)
      let record = try #require(try temporary.store.log(of: DatasetName("d")).first)
      let text = try #require(try records(name, path).last)
      #expect(String(decoding: text, as: UTF8.self) == "{\"writeId\":\"\(record.writeID)\"}")
      #expect(try temporary.store.resolve(Reference(parsing: "d")).record.packs == [name])
    }
    #expect(names.count == 2)
  }

  @Test(arguments: 1...6)
  func `a record names every file beside its own log that its version needs`(seed: UInt64) throws {
    let temporary = try TemporaryStore()
    var random = SeededGenerator(seed: seed)
    var tables = (0..<3).map { _ in SampleTable(count: 60, using: &random) }
    for step in 0..<30 {
      let number = Int.random(in: 0..<3, using: &random)
      if Int.random(in: 0..<3, using: &random) > 0 {
        tables[number] = tables[number].edited("e\(step)", using: &random)
      } else {
        tables[number] = tables[Int.random(in: 0..<3, using: &random)]
      }
      try temporary.store.push(
        tables[number], to: "d\(Int.random(in: 0..<3, using: &random))",
        key: Bool.random(using: &random) ? ["id"] : [])
    }
    let files = LocalObjectStore(disk: PosixDisk(root: temporary.directory.path))
    for name in 0..<3 {
      let dataset = try DatasetName("d\(name)")
      for version in try temporary.store.versions(of: dataset) {
        let own = (1...version.sequence).map { StoreLayout.logName(dataset, $0) }
        let told = try #require(version.record.packs)
        #expect(!told.contains { $0.hasPrefix(StoreLayout.logPrefix(dataset)) })
        try expect(version, in: own + told, files)
      }
    }
  }

  /// Checks that the files hold what the version needs, down to what its chunks are stored over.
  private func expect(
    _ version: Version, in names: [String], _ files: LocalObjectStore
  ) throws {
    var entries: [Digest: [(name: String, entry: ObjectEntry)]] = [:]
    for name in names {
      for entry in try PackReader.readIndex(files, name).entries {
        entries[entry.digest, default: []].append((name, entry))
      }
    }
    let decompressor = try Decompressor()
    func text(_ digest: Digest) throws -> [UInt8] {
      let (name, entry) = try #require(
        entries[digest]?.first, "\(version.reference) lacks a manifest")
      return try decompressor.bytes(
        of: try files.get(name, at: Int(entry.offset), count: entry.storedBytes),
        rawCount: Int(entry.frames[0].rawBytes))
    }
    let manifest = try #require(SnapshotManifest(parsing: try text(version.snapshot)))
    for group in manifest.groups {
      let chunks = try #require(RowGroupManifest(parsing: try text(group.digest))).chunks
      for case let chunk? in chunks {
        var next: Digest? = chunk
        while let link = next {
          // Of several copies the index takes the one with the shortest chain.
          let copies = try #require(entries[link], "\(version.reference) lacks a chunk")
          next = copies.map(\.entry).min { $0.depth < $1.depth }?.base
        }
      }
    }
  }
}
