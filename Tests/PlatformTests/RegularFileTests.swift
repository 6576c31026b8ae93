import Foundation
import Glibc
import Model
import Platform
import Testing

/// Files that a process opens by a name that somebody gave it.
@Suite struct RegularFileTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  private func kind(_ path: String) -> StoreError.Kind? {
    do throws(StoreError) {
      _ = try RegularFile(path)
      return nil
    } catch {
      return error.kind
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `what has no end, or is no file, is refused without waiting`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try #require(unsafe mkfifo(path("pipe"), 0o600) == 0)
    try FileManager.default.createSymbolicLink(
      atPath: path("link"), withDestinationPath: path("pipe"))
    for name in [path("pipe"), path("link"), path(""), "/dev/null", "/dev/tty"] {
      // A process without a terminal has no /dev/tty that it could open.
      #expect([.usage, .unavailable].contains(kind(name)), "\(name)")
    }
    #expect(kind(path("none")) == .missing)
  }

  @Test func `a file is read to its end, or to the limit`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try Data(bytes).write(to: folder.appending(path: "file"))
    let file = try RegularFile(path("file"))
    #expect(file.byteCount == bytes.count)
    #expect(try file.rest(limit: bytes.count) == bytes)
    #expect(try file.next() == [])
    let error = #expect(throws: StoreError.self) {
      _ = try RegularFile(path("file")).rest(limit: bytes.count - 1)
    }
    #expect(error?.kind == .usage)
  }

  @Test(arguments: [(0o600, true), (0o400, true), (0o640, false), (0o604, false)])
  func `a file is private when nobody else has a right to it`(mode: Int, isPrivate: Bool) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("key".utf8).write(to: folder.appending(path: "key"))
    try #require(unsafe chmod(path("key"), mode_t(mode)) == 0)
    let file = try RegularFile(path("key"))
    #expect(file.isPrivate == isPrivate)
  }
}
