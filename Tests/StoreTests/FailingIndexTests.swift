import Foundation
import GRDBSQLite
import Glibc
import Model
import Store
import Synchronization
import TestSupport
import Testing

/// A disk that cannot give or take the bytes of the index: what is derived holds nobody up.
///
/// Each in a process of its own, since SQLite's calls to the system are those of all its files.
@Suite(.tags(.slow), .unlessFast) struct FailingIndexTests {
  /// Makes a call of SQLite's to the system fail as a disk does that is broken.
  private static func breakCall(_ name: String, _ call: sqlite3_syscall_ptr) -> Bool {
    guard let disk = unsafe sqlite3_vfs_find(nil) else { return false }
    return unsafe disk.pointee.xSetSystemCall(disk, name, call) == SQLITE_OK
  }

  private static func breakReads() -> Bool {
    let failing: @convention(c) (Int32, UnsafeMutableRawPointer?, Int, Int) -> Int = { _, _, _, _ in
      errno = EIO
      return -1
    }
    let call = unsafe unsafeBitCast(failing, to: sqlite3_syscall_ptr.self)
    return ["read", "pread", "pread64"].map { breakCall($0, call) }.contains(true)
  }

  private static func breakWrites() -> Bool {
    let failing: @convention(c) (Int32, UnsafeRawPointer?, Int, Int) -> Int = { _, _, _, _ in
      errno = EIO
      return -1
    }
    let call = unsafe unsafeBitCast(failing, to: sqlite3_syscall_ptr.self)
    return ["write", "pwrite", "pwrite64"].map { breakCall($0, call) }.contains(true)
  }

  private final class Heard: Sendable {
    private let texts = Mutex<[String]>([])
    func hear(_ text: String) { texts.withLock { $0.append(text) } }
    var all: [String] { texts.withLock { $0 } }
  }

  /// Throws unless a store whose index fails is read and written, with a word about the disk.
  private static func useStore(opensFirst: Bool, _ breakDisk: () -> Bool) throws {
    let temporary = try TemporaryStore()
    for number in 1...3 { try temporary.store.pushLines(#"{"n":\#(number)}"#) }
    let heard = Heard()
    func open() throws -> Store {
      try Store(path: temporary.directory.path, warn: { heard.hear($0) })
    }
    let early = try opensFirst ? open() : nil
    #expect(breakDisk())
    let store = try early ?? open()
    #expect(try store.lines() == [#"{"n":3}"#])
    #expect(try store.versions(of: DatasetName("d")).count == 3)
    #expect(try store.pushLines(#"{"n":4}"#).version.number == 4)
    #expect(try store.verify().damage == [])
    // It was told once at least what failed, and nothing was called damaged.
    let told = heard.all.joined(separator: "\n")
    for word in ["index.sqlite", "Input/output error", "the disk failed", "in memory"] {
      #expect(told.contains(word), "\(told)")
    }
    #expect(!told.contains("damaged"))
  }

  @Test func `an index that cannot be read is made in memory, and the disk is named`() async {
    await #expect(processExitsWith: .success) {
      try FailingIndexTests.useStore(opensFirst: false) { FailingIndexTests.breakReads() }
    }
  }

  @Test func `an index that cannot be written is made in memory, and the disk is named`() async {
    await #expect(processExitsWith: .success) {
      try FailingIndexTests.useStore(opensFirst: true) { FailingIndexTests.breakWrites() }
    }
  }
}
