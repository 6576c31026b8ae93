import Model
import Objects
import TestSupport
import Testing

/// Every ``ObjectStore`` keeps the contract of all, and a folder that of those which can be
/// maintained.
@Suite struct ObjectStoreContractTests {
  /// The stores there are.
  enum Kind: CaseIterable {
    /// A `LocalObjectStore` on a real disk.
    case folder
    /// A `LocalObjectStore` on a disk in memory.
    case memoryFolder
    /// A `MemoryObjectStore`, which does as buckets do.
    case bucket
  }

  /// An empty store twice, and what must stay alive while it is used.
  struct Fixture {
    let store: any ObjectStore
    let other: any ObjectStore
    private let directory: TemporaryDirectory?

    init(_ kind: Kind) throws {
      directory = kind == .folder ? try TemporaryDirectory() : nil
      if kind == .bucket {
        store = MemoryObjectStore()
        other = store
      } else {
        let disk: any Disk = directory.map { PosixDisk(root: $0.path) } ?? MemoryDisk()
        store = LocalObjectStore(disk: disk)
        other = LocalObjectStore(disk: disk)
      }
    }
  }

  @Test(arguments: Kind.allCases, ObjectStoreContract.cases)
  func `an object store keeps its promises`(
    _ kind: Kind, _ promise: ObjectStoreContract.Case
  ) throws {
    let fixture = try Fixture(kind)
    try promise.check(fixture.store, other: fixture.other)
    withExtendedLifetime(fixture) {}
  }

  @Test(arguments: [Kind.folder, .memoryFolder], MaintainableObjectStoreContract.cases)
  func `a folder can be maintained`(
    _ kind: Kind, _ promise: MaintainableObjectStoreContract.Case
  ) throws {
    let fixture = try Fixture(kind)
    try promise.check(
      try #require(fixture.store as? any MaintainableObjectStore),
      other: try #require(fixture.other as? any MaintainableObjectStore))
    withExtendedLifetime(fixture) {}
  }
}
