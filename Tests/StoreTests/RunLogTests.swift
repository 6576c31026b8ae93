import Formats
import Model
import Objects
import Store
import Synchronization
import TestSupport
import Testing

/// The journal of a run, with a disk that fails or loses power at each of its changes.
@Suite struct RunLogTests {
  /// More changes than the run below makes.
  static let changes = 0..<48

  private static func dataset() throws -> DatasetName { try DatasetName("triage") }

  private static func store() throws -> Store {
    let disk = MemoryDisk()
    try Store.create(path: "/nowhere", disk: disk)
    return try Store(path: "/nowhere", disk: disk)
  }

  private static func record(_ number: Int) -> [UInt8] {
    Array(#"{"n":\#(number)}"#.utf8) + [UInt8](repeating: UInt8(number), count: number * 70)
  }

  /// Keeps records one by one, then three at once, in two openings of the journal; returns the
  /// numbers of those that were acknowledged.
  @discardableResult
  static func run(_ store: Store, told: (Int) -> Void = { _ in }) async -> [Int] {
    var acknowledged: [Int] = []
    for opening in 0..<2 {
      guard let log = try? RunLog(store, dataset(), number: 2) else { continue }
      for number in opening * 6..<opening * 6 + 3 {
        guard (try? await log.append([record(number)])) != nil else { continue }
        acknowledged.append(number)
        told(number)
      }
      let last = Array(opening * 6 + 3..<opening * 6 + 6)
      guard (try? await log.append(last.map(record))) != nil else { continue }
      acknowledged += last
      last.forEach(told)
    }
    return acknowledged
  }

  /// Every acknowledged record is there, in order, and all that are there are whole.
  private func check(_ store: Store, acknowledged: [Int]) throws {
    let found = try RunLog.records(of: try Self.dataset(), number: 2, in: store)
    let all = (0..<12).map(Self.record)
    let numbers = found.compactMap { bytes in all.firstIndex(of: bytes) }
    #expect(numbers.count == found.count)
    #expect(numbers == numbers.sorted())
    #expect(numbers.filter { acknowledged.contains($0) } == acknowledged)
    // The journal can be written on.
    _ = try RunLog(store, try Self.dataset(), number: 2)
  }

  @Test func `records come back in their order, each once, and the journal is removed`()
    async throws
  {
    let disk = FaultyDisk(MemoryDisk())
    try Store.create(path: "/nowhere", disk: disk)
    let store = try Store(path: "/nowhere", disk: disk)
    let before = disk.changeCount
    #expect(await Self.run(store) == Array(0..<12))
    #expect(disk.changeCount - before <= Self.changes.count)
    #expect(disk.changeCount - before > 20)
    let dataset = try Self.dataset()
    #expect(
      try RunLog.records(of: dataset, number: 2, in: store) == (0..<12).map(Self.record))
    #expect(try RunLog.unfinished(dataset, in: store) == [2])
    #expect(try RunLog.records(of: dataset, number: 1, in: store).isEmpty)
    let log = try RunLog(store, dataset, number: 2)
    try log.remove()
    #expect(try RunLog.unfinished(dataset, in: store).isEmpty)
    #expect(try store.verify().damage == [])
  }

  @Test func `records that come at once are all kept`() async throws {
    let store = try Self.store()
    let log = try RunLog(store, try Self.dataset(), number: 1)
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        group.addTask { try? await log.append([Array("\(number)".utf8)]) }
      }
    }
    let found = try RunLog.records(of: try Self.dataset(), number: 1, in: store)
    let numbers = found.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    #expect(numbers.sorted() == Array(0..<200))
    #expect(found.count == 200)
  }

  @Test func `a file that an outcome names is not collected before it is in a version`()
    async throws
  {
    let temporary = try TemporaryStore()
    let store = temporary.store
    let kept = try store.putFile(MemorySource(name: "f", bytes: [1])).file.digest
    let other = try store.putFile(MemorySource(name: "f", bytes: [2])).file.digest
    let log = try RunLog(store, try Self.dataset(), number: 1)
    try await log.append([Array(#"{"columns":{"file":{"digest":"\#(kept)"}}}"#.utf8)])
    let report = try store.collectGarbage(apply: true, graceSeconds: -5)
    #expect(report.files.map(\.name) == [StoreLayout.fileName(other)])
    #expect(try store.hasFile(kept))
  }

  @Test func `one process at a time executes a run into a dataset, and is asked to end`()
    throws
  {
    let store = try Self.store()
    let dataset = try Self.dataset()
    #expect(try !RunLog.cancel(dataset, in: store))
    let log = try RunLog(store, dataset, number: 1)
    let error = #expect(throws: StoreError.self) { try RunLog(store, dataset, number: 2) }
    #expect(error?.kind == .conflict)
    #expect(!log.isCancelled)
    #expect(try RunLog.cancel(dataset, in: store))
    #expect(log.isCancelled)
    try log.forgetCancel()
    #expect(!log.isCancelled)
  }

  @Test(arguments: changes, [FaultyDisk.Fault.failure, .diskFull])
  func `a failing disk loses no acknowledged record`(
    change: Int, fault: FaultyDisk.Fault
  ) async throws {
    let memory = MemoryDisk()
    try Store.create(path: "/nowhere", disk: memory)
    let disk = FaultyDisk(memory, at: change, fault)
    let acknowledged = await Self.run(try Store(path: "/nowhere", disk: disk))
    try check(try Store(path: "/nowhere", disk: memory.crashed()), acknowledged: acknowledged)
  }

  /// The disk and the acknowledged records at the moment of a power cut.
  private final class Cut: Sendable {
    private let state = Mutex<(told: [Int], disk: MemoryDisk?, kept: [Int])>(([], nil, []))

    func acknowledge(_ number: Int) { state.withLock { $0.told.append(number) } }

    func cut(_ disk: MemoryDisk) {
      state.withLock {
        $0.disk = disk
        $0.kept = $0.told
      }
    }

    var result: (disk: MemoryDisk, acknowledged: [Int])? {
      state.withLock { state in state.disk.map { ($0, state.kept) } }
    }
  }

  @Test(arguments: changes)
  func `a power cut at any change loses no acknowledged record`(change: Int) async throws {
    for seed in 0..<4 {
      let memory = MemoryDisk()
      try Store.create(path: "/nowhere", disk: memory)
      let cut = Cut()
      let disk = FaultyDisk(
        memory, at: change,
        .call { cut.cut(seed == 0 ? memory.crashed() : memory.crashed(seed: UInt64(seed))) })
      await Self.run(try Store(path: "/nowhere", disk: disk)) { cut.acknowledge($0) }
      guard let (after, acknowledged) = cut.result else { continue }
      try check(try Store(path: "/nowhere", disk: after), acknowledged: acknowledged)
    }
  }

  @Test func `a flipped bit in an acknowledged record is damage`() async throws {
    let memory = MemoryDisk()
    try Store.create(path: "/nowhere", disk: memory)
    let store = try Store(path: "/nowhere", disk: memory)
    await Self.run(store)
    let name = StoreLayout.runName(try Self.dataset(), number: 2, sequence: 1)
    let file = try memory.open(name)
    var bytes = try memory.read(file, at: 0, count: 1 << 20)
    bytes[120] ^= 4
    try memory.unlink(name)
    try memory.write(bytes, to: try memory.create(name))
    let error = #expect(throws: StoreError.self) {
      try RunLog.records(of: try Self.dataset(), number: 2, in: store)
    }
    #expect(error?.kind == .corrupt)
  }
}
