import Model
import Objects
import TestSupport
import Testing

/// Files that come in parts become objects of any store.
@Suite struct PartialUploadTests {
  /// Where the parts wait, and where the whole file goes.
  enum Kind: CaseIterable {
    /// In the folder that the store is in, on a real disk.
    case folder
    /// The same on a disk in memory.
    case memoryFolder
    /// On a real disk, beside a store without one.
    case scratch
    /// On a disk in memory, beside a store without one.
    case memoryScratch
  }

  struct Fixture {
    let store: any ObjectStore
    let uploads: PartialUploads
    let disk: any Disk
    private let directory: TemporaryDirectory?

    init(_ kind: Kind) throws {
      directory = kind == .folder || kind == .scratch ? try TemporaryDirectory() : nil
      disk = directory.map { PosixDisk(root: $0.path) } ?? MemoryDisk()
      if kind == .folder || kind == .memoryFolder {
        let local = LocalObjectStore(disk: disk)
        uploads = PartialUploads(within: local)
        store = local
      } else {
        store = MemoryObjectStore()
        uploads = PartialUploads(over: disk, into: store)
      }
    }
  }

  private static let part = "uploads/x.part"
  private static let name = StoreLayout.fileName(Digest(hashing: [1]))

  @Test(arguments: Kind.allCases)
  func `parts add up, whoever writes them, and become a file`(_ kind: Kind) throws {
    let fixture = try Fixture(kind)
    let uploads = fixture.uploads
    #expect(try uploads.byteCount(of: Self.part) == nil)
    // More than is copied at a time.
    let large = (0..<(5 << 18) + 17).map { UInt8(truncatingIfNeeded: $0 / 3) }
    for piece in [[1, 2, 3], large, []] {
      let upload = try uploads.resume(Self.part)
      try upload.append(piece)
      #expect(try fixture.store.status(of: Self.name) == nil)
    }
    #expect(try uploads.byteCount(of: Self.part) == large.count + 3)
    let upload = try uploads.resume(Self.part)
    #expect(upload.byteCount == large.count + 3)
    #expect(try upload.read(at: 1, count: 4) == [2, 3] + large.prefix(2))
    #expect(try upload.read(at: upload.byteCount, count: 4) == [])
    #expect(try upload.commit(as: Self.name))
    #expect(try fixture.store.get(Self.name) == [1, 2, 3] + large)
    #expect(try uploads.byteCount(of: Self.part) == nil)
    withExtendedLifetime(fixture) {}
  }

  @Test(arguments: Kind.allCases)
  func `a file that is there already stays, and the parts go`(_ kind: Kind) throws {
    let fixture = try Fixture(kind)
    _ = try fixture.store.putIfAbsent(Self.name, [[9]])
    let upload = try fixture.uploads.resume(Self.part)
    try upload.append([1])
    #expect(try !upload.commit(as: Self.name))
    #expect(try fixture.store.get(Self.name) == [9])
    #expect(try fixture.uploads.byteCount(of: Self.part) == nil)
    #expect(try fixture.disk.list("uploads") == [])
    withExtendedLifetime(fixture) {}
  }

  @Test(arguments: Kind.allCases)
  func `parts have one writer at a time, and an abandoned upload begins anew`(
    _ kind: Kind
  ) throws {
    let fixture = try Fixture(kind)
    let uploads = fixture.uploads
    let upload = try uploads.resume(Self.part)
    try upload.append([1, 2])
    #expect { _ = try uploads.resume(Self.part) } throws: {
      ($0 as? StoreError)?.kind == .conflict
    }
    upload.abandon()
    #expect(try uploads.resume(Self.part).byteCount == 0)
    withExtendedLifetime(fixture) {}
  }
}
