import Foundation
import Model
import Objects
import Store
import Synchronization
import TestSupport
import Testing

/// What a crash may leave of a segment is torn and never damaged; whatever else is changed is
/// damaged and never torn.
@Suite(.tags(.slow), .unlessFast) struct TornSegmentTests {
  private static let name = "live/d/00000000000000000001.log"
  private static let markBytes = 17
  private static let headBytes = 64

  /// A segment of requests, each of one row with a text of that many bytes, and where each request's
  /// frame ends.
  private static func segment(_ texts: [Int]) throws -> (bytes: [UInt8], ends: [Int]) {
    let disk = MemoryDisk()
    try Store.create(path: "/nowhere", disk: disk)
    let live = try LiveAppender(try Store(path: "/nowhere", disk: disk))
    var ends: [Int] = []
    for (number, count) in texts.enumerated() {
      try live.take("{\"n\":\"\(String(repeating: "x", count: count))\"}", key: "k\(number)")
      ends.append(try #require(try disk.status(of: name)?.byteCount) - markBytes)
    }
    let file = try disk.open(name)
    defer { disk.close(file) }
    return (try disk.read(file, at: 0, count: .max >> 1), ends)
  }

  /// What a store says of a segment with these bytes.
  private struct Finding: Equatable {
    /// Whether `verify` calls it damaged.
    var isDamaged = false
    /// Whether its dataset takes no rows.
    var isRefused = false
    var rows = 0
    var warnings = 0
    /// Whether its file is there still.
    var isKept = true
  }

  private static func look(_ bytes: [UInt8]) throws -> Finding {
    let disk = MemoryDisk()
    try Store.create(path: "/nowhere", disk: disk)
    for folder in ["live", "live/d"] { _ = try disk.makeDirectory(folder) }
    let file = try disk.create(name)
    try disk.write(bytes, to: file)
    disk.close(file)
    let warnings = Mutex(0)
    let store = try Store(
      path: "/nowhere", disk: disk, warn: { _ in warnings.withLock { $0 += 1 } })
    var finding = Finding()
    finding.isDamaged = try store.verify().damage.isEmpty == false
    let live = try LiveAppender(store)
    finding.isRefused = !live.failures.isEmpty
    finding.rows = live.waitingRows(of: try DatasetName("d"))
    finding.warnings = warnings.withLock { $0 }
    finding.isKept = try disk.status(of: name) != nil
    if !finding.isRefused { try live.take(#"{"n":"new"}"#) }
    return finding
  }

  @Test func `no prefix of a good segment is damaged, and its whole frames count`() throws {
    let (bytes, ends) = try Self.segment([3, 1, 40, 0])
    for count in 0...bytes.count {
      let finding = try Self.look(Array(bytes.prefix(count)))
      #expect(!finding.isDamaged && !finding.isRefused, "\(count) bytes")
      #expect(finding.rows == ends.count { $0 <= count }, "\(count) bytes")
      // A mark that is cut costs nothing; a frame that is, is told.
      let isInFrame =
        count > Self.headBytes
        && !ends.contains { (0...Self.markBytes).contains(count - $0) }
      #expect(finding.warnings == (isInFrame ? 1 : 0), "\(count) bytes")
    }
  }

  @Test(arguments: [0, 1, 5, 12, 16])
  func `no loss of what was not synced is damage, whichever sectors it takes`(
    _ before: Int
  ) throws {
    // The first frame ends so many bytes before a sector does, so that its mark lies across.
    let plain = try Self.segment([600]).ends[0]
    let (bytes, ends) = try Self.segment([600 + 1024 - before - plain, 700])
    #expect((ends[0] + before) % 512 == 0)
    // All of the first write; the mark alone; the mark and the frame behind it; the last mark.
    for (synced, written) in [
      (0, ends[0]), (ends[0], ends[0] + Self.markBytes), (ends[0], ends[1]), (ends[1], bytes.count),
    ] {
      for count in Set([written, written - 1, (synced + written) / 2, synced + 1]) {
        let sectors = Array(synced / 512...(count - 1) / 512)
        for lost in 0..<1 << sectors.count {
          var left = Array(bytes.prefix(count))
          for (bit, sector) in sectors.enumerated() where lost >> bit & 1 == 1 {
            for place in max(synced, sector * 512)..<min(count, (sector + 1) * 512) {
              left[place] = 0
            }
          }
          let finding = try Self.look(left)
          let place: Comment = "\(synced) to \(count), without \(lost) of \(sectors)"
          #expect(!finding.isDamaged && !finding.isRefused, place)
          #expect(finding.rows >= ends.count { $0 <= synced }, place)
        }
      }
    }
  }

  @Test func `rows without their head that were under way are told, kept and in nobody's way`()
    throws
  {
    let (bytes, ends) = try Self.segment([600])
    let torn = [UInt8](repeating: 0, count: 512) + bytes[512..<ends[0]]
    #expect(
      try Self.look(torn)
        == Finding(isDamaged: false, isRefused: false, rows: 0, warnings: 1, isKept: true))
    // The mark says that they were on disk.
    let damaged = torn + bytes[ends[0]...]
    #expect(try Self.look(damaged).isDamaged && Self.look(damaged).isRefused)
  }

  @Test func `a mark that was on disk and is not whole is damage, and costs no row`() throws {
    let (bytes, ends) = try Self.segment([1, 2, 3])
    for end in ends.dropLast() {
      for change in 0..<3 {
        var changed = bytes
        for place in end..<end + Self.markBytes where change == 0 || place % 5 == change {
          changed[place] = change == 2 ? changed[place] ^ 0x40 : 0
        }
        guard changed != bytes else { continue }
        let finding = try Self.look(changed)
        #expect(finding.isDamaged && !finding.isRefused && finding.rows == 3, "\(end), \(change)")
      }
    }
  }

  @Test func `rows of a program without marks are read, and a frame of theirs that is torn`() throws
  {
    let (bytes, ends) = try Self.segment([5])
    // As long as a mark, shorter and longer; without one behind the first frame.
    let second = Array("ROWS".utf8) + [80, 0, 0, 0] + [UInt8](1...200)
    for count in [1, 8, 16, 17, 18, 60] {
      let finding = try Self.look(Array(bytes[..<ends[0]]) + Array(second.prefix(count)))
      #expect(!finding.isDamaged && finding.rows == 1, "\(count)")
      // A byte could be the first of a mark.
      #expect(finding.warnings == (count == 1 ? 0 : 1), "\(count)")
    }
  }
}
