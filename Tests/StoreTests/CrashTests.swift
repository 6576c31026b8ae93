import Foundation
import Model
import Objects
import Store
import TestSupport
import Testing

/// Stops a push at each of its system calls that change the disk and looks at what is left.
@Suite(.tags(.slow), .unlessFast) struct CrashTests {
  /// More changes than a small commit makes; those beyond its last do not happen.
  static let changes = 0..<14

  static func tables() -> (SampleTable, SampleTable, SampleTable) {
    var random = SeededGenerator(seed: 42)
    let first = SampleTable(count: 40, using: &random)
    let second = first.edited("second", using: &random)
    return (first, second, second.picking(Array(1..<second.count)))
  }

  /// Whatever happened: version 1 whole, version 2 whole or not there, and the next push works.
  private func checkAfterwards(_ store: Store, wasAnswered: Bool) throws {
    let (first, second, third) = Self.tables()
    let count = try store.versions(of: DatasetName("d")).count
    #expect(count == 2 || (count == 1 && !wasAnswered))
    #expect(try store.table("d@1").vectors == first.vectors)
    if count == 2 { #expect(try store.table("d@2").vectors == second.vectors) }
    #expect(try store.verify().damage == [])
    #expect(try store.push(third).version.number == count + 1)
    #expect(try store.table("d").vectors == third.vectors)
    #expect(try store.verify().damage == [])
  }

  @Test(arguments: changes, [false, true])
  func `a process killed at any change leaves the old or the new version whole`(
    change: Int, isAfter: Bool
  ) async throws {
    let temporary = try TemporaryStore()
    try temporary.store.push(Self.tables().0)
    let path = temporary.directory.path
    // Beyond the commit's last change the child ends by itself.
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = path as String, change, isAfter] in
      let disk = FaultyDisk(
        PosixDisk(root: path), at: change, isAfter ? .killAfter : .killBefore)
      try Store(path: path, disk: disk).push(CrashTests.tables().1)
      kill(getpid(), SIGKILL)
    }
    try checkAfterwards(try Store(path: path), wasAnswered: false)
  }

  @Test(arguments: changes, [FaultyDisk.Fault.failure, .diskFull])
  func `a failing disk at any change leaves the old or the new version whole`(
    change: Int, fault: FaultyDisk.Fault
  ) throws {
    let temporary = try TemporaryStore()
    try temporary.store.push(Self.tables().0)
    let path = temporary.directory.path
    let disk = FaultyDisk(PosixDisk(root: path), at: change, fault)
    let answer = try? Store(path: path, disk: disk).push(Self.tables().1)
    try checkAfterwards(try Store(path: path), wasAnswered: answer != nil)
  }

  @Test(arguments: changes)
  func `a power cut at any change leaves the old or the new version whole`(change: Int) throws {
    let memory = MemoryDisk()
    try Store.create(path: "/nowhere", disk: memory)
    try Store(path: "/nowhere", disk: memory).push(Self.tables().0)
    let disk = FaultyDisk(memory, at: change, .failure)
    let answer = try? Store(path: "/nowhere", disk: disk).push(Self.tables().1)
    // An answer may warn that a power cut may take the version, which is there for all to see.
    let isPromised = answer?.warnings == []
    for seed in 0..<4 {
      let after = seed == 0 ? memory.crashed() : memory.crashed(seed: UInt64(seed))
      try checkAfterwards(
        try Store(path: "/nowhere", disk: after), wasAnswered: isPromised)
    }
  }
}
