import Glibc
import Model
import Objects
import Synchronization
import TestSupport
import Testing

/// Whatever happens at whichever change of the disk, a file is there whole or not at all.
@Suite struct PutCrashTests {
  private static let name = "log/metrics/00000000000000000001.pack"
  private static let earlier = "packs/earlier.pack"
  private static let content = [[UInt8]](repeating: [1, 2, 3, 4, 5], count: 3)

  /// The number of changes that a first put makes, for each of which there is a test.
  private static let changes: [Int] = {
    let disk = FaultyDisk(MemoryDisk())
    _ = try? LocalObjectStore(disk: disk).putIfAbsent(name, content)
    return Array(0..<disk.changeCount)
  }()

  private static func memoryWithEarlierFile() throws -> MemoryDisk {
    let memory = MemoryDisk()
    _ = try LocalObjectStore(disk: memory).putIfAbsent(earlier, [[9]])
    return memory
  }

  private static func expectAbsentOrWhole(_ disk: MemoryDisk) throws {
    let store = LocalObjectStore(disk: disk)
    #expect(try store.get(earlier) == [9])
    if try store.status(of: name) != nil {
      #expect(try store.get(name) == content.flatMap { $0 })
    }
    for name in try store.list("") where !name.hasPrefix(StoreLayout.temporaries) {
      #expect(name == Self.name || name == earlier)
    }
    // Whatever is left behind does not stand in the way of trying again.
    _ = try store.putIfAbsent(name, content)
    #expect(try store.get(name) == content.flatMap { $0 })
  }

  @Test func `a put makes some changes`() {
    #expect(Self.changes.count >= 8)
  }

  @Test(arguments: changes, [false, true])
  func `a failure leaves the file absent or whole`(_ change: Int, isFull: Bool) throws {
    let memory = try Self.memoryWithEarlierFile()
    let faulty = FaultyDisk(memory, at: change, isFull ? .diskFull : .failure)
    let store = LocalObjectStore(disk: faulty)
    let outcome = Result { try store.putIfAbsent(Self.name, Self.content) }
    if case .success(let isNew) = outcome {
      // Only what comes after the name is durable may fail unnoticed.
      #expect(isNew)
      #expect(try LocalObjectStore(disk: memory.crashed()).get(Self.name).count == 15)
    }
    #expect(memory.openFileCount == 0)
    try Self.expectAbsentOrWhole(memory)
    try Self.expectAbsentOrWhole(memory.crashed())
  }

  @Test(arguments: changes)
  func `a power cut leaves the file absent or whole`(_ change: Int) throws {
    let memory = try Self.memoryWithEarlierFile()
    let states = Mutex<[MemoryDisk]>([])
    let faulty = FaultyDisk(
      memory, at: change,
      .call {
        let cuts = [memory.crashed()] + (0..<20).map { memory.crashed(seed: $0) }
        states.withLock { $0 = cuts }
      })
    _ = try LocalObjectStore(disk: faulty).putIfAbsent(Self.name, Self.content)
    for state in states.withLock({ $0 }) { try Self.expectAbsentOrWhole(state) }
  }

  @Test(arguments: changes, [false, true])
  func `a process killed at any change leaves the file absent or whole`(
    _ change: Int, isAfter: Bool
  ) async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, change, isAfter] in
      let disk = FaultyDisk(
        PosixDisk(root: path), at: change, isAfter ? .killAfter : .killBefore)
      _ = try LocalObjectStore(disk: disk).putIfAbsent(Self.name, Self.content)
    }
    let store = LocalObjectStore(disk: PosixDisk(root: path))
    if try store.status(of: Self.name) != nil {
      #expect(try store.get(Self.name) == Self.content.flatMap { $0 })
    }
    #expect(try store.list(StoreLayout.temporaries).count <= 1)
    _ = try store.putIfAbsent(Self.name, Self.content)
    #expect(try store.get(Self.name) == Self.content.flatMap { $0 })
  }

  @Test func `what was put survives a power cut`() throws {
    let memory = MemoryDisk()
    let store = LocalObjectStore(disk: memory)
    _ = try store.putIfAbsent(Self.name, Self.content)
    for crashed in [memory.crashed()] + (0..<50).map({ memory.crashed(seed: $0) }) {
      #expect(try LocalObjectStore(disk: crashed).get(Self.name) == Self.content.flatMap { $0 })
    }
  }

  @Test func `what somebody else put, but did not sync, is durable once a put says it exists`()
    throws
  {
    let memory = MemoryDisk()
    // Another process made the folders, linked the file and died before syncing any folder.
    _ = try memory.makeDirectory("log")
    _ = try memory.makeDirectory("log/metrics")
    let file = try memory.create(Self.name)
    try memory.write([1], to: file)
    try memory.sync(file)
    memory.close(file)
    #expect(try !LocalObjectStore(disk: memory).putIfAbsent(Self.name, Self.content))
    #expect(try LocalObjectStore(disk: memory.crashed()).get(Self.name) == [1])
  }
}
