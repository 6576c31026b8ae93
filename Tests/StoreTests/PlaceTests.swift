import Formats
import Foundation
import Glibc
import Model
import Objects
import Store
import TestSupport
import Testing

/// Something else in the place of a file or a folder of the store is found by `verify`, is refused
/// by whoever would write there, and is never taken for what somebody else wrote.
@Suite struct PlaceTests {
  private let temporary: TemporaryStore
  private let attachment = Digest(hashing: [1, 2, 3])

  init() throws {
    temporary = try TemporaryStore()
    try temporary.store.pushLines(#"{"n":1}"#)
  }

  private func path(_ name: String) -> String { temporary.directory.path + "/" + name }

  private func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: path(name), withIntermediateDirectories: true)
  }

  private static let hex = String(repeating: "ab", count: 32)
  /// A file of each kind that a store may come to have.
  static let files = [
    "log/d/00000000000000000002.pack", "packs/\(hex).pack", "files/ab/\(hex)",
    "uploads/\(hex).part", "live/d/00000000000000000001.log", "live/d/00000000000000000001.keys",
    "live/lock", "answers/d/\(hex)", "tmp/\(hex.prefix(32))", "tmp/gc.lock", "tmp/keys.lock",
    "access/tokens.json", "access/tokens.json.new", "access/lock", "access/audit.jsonl",
  ]

  @Test(arguments: files)
  func `a folder in the place of a file is damage`(_ name: String) throws {
    try makeFolder(name)
    let report = try temporary.reopened().verify()
    #expect(report.damage.map(\.file) == [name])
    let what = try #require(report.damage.first?.what)
    #expect(what.hasPrefix("is a folder, where the store has a file: remove it"))
    // What nobody can have a copy of, or needs one of, is not to be restored from it.
    let isKept =
      ["log/", "packs/", "files/", "live/d/", "access/tokens.json", "access/audit"]
      .contains { name.hasPrefix($0) } && !name.hasSuffix(".new")
    #expect(what.contains("from a copy") == isKept)
    try FileManager.default.removeItem(atPath: path(name))
    #expect(try temporary.reopened().verify().damage == [])
  }

  @Test(arguments: files)
  func `a pipe in the place of a file is damage`(_ name: String) throws {
    try makeFolder(String(name[..<(name.lastIndex(of: "/") ?? name.startIndex)]))
    let made = unsafe mkfifo(path(name), 0o600)
    try #require(made == 0)
    #expect(try temporary.reopened().verify().damage.map(\.file) == [name])
  }

  @Test(arguments: ["log", "packs", "files", "uploads", "live", "answers", "tmp", "access"])
  func `a file in the place of a folder is damage`(_ name: String) throws {
    try? FileManager.default.removeItem(atPath: path(name))
    try Data([1]).write(to: URL(filePath: path(name)))
    let report = try temporary.reopened().verify()
    #expect(report.damage.contains { $0.file == name + "/" && $0.what.contains("is not a folder") })
  }

  @Test func `a folder under the name of the next record is no other writer's record`() throws {
    try makeFolder("log/d/00000000000000000002.pack")
    let store = try temporary.reopened()
    let tries: [() throws -> Void] = [
      { try store.pushLines(#"{"n":2}"#) },
      {
        let version = try store.resolve(Reference(parsing: "d@1"))
        try store.tag(DatasetName("d"), "t", to: version, author: "")
      },
    ]
    for attempt in tries {
      let error = #expect(throws: StoreError.self) { try attempt() }
      #expect(error?.kind == .corrupt && error?.detail == nil)
      #expect(error?.message.contains("log/d/00000000000000000002.pack is not a file") == true)
    }
    #expect(try store.lines() == [#"{"n":1}"#])
  }

  @Test func `a folder under the name of an attachment is no attachment`() throws {
    try makeFolder(StoreLayout.fileName(attachment))
    let store = try temporary.reopened()
    let error = #expect(throws: StoreError.self) {
      try store.putFile(MemorySource(name: "f", bytes: [1, 2, 3]))
    }
    #expect(error?.kind == .corrupt && error?.message.contains("is not a file") == true)
    #expect(try !store.hasFile(attachment))
    #expect(throws: StoreError.self) {
      try store.pushLines(
        #"{"f":{"digest":"\#(attachment)","name":"f","size":3}}"#, to: "e", types: ["f": .file])
    }
  }
}
