import Foundation
import Formats
import Model
import Objects
import Store
import TestSupport
import Testing

/// Stops live append at each of its changes of the disk and looks at what is left.
@Suite(.tags(.slow), .unlessFast) struct LiveCrashTests {
  /// More changes than the run below makes.
  static let changes = 0..<80

  /// Appends and seals some rows, sending a failed request once again with its key; returns the
  /// numbers that were acknowledged.
  @discardableResult
  static func run(_ store: Store, told: (Int) -> Void = { _ in }) -> [Int] {
    guard let live = try? LiveAppender(store) else { return [] }
    var acknowledged: [Int] = []
    for number in 0..<6 {
      for _ in 0..<2 {
        guard (try? live.take(#"{"n":\#(number)}"#, key: "k\(number)")) != nil else { continue }
        acknowledged.append(number)
        told(number)
        break
      }
      if number == 2 || number == 4 { _ = try? live.seal(try DatasetName("d")) }
    }
    return acknowledged
  }

  /// Each acknowledged row is there exactly once, and no other twice.
  static func check(_ store: Store, acknowledged: [Int]) throws {
    let live = try LiveAppender(store)
    #expect(live.failures.isEmpty)
    for (_, outcome) in live.sealAll() { _ = try outcome.get() }
    let numbers = try store.lines().compactMap { Int($0.dropFirst(5).dropLast()) }
    #expect(Set(numbers).count == numbers.count, "\(numbers)")
    #expect(numbers.filter { acknowledged.contains($0) } == acknowledged)
    // Whoever repeats a request now, gets no second row.
    for number in acknowledged { try live.take(#"{"n":\#(number)}"#, key: "k\(number)") }
    #expect(live.waitingRows(of: try DatasetName("d")) == 0)
    #expect(try store.verify().damage == [])
  }

  /// Adds a byte to a file outside the store: what was acknowledged, as a client would know it.
  static func tell(_ number: Int, _ path: String) {
    let log = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    var byte = UInt8(number)
    _ = unsafe write(log, &byte, 1)
    close(log)
  }

  @Test func `the run makes fewer changes than are tried`() throws {
    let disk = FaultyDisk(MemoryDisk())
    try Store.create(path: "/nowhere", disk: disk)
    let before = disk.changeCount
    #expect(Self.run(try Store(path: "/nowhere", disk: disk)) == Array(0..<6))
    #expect(disk.changeCount - before > 20)
    #expect(disk.changeCount - before <= Self.changes.count)
  }

  @Test(arguments: changes, [FaultyDisk.Fault.failure, .diskFull])
  func `a failing disk loses no acknowledged row and doubles none`(
    change: Int, fault: FaultyDisk.Fault
  ) throws {
    let memory = MemoryDisk()
    try Store.create(path: "/nowhere", disk: memory)
    let disk = FaultyDisk(memory, at: change, fault)
    let acknowledged = Self.run(try Store(path: "/nowhere", disk: disk))
    try Self.check(try Store(path: "/nowhere", disk: memory), acknowledged: acknowledged)
  }

  @Test(arguments: changes)
  func `a power cut at any change loses no acknowledged row and doubles none`(
    change: Int
  ) throws {
    for seed in 0..<4 {
      let memory = MemoryDisk()
      try Store.create(path: "/nowhere", disk: memory)
      // The state is that of the very moment; what the process does later is of no account.
      let state = CutState()
      let disk = FaultyDisk(
        memory, at: change,
        .call { state.cut(seed == 0 ? memory.crashed() : memory.crashed(seed: UInt64(seed))) })
      Self.run(try Store(path: "/nowhere", disk: disk)) { state.acknowledge($0) }
      guard let (after, acknowledged) = state.result else { continue }
      try Self.check(try Store(path: "/nowhere", disk: after), acknowledged: acknowledged)
    }
  }

  @Test(arguments: changes, [false, true])
  func `a process killed at any change loses no acknowledged row and doubles none`(
    change: Int, isAfter: Bool
  ) async throws {
    let temporary = try TemporaryStore()
    let path = temporary.directory.path
    // Beyond the last change the child ends by itself.
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = path as String, change, isAfter] in
      let disk = FaultyDisk(
        PosixDisk(root: path), at: change, isAfter ? .killAfter : .killBefore)
      LiveCrashTests.run(try Store(path: path, disk: disk)) { number in
        LiveCrashTests.tell(number, path + ".told")
      }
      kill(getpid(), SIGKILL)
    }
    let told = [UInt8]((try? Data(contentsOf: URL(fileURLWithPath: path + ".told"))) ?? Data())
    try? FileManager.default.removeItem(atPath: path + ".told")
    try Self.check(try Store(path: path), acknowledged: told.map { Int($0) })
  }
}
