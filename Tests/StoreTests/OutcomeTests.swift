import Columns
import Formats
import Model
import Objects
import Store
import TestSupport
import Testing

/// What is told of a change is what became of it: every call of every kind of change is failed once
/// and from then on, and repeated afterwards.
@Suite(.tags(.slow), .unlessFast) struct OutcomeTests {
  /// A kind of change.
  struct Change: Sendable, CustomStringConvertible {
    let description: String
    /// How many records it adds to the logs.
    let records: Int
    /// Every how many calls one is failed: of many alike not all.
    var step = 1
    let prepare: @Sendable (Store) throws -> Void
    let make: @Sendable (Store) throws -> Void
    /// Checks that it was made, once.
    let check: @Sendable (Store) throws -> Void
  }

  static let changes: [Change] = [
    Change(
      description: "push", records: 1,
      prepare: { try $0.pushLines("{\"n\":1}\n") },
      make: {
        try $0.pushLines("{\"n\":2}\n") {
          $0.mode = .append
          $0.idempotencyKey = "k"
        }
      },
      check: { store in
        let lines = try store.lines()
        #expect(lines == ["{\"n\":1}", "{\"n\":2}"])
      }),
    Change(
      description: "append and seal", records: 1,
      prepare: { try $0.pushLines("{\"n\":1}\n") },
      make: { store in
        let live = try LiveAppender(store)
        if let failure = live.failures.first { throw failure.value }
        try live.take("{\"n\":2}", key: "k")
        _ = try live.seal(DatasetName("d"))
      },
      check: { store in
        let lines = try store.lines()
        #expect(lines == ["{\"n\":1}", "{\"n\":2}"])
      }),
    Change(
      description: "seal", records: 1,
      prepare: { store in
        try store.pushLines("{\"n\":1}\n")
        try LiveAppender(store).take("{\"n\":2}", key: "k")
      },
      make: { store in
        let live = try LiveAppender(store)
        if let failure = live.failures.first { throw failure.value }
        _ = try live.seal(DatasetName("d"))
      },
      check: { store in
        let lines = try store.lines()
        #expect(lines == ["{\"n\":1}", "{\"n\":2}"])
      }),
    Change(
      description: "tag", records: 1,
      prepare: { try $0.pushLines("{\"n\":1}\n") },
      make: { store in
        let version = try store.resolve(Reference(parsing: "d"))
        try store.tag(version.dataset, "t", to: version, author: "ann")
      },
      check: { store in
        let count = try store.log(of: DatasetName("d")).count
        #expect(count == 2)
      }),
    Change(
      description: "deploy", records: 1,
      prepare: { try $0.pushLines("{\"n\":1}\n") },
      make: { store in
        _ = try store.deploy(DatasetName("d"), author: "ann") { known throws(StoreError) in
          guard known.isEmpty else { throw StoreError(.conflict, "it is live already") }
          return DeploymentRecord(number: 1, previous: nil, reason: .activate, message: "")
        }
      },
      check: { store in
        let count = try store.deployments(of: DatasetName("d")).count
        #expect(count == 1)
      }),
    Change(
      description: "gc", records: 0, step: 5,
      prepare: { store in
        for number in 0..<32 { try store.pushLines("{\"n\":\(number)}\n") }
        _ = try store.putFile(MemorySource(name: "x", bytes: [1, 2, 3]))
      },
      make: { _ = try $0.collectGarbage(apply: true, graceSeconds: 0) },
      check: { store in
        let lines = try store.lines()
        let hasFile = try store.hasFile(Digest(hashing: [1, 2, 3]))
        #expect(lines == ["{\"n\":31}"] && !hasFile)
      }),
    Change(
      description: "files", records: 0,
      prepare: { try $0.pushLines("{\"n\":1}\n") },
      make: { _ = try $0.putFile(MemorySource(name: "x", bytes: [1, 2, 3])) },
      check: { store in
        let hasFile = try store.hasFile(Digest(hashing: [1, 2, 3]))
        #expect(hasFile)
      }),
  ]

  /// How calls fail: the disk's own ways, and an answer that is lost after the call was made.
  static let faults: [(FaultyDisk.Fault, isLasting: Bool)] = [
    (.refusal(.unavailable), false), (.refusal(.unavailable), true), (.refusal(.exhausted), false),
    (.refusal(.denied), true), (.lostAnswer, false), (.diskFull, true),
  ]

  private func prepared(_ change: Change) throws -> MemoryDisk {
    let disk = MemoryDisk()
    try Store.create(path: "/nowhere", disk: disk)
    try change.prepare(try Store(path: "/nowhere", disk: disk))
    return disk
  }

  /// The names of all log files.
  private func logs(_ disk: MemoryDisk) throws -> [String] {
    try LocalObjectStore(disk: disk).list(StoreLayout.logs)
  }

  /// Each call meets with one fault in each run, with another in the next.
  @Test(arguments: changes, [0, 3])
  func `a failed change was not made or says that it may be, and repeating it makes it once`(
    change: Change, run: Int
  ) throws {
    let prepared = try prepared(change)
    let before = try logs(prepared)
    let sound = FaultyDisk(prepared.crashed(), countsReads: true)
    try change.make(try Store(path: "/nowhere", disk: sound))
    #expect(sound.changeCount > 5)
    for number in stride(from: 0, to: sound.changeCount, by: change.step) {
      let (kind, isLasting) = Self.faults[(number / change.step + run) % Self.faults.count]
      // Everything is durable by now, so this is a copy.
      let disk = prepared.crashed()
      let faulty = FaultyDisk(
        disk, at: number, kind, isLasting: isLasting, countsReads: true)
      let outcome = Result { try change.make(try Store(path: "/nowhere", disk: faulty)) }
      let after = try logs(disk)
      let place = "call \(number), \(kind), \(isLasting)"
      switch outcome {
      case .success: #expect(after.count == before.count + change.records, "\(place)")
      case .failure(let error as StoreError):
        if after != before || error.detail == .mayBeSaved {
          #expect(error.detail == .mayBeSaved, "\(place): \(error)")
          #expect(error.message.contains("may be saved"), "\(place): \(error)")
          #expect(!error.message.contains("try again"), "\(place): \(error)")
        }
      case .failure(let error): Issue.record("\(place): \(error)")
      }
      let store = try Store(path: "/nowhere", disk: disk)
      do {
        try change.make(store)
      } catch let error as StoreError where error.kind == .conflict {
        // It says that it was made.
      }
      try change.check(store)
      if number.isMultiple(of: 8) { #expect(try store.verify().damage == [], "\(place)") }
    }
  }
}
