import Foundation
import Glibc
import Model
import Objects
import Store
import TestSupport
import Testing

/// The files of the index are exchanged before any call that SQLite makes on them: the command that
/// makes the call, and those after it, answer as if nothing had happened.
@Suite(.tags(.slow), .unlessFast) struct IndexStepTests {
  /// What becomes of the index.
  enum Exchange: CaseIterable, Codable {
    case noDatabase, noLog, noLock, logAlone, databaseAlone, nothing
    case emptyDatabase, halfDatabase, emptyLog, halfLog
    case older, diverged, ofAnotherStore
    case writtenOverByOlder, writtenOverByAnotherStore
    case madeAnew
  }

  /// A command of the store, as one process runs it.
  enum Command: CaseIterable, Codable {
    case read, push, tag, verify
  }

  /// A store, and what may stand in the place of its index.
  struct Example {
    var history: History
    let older: IndexFiles
    let diverged: IndexFiles
    let ofAnotherStore: IndexFiles

    init() throws {
      history = try History(seed: 21)
      do {
        let store = try Store(path: history.path)
        try history.push(to: "a", in: store)
        try history.push(to: "b", in: store)
      }
      older = IndexFiles(of: history.path)
      var fork = try history.forked()
      do {
        let store = try Store(path: history.path)
        try history.push(to: "a", in: store)
        try history.push(to: "b", sharedWith: "a", in: store)
        try history.tag("a", "best", 1, in: store)
        try history.push(to: "c", sharedWith: "a", in: store)
        try history.push(to: "a", in: store)
      }
      do {
        let store = try Store(path: fork.place)
        try fork.push(to: "a", in: store)
        try fork.push(to: "c", sharedWith: "a", in: store)
      }
      diverged = IndexFiles(of: fork.place)
      var other = try History(seed: 22)
      do {
        let store = try Store(path: other.path)
        for name in ["a", "b", "d"] { try other.push(to: name, in: store) }
      }
      ofAnotherStore = IndexFiles(of: other.path)
    }

    func exchange(_ exchange: Exchange, in path: String) {
      let file = path + "/" + StoreLayout.indexFile
      func remove(_ suffixes: String...) { for end in suffixes { unsafe unlink(file + end) } }
      func cut(_ suffix: String, toHalf: Bool) {
        var status = stat()
        guard unsafe stat(file + suffix, &status) == 0 else { return }
        unsafe truncate(file + suffix, toHalf ? status.st_size / 2 : 0)
      }
      switch exchange {
      case .noDatabase: remove("")
      case .noLog: remove("-wal")
      case .noLock: remove("-shm")
      case .logAlone: remove("", "-shm")
      case .databaseAlone: remove("-wal", "-shm")
      case .nothing: remove("", "-wal", "-shm")
      case .emptyDatabase: cut("", toHalf: false)
      case .halfDatabase: cut("", toHalf: true)
      case .emptyLog: cut("-wal", toHalf: false)
      case .halfLog: cut("-wal", toHalf: true)
      case .older: try? older.put(into: path)
      case .diverged: try? diverged.put(into: path)
      case .ofAnotherStore: try? ofAnotherStore.put(into: path)
      case .writtenOverByOlder: try? older.write(over: path)
      case .writtenOverByAnotherStore: try? ofAnotherStore.write(over: path)
      case .madeAnew:
        // Another process, unless this one keeps others from it.
        remove("", "-wal", "-shm")
        let folder = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(folder) }
        guard flock(folder, LOCK_EX | LOCK_NB) == 0 else { return }
        flock(folder, LOCK_UN)
        _ = try? Store(path: path).resolve(Reference(parsing: "b"))
      }
    }

    /// Runs a command on a copy of the store, whose index is exchanged before a call.
    /// - Returns: the number of calls.
    func run(_ command: Command, _ exchange: Exchange, before call: Int) throws -> Int {
      var history = try history.forked()
      let path = history.place
      let comment: Comment = "\(command), \(exchange) before call \(call)"
      return HookedFiles.run(before: call, { self.exchange(exchange, in: path) }) {
        do {
          let store = try Store(path: path)
          switch command {
          case .read: try history.look(store, comment)
          case .push:
            try history.push(to: "b", sharedWith: "c", in: store)
            try history.push(to: "c", in: store)
          case .tag: try history.tag("b", "best", 2, in: store)
          case .verify:
            let report = try store.verify()
            #expect(report.damage == [] && report.isIndexRight, comment)
            #expect(try store.collectGarbage(apply: true).files == [], comment)
          }
        } catch {
          Issue.record("\(comment): \(error)")
        }
        do {
          try history.look(try Store(path: path), "\(comment), after")
        } catch {
          Issue.record("\(comment), after: \(error)")
        }
      }
    }
  }

  /// Every call of a command is tried where `ASSAY_EVERY_CALL` is set, which takes an hour; else
  /// some of them, others for each exchange.
  @Test(arguments: Command.allCases)
  func `whatever becomes of the index before a call on its files, answers are right`(
    _ command: Command
  ) async {
    await #expect(processExitsWith: .success) { [command = command as Command] in
      let example = try Example()
      let count = try example.run(command, .nothing, before: .max)
      let isEvery = ProcessInfo.processInfo.environment["ASSAY_EVERY_CALL"] != nil
      var random = SeededGenerator(seed: 23)
      for exchange in Exchange.allCases {
        let some = (0..<3).map { _ in Int.random(in: 0..<count, using: &random) }
        for call in isEvery ? Array(0..<count) : some {
          _ = try example.run(command, exchange, before: call)
        }
      }
    }
  }
}
