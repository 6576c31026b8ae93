import Access
import Foundation
import Model
import Objects
import Service
import Store
import TestSupport
import Testing
import Wire

/// One key stands for one request to a dataset, whatever kind of request it is.
@Suite struct IdempotencyTests {
  private let desk: Desk
  private let name: DatasetName

  init() throws {
    desk = try Desk()
    name = try DatasetName("d")
  }

  @discardableResult
  private func push(_ text: String, _ key: String?) throws -> PushDocument {
    try desk.push(text) { $0.idempotencyKey = key }
  }

  @Test func `a push that found its content there is remembered by its key`() throws {
    try push("{\"a\":1}\n", nil)
    let first = try push("{\"a\":1}\n", "k")
    #expect(!first.isNew && first.warnings == nil)
    try push("{\"a\":2}\n", nil)
    // The answer was lost, and the request comes again after another one.
    let again = try push("{\"a\":1}\n", "k")
    #expect(!again.isNew && again.version.number == 1)
    #expect(desk.error { _ = try push("{\"a\":3}\n", "k") }?.detail == .keyReused)
    #expect(try desk.lines() == ["{\"a\":2}"])
    #expect(try desk.store.verify().damage == [])
    #expect(try desk.store.collectGarbage(apply: true, graceSeconds: 60).files.isEmpty)
    #expect(!(try push("{\"a\":1}\n", "k").isNew))
  }

  @Test func `an answer that is damaged is found, and is not believed`() throws {
    try push("{\"a\":1}\n", nil)
    try push("{\"a\":1}\n", "k")
    let folder = URL(filePath: desk.store.home.name + "/answers/d")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let file = folder.appending(path: try #require(names.first))
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data(text.replacing("\"number\":1", with: "\"number\":2").utf8).write(to: file)
    #expect(try desk.store.verify().damage.count == 1)
    #expect(desk.error { try push("{\"a\":1}\n", "k") }?.kind == .corrupt)
  }

  @Test func `an answer is held against its name and the log`() throws {
    try push("{\"a\":1}\n", nil)
    try push("{\"a\":1}\n", "k")
    try push("{\"a\":2}\n", nil)
    try push("{\"a\":2}\n", "l")
    #expect(try desk.store.verify().damage == [])
    let folder = desk.store.home.name + "/answers/d/"
    let names = ["k", "l"].map { Digest(hashing: Array($0.utf8)).hex }
    let files = FileManager.default
    // One key's answer in the place of the other's; then one of a version that is not there.
    try files.removeItem(atPath: folder + names[1])
    try files.copyItem(atPath: folder + names[0], toPath: folder + names[1])
    #expect(try desk.store.verify().damage.map(\.file) == ["answers/d/" + names[1]])
    #expect(desk.error { try push("{\"a\":2}\n", "l") }?.kind == .corrupt)
    try files.removeItem(atPath: folder + names[1])
    try files.createDirectory(
      atPath: desk.store.home.name + "/answers/e", withIntermediateDirectories: false)
    try files.moveItem(
      atPath: folder + names[0], toPath: desk.store.home.name + "/answers/e/" + names[0])
    #expect(try desk.store.verify().damage.map(\.file) == ["answers/e/" + names[0]])
    try desk.push("{\"a\":5}\n", to: "e")
    #expect(try desk.store.verify().damage == [])
  }

  @Test(arguments: ["answers", "answers/d", "live", "live/d"])
  func `a file in a folder's place is named, and nothing is said to be missing`(
    place: String
  ) throws {
    try push("{\"a\":1}\n", nil)
    if place.contains("/") {
      try FileManager.default.createDirectory(
        atPath: desk.store.home.name + "/" + place.prefix { $0 != "/" },
        withIntermediateDirectories: true)
    }
    try Data("x".utf8).write(to: URL(filePath: desk.store.home.name + "/" + place))
    let error = desk.error { try push("{\"a\":1}\n", "k") }
    #expect(error?.kind == .corrupt && error?.message.contains(place + " is not a folder") == true)
    #expect(try desk.store.verify().damage.map(\.file).first?.hasPrefix(place) == true)
    #expect(try desk.lines() == ["{\"a\":1}"])
  }

  @Test func `answers are bounded, and the newest are kept`() throws {
    try push("{\"a\":1}\n", nil)
    let folder = desk.store.home.name + "/answers/d"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let old = [FileAttributeKey.modificationDate: Date(timeIntervalSince1970: 1_000_000)]
    for number in 0..<2 * Store.mostAnswers {
      let path = folder + "/\(number)"
      try Data().write(to: URL(filePath: path))
      try FileManager.default.setAttributes(old, ofItemAtPath: path)
    }
    try push("{\"a\":1}\n", "k")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.count == Store.mostAnswers)
    #expect(names.contains(Digest(hashing: Array("k".utf8)).hex))
    #expect(try !push("{\"a\":1}\n", "k").isNew)
  }

  @Test func `rows and versions of a dataset share their keys`() throws {
    let rows = desk.service.rows()
    func append(_ text: String, _ key: String) throws {
      _ = try rows.appendRows(to: name, Array(text.utf8), .lines, idempotencyKey: key, as: .local)
    }
    try append("{\"a\":1}\n", "k")
    #expect(desk.error { _ = try push("{\"a\":9}\n", "k") }?.detail == .keyReused)
    _ = try rows.sealRows(of: name)
    #expect(desk.error { _ = try push("{\"a\":9}\n", "k") }?.detail == .keyReused)
    _ = try push("{\"a\":10}\n", "k2")
    #expect(desk.error { try append("{\"a\":11}\n", "k2") }?.detail == .keyReused)
    _ = try push("{\"a\":10}\n", "k3")
    #expect(desk.error { try append("{\"a\":11}\n", "k3") }?.detail == .keyReused)
    try append("{\"a\":1}\n", "k")
    try append("{\"a\":12}\n", "k4")
    _ = try rows.sealRows(of: name)
    #expect(try desk.lines() == ["{\"a\":10}", "{\"a\":12}"])
  }

  @Test func `keys that look the same and differ in their bytes are two`() throws {
    _ = try push("{\"a\":1}\n", "caf\u{E9}")
    #expect(try push("{\"a\":2}\n", "cafe\u{301}").isNew)
    #expect(!(try push("{\"a\":1}\n", "caf\u{E9}").isNew))
  }

  @Test func `what comes through a pipe is compared as a file is`() throws {
    func push(_ text: String, _ mode: PushMode) throws -> PushDocument {
      let pipe = Pipe()
      try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
      try pipe.fileHandleForWriting.close()
      var request = PushRequest()
      request.mode = mode
      request.idempotencyKey = "k"
      let path = "/proc/self/fd/\(pipe.fileHandleForReading.fileDescriptor)"
      return try desk.service.push(
        name, TableFile(path: path, format: .jsonl, compression: nil), request
      ) { _ in }
    }
    #expect(try push("{\"a\":1}\n", .replace).isNew)
    #expect(!(try push("{\"a\":1}\n", .replace).isNew))
    #expect(desk.error { _ = try push("{\"a\":1}\n", .append) }?.detail == .keyReused)
    #expect(desk.error { _ = try push("{\"a\":2}\n", .replace) }?.detail == .keyReused)
  }

  @Test func `an attribute that is given twice, in whatever spelling, is refused`() throws {
    for pairs in [["a=1", "a=2"], ["\u{E9}=1", "e\u{301}=2"], ["=1"], ["a"]] {
      #expect(
        desk.error {
          var request = PushRequest()
          try request.addAttributes(pairs)
        }?.kind == .usage)
    }
    var request = PushRequest()
    try request.addAttributes(["a=b=c"])
    #expect(request.attributes == ["a": "b=c"])
  }
}
