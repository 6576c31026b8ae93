import Model
import Objects
import TestSupport
import Testing

@Suite struct LocalObjectStoreTests {
  private static let name = "log/metrics/00000000000000000001.pack"

  @Test func `a file is put once and read in any range`() throws {
    let store = LocalObjectStore(disk: MemoryDisk())
    #expect(try store.putIfAbsent(Self.name, [[1, 2], [], [3, 4]]))
    #expect(try !store.putIfAbsent(Self.name, [[9]]))
    #expect(try store.get(Self.name) == [1, 2, 3, 4])
    #expect(try store.get(Self.name, at: 1, count: 2) == [2, 3])
    #expect(try store.tail(Self.name, count: 3) == [2, 3, 4])
    #expect(try store.status(of: Self.name)?.byteCount == 4)
    #expect(try store.list("tmp/") == [])
  }

  @Test func `reading past the end says that the file is cut short`() throws {
    let store = LocalObjectStore(disk: MemoryDisk())
    _ = try store.putIfAbsent(Self.name, [[1, 2]])
    for (offset, count) in [(0, 3), (3, 1), (-1, 1), (Int.max, 1)] {
      #expect {
        _ = try store.get(Self.name, at: offset, count: count)
      } throws: { ($0 as? StoreError)?.kind == .corrupt }
    }
    #expect { try store.get("packs/none.pack") } throws: { ($0 as? StoreError)?.kind == .missing }
  }

  @Test func `names are listed in order, after a name and up to a limit`() throws {
    let store = LocalObjectStore(disk: MemoryDisk())
    let names = ["log/a-b/1", "log/a/1", "log/a/2", "log/b/1", "packs/x"]
    for name in names.reversed() { _ = try store.putIfAbsent(name, [[1]]) }
    #expect(try store.list("log/") == Array(names.prefix(4)))
    #expect(try store.list("log/a/") == ["log/a/1", "log/a/2"])
    #expect(try store.list("log/a/", after: "log/a/1", limit: 9) == ["log/a/2"])
    #expect(try store.list("log/", after: "log/a/1", limit: 1) == ["log/a/2"])
    #expect(try store.list("none/") == [])
    #expect(try store.folders("log/") == ["log/a-b/", "log/a/", "log/b/"])
  }

  @Test func `a deleted file is gone and can be put again`() throws {
    let store = LocalObjectStore(disk: MemoryDisk())
    _ = try store.putIfAbsent("packs/x", [[1]])
    #expect(try store.get("packs/x") == [1])
    #expect(try store.delete("packs/x"))
    #expect(try !store.delete("packs/x"))
    #expect(try store.status(of: "packs/x") == nil)
    #expect(try store.putIfAbsent("packs/x", [[2]]))
    #expect(try store.get("packs/x") == [2])
  }

  @Test func `an upload shows nothing before its commit and leaves nothing when abandoned`() throws
  {
    let disk = MemoryDisk()
    let store = LocalObjectStore(disk: disk)
    let upload = try store.begin()
    let large = [UInt8](repeating: 7, count: 300 << 10)
    for piece in [[1], large, [2], [3]] { try upload.append(piece) }
    #expect(try store.list("packs/") == [])
    #expect(try upload.commit(as: "packs/x"))
    #expect(try store.get("packs/x") == [1] + large + [2, 3])
    try store.begin().append([1])
    let abandoned = try store.begin()
    abandoned.abandon()
    abandoned.abandon()
    #expect(try store.list("tmp/") == [])
  }

  @Test func `few files stay open, and all are closed in the end`() throws {
    let disk = MemoryDisk()
    do {
      let store = LocalObjectStore(disk: disk, openFileLimit: 3)
      for index in 0..<10 { _ = try store.putIfAbsent("packs/\(index)", [[UInt8(index)]]) }
      for index in 0..<10 { #expect(try store.get("packs/\(index)") == [UInt8(index)]) }
      #expect(disk.openFileCount == 3)
    }
    #expect(disk.openFileCount == 0)
  }

  @Test func `a file that gc has in hand is there for all who read, and touched it stays`() throws {
    let disk = MemoryDisk()
    let store = LocalObjectStore(disk: disk)
    let names = [Digest(hashing: [1]), Digest(hashing: [2])].flatMap {
      [StoreLayout.packName($0), StoreLayout.fileName($0)]
    }
    for name in names { #expect(try store.putIfAbsent(name, [Array(name.utf8)])) }
    _ = try disk.makeDirectory("tmp")
    for name in names { try disk.rename(name, to: StoreLayout.collectedName(name)) }
    let reader = LocalObjectStore(disk: disk)
    #expect(try reader.list(StoreLayout.packs) == names.filter { $0.hasPrefix("packs/") }.sorted())
    #expect(try reader.list(StoreLayout.files) == names.filter { $0.hasPrefix("files/") }.sorted())
    for name in names {
      #expect(try reader.get(name) == Array(name.utf8))
      #expect(try reader.status(of: name)?.byteCount == name.utf8.count)
    }
    try reader.touch(names[0])
    #expect(try disk.status(of: names[0]) != nil)
    for name in names.dropFirst() { #expect(try disk.status(of: name) == nil) }
    withExtendedLifetime(try reader.collecting()) {}
    for name in names { #expect(try disk.status(of: name) != nil) }
    #expect(try reader.list(StoreLayout.temporaries) == [StoreLayout.collectionLock])
  }
}
