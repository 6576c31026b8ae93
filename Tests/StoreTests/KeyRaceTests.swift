import Dispatch
import Formats
import Foundation
import Model
import Objects
import Store
import Synchronization
import TestSupport
import Testing

/// Two requests with one idempotency key at once, by two processes: one of them is taken.
@Suite(.tags(.slow), .unlessFast) struct KeyRaceTests {
  /// A kind of request with the key `k`.
  enum Request: CaseIterable {
    /// A push of what is there, and another that asks for the same with other words.
    case unchanged, alsoUnchanged
    case push, otherPush
    case rows

    /// Whether it was taken: false for one that the key stands for no more.
    func isTaken(_ store: Store, _ live: LiveAppender?) throws -> Bool {
      do {
        switch self {
        case .unchanged: try Self.push("{\"n\":1}\n", "a", store)
        case .alsoUnchanged: try Self.push("{\"n\":1}\n", "b", store)
        case .push: try Self.push("{\"n\":2}\n", "c", store)
        case .otherPush: try Self.push("{\"n\":3}\n", "d", store)
        case .rows: try live?.take(#"{"n":4}"#, key: "k")
        }
        return true
      } catch let error as StoreError where error.detail == .keyReused {
        return false
      }
    }

    private static func push(_ text: String, _ request: String, _ store: Store) throws {
      try store.pushLines(text) {
        $0.idempotencyKey = "k"
        $0.request = Digest(hashing: Array(request.utf8))
      }
    }
  }

  /// A disk with a store of one version.
  private static func disk() throws -> MemoryDisk {
    let disk = MemoryDisk()
    try Store.create(path: "/nowhere", disk: disk)
    try Store(path: "/nowhere", disk: disk).pushLines("{\"n\":1}\n")
    return disk
  }

  private static func appender(_ request: Request, _ store: Store) throws -> LiveAppender? {
    request == .rows ? try LiveAppender(store) : nil
  }

  /// How often the key was used.
  private static func uses(_ disk: MemoryDisk) throws -> Int {
    let store = try Store(path: "/nowhere", disk: disk)
    let name = try DatasetName("d")
    var uses = try store.version(of: name, idempotencyKey: "k") == nil ? 0 : 1
    let answer = StoreLayout.answerName(name, key: "k")
    if try LocalObjectStore(disk: disk).status(of: answer) != nil { uses += 1 }
    return try uses + LiveAppender(store).waitingRows(of: name)
  }

  @Test(arguments: Request.allCases, Request.allCases)
  func `of two requests with one key one is taken, whenever the other comes`(
    first: Request, second: Request
  ) throws {
    guard first != second || first == .unchanged || first == .push else { return }
    var call = 0
    while true {
      let memory = try Self.disk()
      let rivalOutcome = Mutex<Result<Bool, any Error>?>(nil)
      // The rival has done its work, or comes to where it may have to wait for us.
      let reached = DispatchSemaphore(value: 0)
      let ended = DispatchSemaphore(value: 0)
      let other = try Store(
        path: "/nowhere", disk: HookedDisk(memory, holding: { reached.signal() }) {})
      let otherLive = try Self.appender(second, other)
      let disk = HookedDisk(memory, before: call) {
        // A thread of its own: those of a pool may all be waiting here.
        Thread.detachNewThread {
          let outcome = Result { try second.isTaken(other, otherLive) }
          rivalOutcome.withLock { $0 = outcome }
          reached.signal()
          ended.signal()
        }
        reached.wait()
      }
      let ownTaken: Bool
      do {
        let store = try Store(path: "/nowhere", disk: disk)
        guard first != .rows || second != .rows else { return }
        let live = try Self.appender(first, store)
        ownTaken = try first.isTaken(store, live)
      }
      guard disk.callCount > call else { return }
      ended.wait()
      withExtendedLifetime(otherLive) {}
      let outcome = try #require(rivalOutcome.withLock { $0 })
      let rivalTaken = try outcome.get()
      // A request that comes twice is answered twice.
      #expect(ownTaken && rivalTaken == (first == second) || ownTaken != rivalTaken, "call \(call)")
      if second != .rows { #expect(try Self.uses(memory) == 1, "call \(call)") }
      call += 1
    }
  }
}
