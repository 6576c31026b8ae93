import Formats
import Foundation
import Model
import Objects
import Store
import Synchronization
import TestSupport
import Testing

/// Damage to the files of appended rows: told and kept, where what a crash leaves is neither.
extension LiveTests {
  /// The file of a segment, or of its keys.
  private func url(_ name: String) -> URL {
    URL(filePath: temporary.directory.path + "/live/d/" + name)
  }

  private static let segment = "00000000000000000001.log"

  @Test func `a flipped bit of rows that wait is found, and takes no row without a word`() throws {
    var live: LiveAppender? = try LiveAppender(store)
    for number in 0..<3 { try live?.take(#"{"n":\#(number)}"#, key: "k\(number)") }
    live = nil
    let bytes = [UInt8](try Data(contentsOf: url(Self.segment)))
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= 1 << UInt8(position % 8)
      // Zeros at the end are what a crash leaves of a mark.
      if damaged[position] == 0 { damaged[position] = bytes[position] ^ 0xF0 }
      try Data(damaged).write(to: url(Self.segment))
      let files = try store.verify().damage.map(\.file)
      #expect(files == ["live/d/" + Self.segment], "byte \(position)")
      live = try LiveAppender(store)
      let waiting = live?.failures.isEmpty == true ? 3 : 0
      #expect(live?.waitingRows(of: dataset) == waiting, "byte \(position)")
      live = nil
      #expect(try Data(contentsOf: url(Self.segment)) == Data(damaged), "byte \(position)")
    }
    try Data(bytes).write(to: url(Self.segment))
    #expect(try store.verify().damage == [])
  }

  @Test func `keys of a newer program are neither passed over nor damaged`() throws {
    var live: LiveAppender? = try LiveAppender(store)
    try live?.take(#"{"n":1}"#, key: "k")
    _ = try live?.seal(dataset)
    live = nil
    let keys = url("00000000000000000001.keys")
    let members = try #require(
      CheckedObject.members(of: [UInt8](try Data(contentsOf: keys)), over: "keys"))
    var entry = try #require(members["keys"]?.array?.first?.object)
    entry["scope"] = .string("all")
    var nameless = entry
    nameless["receipt"] = nil
    for changed in [entry, nameless] {
      let bytes = CheckedObject.bytes(["keys": .array([.object(changed)])], over: "keys")
      try Data(bytes).write(to: keys)
      let tries: [() throws -> Void] = [
        {
          try store.pushLines(#"{"n":2}"#) {
            $0.idempotencyKey = "k"
            $0.request = Digest(hashing: [2])
          }
        }, { _ = try store.verify() },
        {
          if let error = try LiveAppender(store).failures[dataset] { throw error }
        },
      ]
      for attempt in tries {
        let error = #expect(throws: StoreError.self) { try attempt() }
        #expect(error?.kind == .unavailable && error?.message.contains("upgrade") == true)
      }
    }
    #expect(try store.lines() == [#"{"n":1}"#])
  }

  @Test func `a flipped bit of sealed rows' keys is found`() throws {
    var live: LiveAppender? = try LiveAppender(store)
    try live?.take(#"{"n":1}"#, key: "k")
    _ = try live?.seal(dataset)
    live = nil
    let keys = "00000000000000000001.keys"
    let bytes = [UInt8](try Data(contentsOf: url(keys)))
    for position in stride(from: 0, to: bytes.count, by: 3) {
      var damaged = bytes
      damaged[position] ^= 1 << UInt8(position % 7)
      try Data(damaged).write(to: url(keys))
      #expect(try store.verify().damage.map(\.file) == ["live/d/" + keys], "byte \(position)")
    }
  }

  @Test(arguments: [true, false])
  func `a key that damage may have taken is not taken again`(isSealed: Bool) throws {
    var live: LiveAppender? = try LiveAppender(store)
    try live?.take(#"{"n":1}"#, key: "KEY1")
    if isSealed { _ = try live?.seal(dataset) } else { try live?.take(#"{"n":2}"#) }
    live = nil
    let name = isSealed ? "00000000000000000001.keys" : Self.segment
    var bytes = try Data(contentsOf: url(name))
    let place = try #require(bytes.firstRange(of: Data("KEY1".utf8)))
    bytes.replaceSubrange(place, with: Data("KEYX".utf8))
    try bytes.write(to: url(name))
    // As another process: none of it is in memory.
    let other = try Store(path: temporary.directory.path)
    var options = PushOptions()
    options.mode = .append
    options.idempotencyKey = "KEY1"
    options.request = Digest(hashing: [1])
    #expect {
      let reader = try JSONReader(
        MemorySource(name: "rows", bytes: Array(#"{"n":3}"#.utf8)), layout: .lines)
      _ = try other.push(dataset, reader, options)
    } throws: { error in
      (error as? StoreError)?.kind == .corrupt
    }
  }

  @Test(arguments: [64, 0])
  func `a segment without its head is told and kept when rows are behind it`(
    _ count: Int
  ) throws {
    var live: LiveAppender? = try LiveAppender(store)
    try live?.take(#"{"n":1}"#)
    live = nil
    var bytes = [UInt8](try Data(contentsOf: url(Self.segment)))
    // Nothing but zeros is what a crash leaves of the first write of a segment.
    let zeros = count == 0 ? bytes.count : count
    bytes.replaceSubrange(0..<zeros, with: [UInt8](repeating: 0, count: zeros))
    try Data(bytes).write(to: url(Self.segment))
    #expect(try store.verify().damage.count == (count == 0 ? 0 : 1))
    live = try LiveAppender(store)
    #expect(live?.failures.count == (count == 0 ? 0 : 1))
    #expect(FileManager.default.fileExists(atPath: url(Self.segment).path) == (count != 0))
  }

  @Test func `the end of a segment that is of no whole row is told when it is taken in`() throws {
    var live: LiveAppender? = try LiveAppender(store)
    try live?.take(#"{"n":1}"#)
    let whole = try Data(contentsOf: url(Self.segment)).count
    try live?.take(#"{"n":2}"#)
    live = nil
    let bytes = try Data(contentsOf: url(Self.segment))
    try bytes.prefix(whole + 20).write(to: url(Self.segment))
    let report = try store.verify()
    #expect(report.damage == [] && report.torn.map(\.file) == ["live/d/" + Self.segment])
    #expect(report.torn.first?.what.contains("20 bytes of no whole row") == true)
    let warnings = Mutex<[String]>([])
    let next = try Store(
      path: temporary.directory.path, warn: { text in warnings.withLock { $0.append(text) } })
    live = try LiveAppender(next)
    #expect(live?.waitingRows(of: dataset) == 1)
    #expect(warnings.withLock { $0.count } == 1)
    #expect(warnings.withLock { $0.first?.contains("20 bytes of no whole row") } == true)
  }

  @Test func `something else in a segment's place takes no request`() throws {
    try FileManager.default.createDirectory(
      at: url(Self.segment), withIntermediateDirectories: true)
    let live = try LiveAppender(store)
    try live.take(#"{"n":1}"#)
    #expect(try live.seal(dataset).rows == 1)
  }
}
