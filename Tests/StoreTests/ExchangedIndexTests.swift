import Foundation
import GRDB
import Model
import Objects
import Store
import TestSupport
import Testing

/// The files of an index that is open are removed, cut short or written over by others: the store
/// answers as if nothing had happened.
@Suite(.tags(.slow), .unlessFast) struct ExchangedIndexTests {
  private static let suffixes = ["", "-wal", "-shm"]

  private static func unlinkIndex(_ path: String, _ which: Int) {
    for (bit, suffix) in suffixes.enumerated() where which >> bit & 1 == 1 {
      unsafe unlink(path + "/" + StoreLayout.indexFile + suffix)
    }
  }

  @Test(arguments: 1..<8, [false, true])
  func `whichever files are removed, all who have the store open answer and commit`(
    which: Int, isInTurn: Bool
  ) throws {
    var history = try History(seed: 11)
    let stores = try (0..<3).map { _ in try Store(path: history.path) }
    for store in stores { try history.push(to: "a", in: store) }
    for round in 0..<3 {
      Self.unlinkIndex(history.path, which)
      // In turn they are removed again, while some have them open and some do not.
      for (number, store) in stores.enumerated() {
        if isInTurn, number == 1 { Self.unlinkIndex(history.path, 7 ^ which) }
        try history.push(to: "a", in: store)
        try history.push(to: "b\(number)", sharedWith: "a", in: store)
      }
      let comment: Comment = "files \(which), round \(round)"
      for store in stores { try history.check(store, comment, withVerify: round == 2) }
      try history.check(try Store(path: history.path), comment)
    }
  }

  @Test func `a commit beside a removed index has no warning`() throws {
    let temporary = try TemporaryStore()
    for number in 0..<8 {
      Self.unlinkIndex(temporary.directory.path, number)
      let pushed = try temporary.store.pushLines("{\"n\":\(number)}\n")
      #expect(pushed.isNew && pushed.warnings == [], "files \(number)")
    }
  }

  @Test func `files that are cut short while they are open end no process`() async throws {
    await #expect(processExitsWith: .success) {
      var history = try History(seed: 12)
      let stores = try (0..<2).map { _ in try Store(path: history.path) }
      for suffix in ["-shm", "-wal", ""] {
        for store in stores {
          for length in [0, 100] {
            try history.push(to: "a", in: store)
            unsafe truncate(history.path + "/" + StoreLayout.indexFile + suffix, off_t(length))
            for store in stores { try history.check(store, "\(suffix) of \(length) bytes") }
          }
        }
      }
    }
  }

  /// The index is at every point of a read made what it was some records ago, by pages that another
  /// process writes into the same file.
  @Test(arguments: 0..<24)
  func `an index that is set back between two questions is no broken log`(_ call: Int) throws {
    var history = try History(seed: 13)
    let path = history.path
    do {
      let store = try Store(path: path)
      for _ in 0..<2 { try history.push(to: "a", in: store) }
    }
    let old = path + ".old"
    defer { try? FileManager.default.removeItem(atPath: old) }
    let file = path + "/" + StoreLayout.indexFile
    try DatabaseQueue(path: file).backup(to: DatabaseQueue(path: old))
    do {
      let store = try Store(path: path)
      for _ in 0..<3 { try history.push(to: "a", in: store) }
    }
    let disk = HookedDisk(PosixDisk(root: path), before: call) {
      #expect(throws: Never.self) {
        try DatabaseQueue(path: old).backup(to: DatabaseQueue(path: file))
      }
    }
    let store = try Store(path: path, disk: disk)
    #expect(try store.resolve(Reference(parsing: "a")).number == 5, "call \(call)")
    #expect(try store.datasets().map(\.text) == ["a"])
    // What this one has not read yet comes from somebody else.
    try history.push(to: "a", in: try Store(path: path))
    #expect(try store.resolve(Reference(parsing: "a")).number == 6, "call \(call)")
    try history.check(try Store(path: path), "call \(call), opened after")
  }

  @Test func `a log that is broken itself is said to be`() throws {
    let temporary = try TemporaryStore()
    for number in 0..<3 { try temporary.store.pushLines("{\"n\":\(number)}\n") }
    let other = try TemporaryStore()
    for number in 0..<4 { try other.store.pushLines("{\"m\":\(number)}\n") }
    let name = StoreLayout.logName(try DatasetName("d"), 4)
    try FileManager.default.copyItem(
      atPath: other.directory.path + "/" + name, toPath: temporary.directory.path + "/" + name)
    for store in [temporary.store, try temporary.reopened()] {
      let error = #expect(throws: StoreError.self) { try store.resolve(Reference(parsing: "d")) }
      #expect(error?.kind == .corrupt)
      #expect(error?.message.contains("the log of d is broken at record 4") == true)
    }
  }
}
