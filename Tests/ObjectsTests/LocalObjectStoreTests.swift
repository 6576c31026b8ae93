import Model
import Objects
import TestSupport
import Testing

@Suite struct LocalObjectStoreTests {
  private static let name = "log/metrics/00000000000000000001.pack"

  @Test func `an upload that ends leaves no temporary file`() throws {
    let store = LocalObjectStore(disk: MemoryDisk())
    _ = try store.putIfAbsent(Self.name, [[1, 2], [], [3, 4]])
    let upload = try store.begin()
    try upload.append([UInt8](repeating: 7, count: 300 << 10))
    #expect(try upload.commit(as: "packs/x"))
    try store.begin().append([1])
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
