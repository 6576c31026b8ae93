import Catalog
import Model
import TestSupport
import Testing

@Suite struct ObjectIndexTests {
  private let directory: TemporaryDirectory
  private let index: Index

  init() throws {
    directory = try TemporaryDirectory()
    index = try Index(path: directory.path + "/index.sqlite")
  }

  private static func pack(_ name: String, _ objects: [ObjectEntry]) -> IndexedPack {
    IndexedPack(name: name, byteCount: 100, objects: objects)
  }

  private static func digest(_ text: String) -> Digest { SampleLog.digest(text) }

  private static func object(_ text: String, base: String? = nil, depth: Int = 0) -> ObjectEntry {
    SampleLog.object(text, base: base, depth: depth)
  }

  @Test func `an object is found as it was given`() throws {
    let plain = Self.object("a")
    let delta = ObjectEntry(
      digest: Self.digest("b"), kind: .delta, offset: UInt64(Int64.max), frames: [],
      base: plain.digest, depth: 65535, statistics: nil)
    try index.apply([Self.pack("packs/p", [plain, delta])])
    let found = try index.objects([delta.digest, Self.digest("none"), plain.digest])
    #expect(found.map(\.?.object) == [delta, nil, plain])
    #expect(found[0]?.pack == "packs/p")
    #expect(try index.object(plain.digest)?.object == plain)
    #expect(try index.objects([]) == [])
    #expect(try index.pack("packs/p") != nil)
    #expect(try index.pack("packs/q") == nil)
  }

  @Test func `a chain leads to an object that is whole`() throws {
    try index.apply([
      Self.pack("packs/1", [Self.object("a")]),
      Self.pack("packs/2", [Self.object("b", base: "a", depth: 1)]),
      Self.pack("packs/3", [Self.object("c", base: "b", depth: 2)]),
    ])
    let chains = try index.chains(of: [Self.digest("c"), Self.digest("none"), Self.digest("a")])
    #expect(chains.map { $0.map(\.pack) } == [["packs/3", "packs/2", "packs/1"], [], ["packs/1"]])
  }

  @Test func `a chain without its base says which one is missing`() throws {
    try index.apply([Self.pack("packs/1", [Self.object("b", base: "a", depth: 1)])])
    let error = #expect(throws: StoreError.self) { try index.chain(of: Self.digest("b")) }
    #expect(error?.kind == .missing)
    #expect(error?.message.contains(Self.digest("a").hex) == true)
  }

  @Test func `of several copies the one with the fewest deltas is kept, in any order`() throws {
    // Two writers that did not see each other: each stored whole what the other stored as a delta.
    let packs = [
      Self.pack("packs/1", [Self.object("a")]),
      Self.pack("packs/2", [Self.object("b")]),
      Self.pack("packs/3", [Self.object("a", base: "b", depth: 1)]),
      Self.pack("packs/4", [Self.object("b", base: "a", depth: 1)]),
    ]
    for (number, order) in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 3, 0, 1], [3, 0, 2, 1]].enumerated() {
      let index = try Index(path: directory.path + "/\(number).sqlite")
      try index.apply(order.map { packs[$0] })
      #expect(try index.chain(of: Self.digest("a")).map(\.pack) == ["packs/1"])
      #expect(try index.chain(of: Self.digest("b")).map(\.pack) == ["packs/2"])
    }
  }

  @Test func `a circle of deltas is noticed`() throws {
    try index.apply([
      Self.pack("packs/3", [Self.object("a", base: "b", depth: 1)]),
      Self.pack("packs/4", [Self.object("b", base: "a", depth: 1)]),
    ])
    #expect { try index.chain(of: Self.digest("a")) } throws: {
      ($0 as? StoreError)?.kind == .corrupt
    }
    #expect(index.isDamaged)
  }

  @Test func `packs are replaced at once`() throws {
    try index.apply([
      Self.pack("packs/1", [Self.object("a"), Self.object("dead")]),
      Self.pack("packs/2", [Self.object("b", base: "a", depth: 1)]),
    ])
    try index.replace(
      ["packs/1", "packs/2"], with: [Self.pack("packs/3", [Self.object("a"), Self.object("b")])])
    #expect(try index.packs().map(\.name) == ["packs/3"])
    #expect(try index.chain(of: Self.digest("b")).map(\.pack) == ["packs/3"])
    #expect(try index.object(Self.digest("dead")) == nil)
    #expect(
      try index.objects(inPack: "packs/3").map(\.digest) == [Self.digest("a"), Self.digest("b")])
  }

  @Test func `a pack that was taken in before replaces another too`() throws {
    let compacted = Self.pack("packs/2", [Self.object("a")])
    try index.apply([Self.pack("packs/1", [Self.object("a")]), compacted])
    #expect(try index.object(Self.digest("a"))?.pack == "packs/1")
    try index.replace(["packs/1"], with: [compacted])
    #expect(try index.object(Self.digest("a"))?.pack == "packs/2")
  }

  @Test func `an index can be kept in memory, where the folder cannot be written`() throws {
    let index = try Index(path: ":memory:")
    try index.apply([Self.pack("packs/1", [Self.object("a")])])
    #expect(try index.object(Self.digest("a"))?.pack == "packs/1")
    try index.reset()
    #expect(try index.object(Self.digest("a")) == nil)
  }

  @Test func `many objects are found in one read`() throws {
    let objects = (0..<2000).map { SampleLog.object("\($0)", offset: UInt64(8 + $0)) }
    try index.apply([Self.pack("packs/1", objects)])
    #expect(try index.objects(objects.map(\.digest)).map(\.?.object) == objects)
  }
}
