import Model
import Objects
import TestSupport
import Testing

@Suite struct PackTests {
  private static let chunk = Digest(hashing: [1])

  /// A pack with every kind of entry.
  private static func smallPack(to upload: (any Upload)? = nil) throws -> PackWriter.Finished {
    var writer = try PackWriter(to: upload)
    try writer.append(
      chunk, .chunk, frames: [Frame(bytes: [1, 2, 3], rawCount: 300)],
      statistics: ChunkStatistics(nullCount: 2, minimum: 1, maximum: UInt64.max))
    try writer.append(
      Digest(hashing: [2]), .delta,
      frames: [Frame(bytes: [4], rawCount: 1), Frame(bytes: [5, 6], rawCount: 70_000)],
      base: chunk, depth: 300)
    try writer.append(
      Digest(hashing: [3]), .rowGroup, frames: [Frame(bytes: [7, 8], rawCount: 2)])
    try writer.append(Digest(hashing: [4]), .snapshot, frames: [])
    try writer.append(
      Digest(hashing: [5]), .record, frames: [Frame(bytes: [], rawCount: 0)])
    return try writer.finish()
  }

  private static func store(
    _ bytes: [UInt8], as name: String
  ) throws -> LocalObjectStore {
    let store = LocalObjectStore(disk: MemoryDisk())
    _ = try store.putIfAbsent(name, [bytes])
    return store
  }

  @Test func `a pack gives back its entries and payloads`() throws {
    let pack = try Self.smallPack()
    let bytes = pack.pieces.flatMap { $0 }
    #expect(pack.digest == Digest(hashing: bytes))
    #expect(pack.byteCount == bytes.count)
    let name = StoreLayout.packName(pack.digest)
    let store = try Self.store(bytes, as: name)
    let index = try PackReader.readIndex(store, name)
    #expect(index.entries == pack.entries)
    #expect(index.byteCount == bytes.count)
    #expect(index.entries.map { index.payload($0) } == [[1, 2, 3], [4, 5, 6], [7, 8], [], []])
    let entry = index.entries[1]
    #expect(
      try store.get(name, at: Int(entry.offset), count: entry.storedBytes) == [4, 5, 6])
    #expect([FrameSize](encoded: entry.frames.encoded) == entry.frames)
    try PackReader.verify(store, name)
  }

  @Test func `a pack is the same streamed as in memory`() throws {
    let store = LocalObjectStore(disk: MemoryDisk())
    let upload = try store.begin()
    let streamed = try Self.smallPack(to: upload)
    #expect(streamed.pieces.isEmpty)
    let name = StoreLayout.packName(streamed.digest)
    #expect(try upload.commit(as: name))
    #expect(try store.get(name) == Self.smallPack().pieces.flatMap { $0 })
  }

  @Test func `an empty pack is a pack`() throws {
    var writer = try PackWriter()
    let pack = try writer.finish()
    let name = StoreLayout.packName(pack.digest)
    let store = try Self.store(pack.pieces.flatMap { $0 }, as: name)
    #expect(try PackReader.verify(store, name).entries == [])
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `a pack larger than one read is found whole`(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var writer = try PackWriter()
    for index in 0..<3000 {
      let stored = (0..<Int.random(in: 0..<1500, using: &generator)).map { _ in UInt8(index & 255) }
      try writer.append(
        Digest(hashing: Array("\(index)".utf8)), .chunk,
        frames: [Frame(bytes: stored, rawCount: stored.count)])
    }
    let pack = try writer.finish()
    let name = StoreLayout.packName(pack.digest)
    let store = LocalObjectStore(disk: MemoryDisk())
    _ = try store.putIfAbsent(name, pack.pieces)
    let index = try PackReader.verify(store, name)
    #expect(index.entries == pack.entries)
    #expect(index.entries.first.map { index.payload($0) } == .some(nil))
  }

  @Test func `any flipped bit is found by verifying, and in index and trailer by opening`() throws {
    let pack = try Self.smallPack()
    let bytes = pack.pieces.flatMap { $0 }
    let payloadEnd = 8 + pack.entries.reduce(0) { $0 + $1.storedBytes }
    let log = "log/a/00000000000000000001.pack"
    for position in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[position] ^= 1 << UInt8(bit)
        let store = try Self.store(damaged, as: log)
        #expect("byte \(position), bit \(bit)") {
          try PackReader.verify(store, log)
        } throws: { ($0 as? StoreError)?.kind == .corrupt }
        guard position >= payloadEnd else { continue }
        #expect("byte \(position), bit \(bit)") {
          try PackReader.readIndex(store, log)
        } throws: { ($0 as? StoreError)?.kind == .corrupt }
      }
    }
  }

  @Test func `a pack cut short anywhere is refused, and so is one with more at its end`() throws {
    let bytes = try Self.smallPack().pieces.flatMap { $0 }
    let log = "log/a/00000000000000000001.pack"
    for torn in bytes.indices.map({ Array(bytes[..<$0]) }) + [bytes + [0], bytes + bytes] {
      let store = try Self.store(torn, as: log)
      #expect("\(torn.count) bytes") {
        try PackReader.verify(store, log)
      } throws: { ($0 as? StoreError)?.kind == .corrupt }
    }
  }

  @Test func `a sound pack under another pack's name is refused`() throws {
    let bytes = try Self.smallPack().pieces.flatMap { $0 }
    let name = StoreLayout.packName(Self.chunk)
    let error = #expect(throws: StoreError.self) {
      try PackReader.verify(Self.store(bytes, as: name), name)
    }
    #expect(error?.kind == .corrupt)
    #expect(error?.message.contains(name) == true)
  }
}
