import Foundation
import Model
import Objects
import Store
import TestSupport
import Testing

/// A newest log record that is no longer what the index says of it, beside an index that is kept.
@Suite struct NewestRecordTests {
  /// A way in which the file of the newest record is exchanged.
  enum Exchange: String, CaseIterable {
    case garbage, empty, cutShort, anotherDataset, earlierRecord, flippedEnd

    /// The bytes in the place of `bytes`.
    func bytes(of bytes: [UInt8], earlier: [UInt8], another: [UInt8]) -> [UInt8] {
      switch self {
      case .garbage: Array("garbage".utf8)
      case .empty: []
      case .cutShort: Array(bytes.dropLast(3))
      case .anotherDataset: another
      case .earlierRecord: earlier
      case .flippedEnd: bytes.dropLast(10) + [bytes[bytes.count - 10] ^ 1] + bytes.suffix(9)
      }
    }
  }

  private let temporary: TemporaryStore
  private let dataset: DatasetName

  /// A store of `d@1` to `d@3`, and of `e@1`.
  init() throws {
    temporary = try TemporaryStore()
    dataset = try DatasetName("d")
    for number in 1...3 { try temporary.store.pushLines(#"{"n":\#(number)}"#) }
    try temporary.store.pushLines(#"{"n":1}"#, to: "e")
  }

  private func log(_ sequence: Int, of name: String = "d") throws -> String {
    StoreLayout.logName(try DatasetName(name), sequence)
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: temporary.directory.path + "/" + name)))
  }

  /// - Parameter seconds: The time of the change: a clock is too coarse to show each.
  private func write(
    _ bytes: [UInt8], to name: String, atomically: Bool = false, seconds: Double = 1
  ) throws {
    let path = temporary.directory.path + "/" + name
    try Data(bytes).write(to: URL(filePath: path), options: atomically ? .atomic : [])
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: path)
  }

  private func isThere(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: temporary.directory.path + "/" + name)
  }

  /// Every change that would link a record onto the newest one.
  private func changes(_ store: Store) -> [() throws -> Void] {
    [
      { try store.pushLines(#"{"n":4}"#) },
      { try store.tag(dataset, "t", to: store.resolve(Reference(parsing: "d@1")), author: "") },
      {
        _ = try store.deploy(dataset, author: "") { _ throws(StoreError) in
          DeploymentRecord(number: 1, previous: nil, reason: .activate, message: "")
        }
      },
    ]
  }

  @Test(arguments: Exchange.allCases, [false, true])
  func `an exchanged newest record is named by reads, and nothing is linked onto it`(
    exchange: Exchange, isRenamed: Bool
  ) throws {
    let name = try log(3)
    let whole = try bytes(name)
    let exchanged = exchange.bytes(
      of: whole, earlier: try bytes(log(2)), another: try bytes(log(1, of: "e")))
    try write(exchanged, to: name, atomically: isRenamed)
    for store in [temporary.store, try temporary.reopened()] {
      let reads: [() throws -> Void] = [
        { _ = try store.resolve(Reference(parsing: "d")) }, { _ = try store.versions(of: dataset) },
        { _ = try store.log(of: dataset) },
      ]
      for body in reads + changes(store) {
        let error = #expect(throws: StoreError.self) { try body() }
        #expect(error?.kind == .corrupt && error?.message.contains(name) == true)
        #expect(error?.message.contains("restore it from a copy") == true)
      }
      // Others go on.
      #expect(try store.resolve(Reference(parsing: "e")).number == 1)
      #expect(try store.survey().map { $0.problem?.kind } == [.corrupt, nil])
    }
    #expect(!isThere(try log(4)))
    #expect(try temporary.store.verify().damage.map(\.file) == [name])
    try write(whole, to: name, atomically: isRenamed, seconds: 2)
    for store in [temporary.store, try temporary.reopened()] {
      #expect(try store.lines() == [#"{"n":3}"#])
    }
    #expect(try temporary.store.pushLines(#"{"n":4}"#).version.number == 4)
    #expect(try temporary.store.verify().damage == [])
  }

  @Test func `nothing is linked onto a record with a flipped byte that its end does not show`()
    throws
  {
    let name = try log(3)
    let whole = try bytes(name)
    // The record is the last object before the index of the pack, and ends with a checksum.
    let trailer = whole.suffix(PackFormat.trailerBytes)
    let index = trailer.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    for offset in index - 4..<index {
      var flipped = whole
      flipped[offset] ^= 1
      try write(flipped, to: name)
      for store in [temporary.store, try temporary.reopened()] {
        for change in changes(store) {
          let error = #expect(throws: StoreError.self) { try change() }
          #expect(error?.kind == .corrupt && error?.message.contains(name) == true)
        }
      }
      #expect(!isThere(try log(4)))
    }
    try write(whole, to: name)
    #expect(try temporary.store.pushLines(#"{"n":4}"#).version.number == 4)
  }

  @Test func `a record of another history in its place is followed, and the index made anew`()
    throws
  {
    // A copy of the store that went on otherwise.
    let other = try TemporaryDirectory()
    try FileManager.default.removeItem(atPath: other.path)
    try FileManager.default.copyItem(atPath: temporary.directory.path, toPath: other.path)
    try Store(path: other.path).pushLines(#"{"n":"theirs"}"#)
    try temporary.store.pushLines(#"{"n":"ours"}"#)
    let theirs = URL(filePath: other.path + "/" + (try log(4)))
    try write([UInt8](try Data(contentsOf: theirs)), to: log(4))
    for store in [try temporary.reopened(), temporary.store] {
      #expect(try store.lines() == [#"{"n":"theirs"}"#])
    }
    #expect(try temporary.store.pushLines(#"{"n":5}"#).version.number == 5)
    #expect(try temporary.store.verify().damage == [])
  }
}
