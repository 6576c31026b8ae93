import Model
import Objects
import Testing

@Suite struct StoreLayoutTests {
  @Test(arguments: [1, 42, Int.max])
  func `a log file's name tells dataset and sequence`(_ sequence: Int) throws {
    let dataset = try DatasetName("vision.model-comparison")
    let name = StoreLayout.logName(dataset, sequence)
    let parsed = try #require(StoreLayout.parseLogName(name))
    #expect(parsed == (dataset, sequence))
    #expect(name.hasPrefix(StoreLayout.logPrefix(dataset)))
    #expect(StoreLayout.parseLogPrefix(StoreLayout.logPrefix(dataset)) == dataset)
  }

  @Test func `log files sort by sequence`() throws {
    let dataset = try DatasetName("a")
    #expect(StoreLayout.logName(dataset, 9) < StoreLayout.logName(dataset, 10))
    #expect(StoreLayout.logName(dataset, 1) == "log/a/00000000000000000001.pack")
  }

  @Test(arguments: [
    "", "log/", "log/a/", "log/a/1.pack", "log/a/00000000000000000000.pack",
    "log/a/0000000000000000000x.pack", "log/../00000000000000000001.pack",
    "log/a/b/00000000000000000001.pack", "log/a/00000000000000000001.pack~",
    "log/a/+0000000000000000001.pack", "packs/x.pack", "log/.pack",
  ])
  func `other names are no log files`(_ name: String) {
    #expect(StoreLayout.parseLogName(name) == nil)
    #expect(StoreLayout.parsePackName(name) == nil)
  }

  @Test func `a pack's name tells its digest`() {
    let digest = Digest(hashing: [1])
    #expect(StoreLayout.parsePackName(StoreLayout.packName(digest)) == digest)
    #expect(StoreLayout.parsePackName("packs/sha256:\(digest.hex).pack") == nil)
    #expect(StoreLayout.parsePackName("packs/\(digest.hex.uppercased()).pack") == nil)
  }

  @Test func `the format file gives back its id`() throws {
    let format = StoreFormat(id: WriteID.make())
    #expect(try StoreFormat(parsing: format.bytes) == format)
  }

  @Test func `any flipped bit in the format file is noticed`() {
    let bytes = StoreFormat(id: WriteID.make()).bytes
    for position in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[position] ^= 1 << UInt8(bit)
        #expect("byte \(position), bit \(bit)") {
          try StoreFormat(parsing: damaged)
        } throws: { ($0 as? StoreError)?.kind == .corrupt }
      }
    }
  }

  @Test func `a newer format says to upgrade the program`() {
    var members: JSON.Object = ["format": .integer(2), "shape": .string("new")]
    members["digest"] = .string(Digest(hashing: JSON.object(members).canonicalBytes).hex)
    let error = #expect(throws: StoreError.self) {
      try StoreFormat(parsing: JSON.object(members).canonicalBytes)
    }
    #expect(error?.message.contains("upgrade") == true)
  }

  @Test func `write ids are 32 hexadecimal digits, and no two are equal`() {
    let ids = (0..<1000).map { _ in WriteID.make() }
    #expect(Set(ids).count == 1000)
    #expect(ids.allSatisfy { Hex.decode($0.utf8)?.count == 16 })
  }
}
