import Columns
import Formats
import Foundation
import Model
import Objects
import Store
import Synchronization
import TestSupport
import Testing

@Suite struct DeploymentTests {
  private let folder: TemporaryDirectory
  private let store: Store
  private let rules: DatasetName

  init() throws {
    folder = try TemporaryDirectory()
    try Store.create(path: folder.path)
    store = try Store(path: folder.path)
    rules = try DatasetName("rules")
    for number in 1...3 {
      let line = Array("{\"number\":\(number)}\n".utf8)
      _ = try store.push(
        rules, try JSONReader(MemorySource(name: "x", bytes: line), layout: .lines))
    }
  }

  private func record(_ number: Int, over previous: Int?) -> DeploymentRecord {
    DeploymentRecord(number: number, previous: previous, reason: .activate, message: "")
  }

  @Test func `a deployment is read back as it was made, also by an index made anew`() throws {
    let snapshot = try store.resolve(Reference(dataset: rules)).snapshot
    let full = DeploymentRecord(
      number: 2, previous: 1, reason: .autoRollback, message: "m",
      backtest: VersionRecord.Lineage(dataset: rules, number: 3, snapshot: snapshot),
      override: "why",
      ramp: DeploymentRecord.Ramp(
        over: 1, steps: [100, 10_000], seconds: 60, salt: "s", fields: ["request.id"]))
    _ = try store.deploy(rules, author: "ann") { _ in record(1, over: nil) }
    let made = try store.deploy(rules, expected: 1, author: "bob") { _ in full }
    #expect(made.record == full && made.author == "bob" && made.sequence == 5)
    let known = try store.deployments(of: rules)
    #expect(known.first == made && known.count == 2)
    _ = try store.reindex()
    #expect(try store.deployments(of: rules) == known)
    #expect(try store.verify().damage == [])
    #expect(try store.resolve(Reference(dataset: rules)).number == 3)
  }

  @Test func `of two that deploy over the same version one wins, and the other is told by whom`()
    async throws
  {
    _ = try store.deploy(rules, author: "ann") { _ in record(1, over: nil) }
    let path = folder.path
    for round in 0..<20 {
      let live = try store.deployments(of: rules)[0].record.number
      let outcomes = Mutex<[String]>([])
      DispatchQueue.concurrentPerform(iterations: 4) { racer in
        do {
          let own = try Store(path: path)
          let number = 1 + (live + racer % 2) % 3
          _ = try own.deploy(rules, expected: live, author: "racer \(racer)") { _ in
            record(number, over: live)
          }
          outcomes.withLock { $0.append("won \(racer)") }
        } catch {
          outcomes.withLock { $0.append("\(error)") }
        }
      }
      let all = outcomes.withLock { $0 }
      let winner = try store.deployments(of: rules)[0].author
      #expect(all.count { $0.hasPrefix("won") } == 1, "round \(round): \(all)")
      #expect(all.filter { !$0.hasPrefix("won") }.allSatisfy { $0.contains(winner) }, "\(all)")
    }
    #expect(try store.deployments(of: rules).count == 21)
    #expect(try store.verify().damage == [])
  }

  @Test func `a change that a newer program made is told apart from damage`() throws {
    let log = "log/rules/00000000000000000004.pack"
    _ = try store.deploy(rules, author: "ann") { _ in record(1, over: nil) }
    let objects = LocalObjectStore(disk: PosixDisk(root: folder.path))
    let known = try PackReader.readIndex(objects, log)
    let entry = try #require(known.entries.first { $0.kind == .record })
    let stored = try objects.get(log, at: Int(entry.offset), count: entry.storedBytes)
    let raw = try ChunkDecoder().bytes(
      of: StoredChunk(bytes: stored, frames: entry.frames))
    let text = String(decoding: raw, as: UTF8.self).replacing(
      "\"deployment\"", with: "\"elsewhere\"")
    for (digest, kind) in [
      (Digest(hashing: Array(text.utf8)), StoreError.Kind.unavailable),
      (Digest(hashing: []), .corrupt),
    ] {
      var pack = try PackWriter()
      let frame = try Compressor().frame(Array(text.utf8))
      try pack.append(
        digest, .record, frames: [frame])
      try FileManager.default.removeItem(atPath: "\(folder.path)/\(log)")
      #expect(try objects.putIfAbsent(log, try pack.finish().pieces))
      for file in ["index.sqlite", "index.sqlite-wal", "index.sqlite-shm"] {
        try? FileManager.default.removeItem(atPath: "\(folder.path)/\(file)")
      }
      let error = #expect(throws: StoreError.self) {
        try Store(path: folder.path).deployments(of: rules)
      }
      #expect(error?.kind == kind, "\(error?.message ?? "")")
    }
  }

  /// More changes than a deployment makes; those beyond its last do not happen.
  static let changes = 0..<8

  private func checkAfterwards(_ store: Store, wasAnswered: Bool) throws {
    let known = try store.deployments(of: rules).map(\.record.number)
    #expect(known == [2, 1] || (known == [1] && !wasAnswered))
    let live = known[0]
    #expect(try store.verify().damage == [])
    _ = try store.deploy(rules, expected: live, author: "next") { _ in record(3, over: live) }
    #expect(try store.deployments(of: rules).first?.record.number == 3)
    #expect(try store.verify().damage == [])
  }

  @Test(arguments: changes, [false, true])
  func `a process killed at any change leaves the old or the new deployment live`(
    change: Int, isAfter: Bool
  ) async throws {
    _ = try store.deploy(rules, author: "ann") { _ in record(1, over: nil) }
    let path = folder.path
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = path as String, change, isAfter] in
      let disk = FaultyDisk(
        PosixDisk(root: path), at: change, isAfter ? .killAfter : .killBefore)
      _ = try Store(path: path, disk: disk).deploy(DatasetName("rules"), author: "bob") { _ in
        DeploymentRecord(number: 2, previous: 1, reason: .activate, message: "")
      }
      // Beyond the commit's last change the child ends by itself.
      kill(getpid(), SIGKILL)
    }
    try checkAfterwards(try Store(path: path), wasAnswered: false)
  }

  @Test(arguments: changes, [FaultyDisk.Fault.failure, .diskFull])
  func `a failing disk at any change leaves the old or the new deployment live`(
    change: Int, fault: FaultyDisk.Fault
  ) throws {
    _ = try store.deploy(rules, author: "ann") { _ in record(1, over: nil) }
    let disk = FaultyDisk(PosixDisk(root: folder.path), at: change, fault)
    let answer = try? Store(path: folder.path, disk: disk).deploy(rules, author: "bob") { _ in
      record(2, over: 1)
    }
    try checkAfterwards(try Store(path: folder.path), wasAnswered: answer != nil)
  }
}
