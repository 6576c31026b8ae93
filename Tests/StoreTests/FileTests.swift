import Columns
import Formats
import Foundation
import Model
import Objects
import Store
import TestSupport
import Testing

@Suite struct FileTests {
  static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]

  private func source(_ bytes: [UInt8]) -> MemorySource { MemorySource(name: "f", bytes: bytes) }

  private func rows(_ text: String, files: [String] = ["image"]) throws -> JSONReader {
    try JSONReader(
      MemorySource(name: "rows.jsonl", bytes: Array(text.utf8)), layout: .lines,
      options: ReadOptions(
        types: Dictionary(uniqueKeysWithValues: files.map { (DataText($0), .file) })))
  }

  /// A store whose version `d@1` names `png` and whose other file nobody names.
  private func storeWithFiles() throws -> (TemporaryStore, named: Digest, other: Digest) {
    let temporary = try TemporaryStore()
    let named = try temporary.store.putFile(source(Self.png)).file.digest
    let other = try temporary.store.putFile(source([7])).file.digest
    _ = try temporary.store.push(
      DatasetName("d"), rows(#"{"id":1,"image":{"digest":"\#(named)","name":"a.png"}}"#))
    return (temporary, named, other)
  }

  @Test(arguments: [0, 1, 1000, (1 << 20) - 1, 1 << 20, (2 << 20) + 17])
  func `a file is read as it was put, in any range`(_ count: Int) throws {
    var random = SeededGenerator(seed: UInt64(count))
    let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    let temporary = try TemporaryStore()
    let (file, isNew) = try temporary.store.putFile(source(bytes))
    #expect(isNew && file.digest == Digest(hashing: bytes) && file.byteCount == count)
    #expect(try !temporary.store.putFile(source(bytes)).isNew)
    let reader = try temporary.reopened().file(file.digest)
    #expect(try reader.read(at: 0, count: count + 1) == bytes)
    #expect(try reader.read(at: count / 2, count: 10) == Array(bytes[(count / 2)...].prefix(10)))
    #expect(try reader.read(at: count, count: 1) == [])
    var copied: [UInt8] = []
    try reader.copy { copied += $0 }
    #expect(copied == bytes)
    let path = temporary.directory.path + "/" + StoreLayout.fileName(file.digest)
    #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) == bytes)
  }

  @Test func `bytes with another digest than announced are refused and leave nothing`() throws {
    let temporary = try TemporaryStore()
    let expected = Digest(hashing: [1])
    let error = #expect(throws: StoreError.self) {
      try temporary.store.putFile(source([2]), expecting: expected)
    }
    #expect(error?.kind == .invalid)
    #expect(try !temporary.store.hasFile(expected))
    #expect(try !temporary.store.hasFile(Digest(hashing: [2])))
  }

  @Test func `an upload in parts goes on after another process wrote the first`() throws {
    let temporary = try TemporaryStore()
    let bytes = Self.png + [UInt8](repeating: 5, count: 5000)
    let digest = Digest(hashing: bytes)
    #expect(try temporary.store.uploadedBytes(of: digest) == nil)
    #expect(
      try temporary.store.putFilePart(
        digest, at: 0, of: bytes.count, source(Array(bytes[..<1000]))) == .partial(byteCount: 1000))
    let store = try temporary.reopened()
    #expect(try store.uploadedBytes(of: digest) == 1000)
    let error = #expect(throws: StoreError.self) {
      try store.putFilePart(digest, at: 999, of: bytes.count, source(Array(bytes[999...])))
    }
    #expect(error?.kind == .conflict)
    let file = try store.putFilePart(
      digest, at: 1000, of: bytes.count, source(Array(bytes[1000...])))
    guard case .whole(let stored, isNew: true) = file else {
      Issue.record("\(file)")
      return
    }
    #expect(stored.mediaType == "image/png" && stored.byteCount == bytes.count)
    #expect(try store.uploadedBytes(of: digest) == nil)
    #expect(try store.file(digest).read(at: 0, count: .max) == bytes)
    #expect(
      try store.putFilePart(digest, at: 0, of: bytes.count, source([]))
        == .whole(stored, isNew: false))
  }

  @Test func `parts that make other bytes are refused and begun anew`() throws {
    let store = try TemporaryStore()
    let digest = Digest(hashing: [1, 2, 3])
    _ = try store.store.putFilePart(digest, at: 0, of: 3, source([1, 9]))
    #expect(throws: StoreError.self) {
      try store.store.putFilePart(digest, at: 2, of: 3, source([3]))
    }
    #expect(try store.store.uploadedBytes(of: digest) == nil)
    #expect(throws: StoreError.self) {
      try store.store.putFilePart(digest, at: 0, of: 3, source([1, 2, 3, 4]))
    }
  }

  @Test func `a file value is completed, and comes back when it is pushed again`() throws {
    let (temporary, digest, _) = try storeWithFiles()
    let table = try temporary.store.table("d@1")
    #expect(table.columns.map(\.type) == [.int64, .file])
    let text =
      #"{"digest":"\#(digest)","mediaType":"image/png","name":"a.png","size":11}"#
    #expect(
      table.vectors[1].values.text(0).map { Array($0.words.bytes[$0.range]) } == Array(text.utf8))
    // Without being told the type: the version before has it.
    var options = PushOptions()
    options.mode = .append
    let again = try temporary.store.push(
      DatasetName("d"), rows(#"{"id":2,"image":\#(text)}"#, files: []), options)
    #expect(again.version.record.rows == 2)
    #expect(try temporary.store.table("d@2").columns.map(\.type) == [.int64, .file])
    // Other values make the column json, as with any type.
    _ = try temporary.store.push(
      DatasetName("d"), rows(#"{"id":3,"image":"none"}"#, files: []), options)
    #expect(try temporary.store.table("d@3").columns.map(\.type) == [.int64, .json])
  }

  @Test(arguments: [
    #"{"digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000"}"#,
    #""a.png""#, "17", #"{"digest":"sha256:12"}"#, #"{"name":"a.png"}"#, "[]",
    #"{"digest":"$","size":3}"#, #"{"digest":"$","other":3}"#, #"{"digest":"$","size":-1}"#,
  ])
  func `a value that is no file of the store is refused with its line`(_ value: String) throws {
    let (temporary, digest, _) = try storeWithFiles()
    let text = value.replacingOccurrences(of: "$", with: digest.description)
    let error = #expect(throws: StoreError.self) {
      try temporary.store.push(
        DatasetName("e"), rows("{\"image\":{\"digest\":\"\(digest)\"}}\n{\"image\":\(text)}"))
    }
    #expect(error?.kind == .invalid)
    #expect(error?.location?.line == 2)
    #expect(try temporary.store.datasets().map(\.text) == ["d"])
  }

  @Test func `a damaged, cut or missing file is found with the versions it touches`() throws {
    let (temporary, digest, other) = try storeWithFiles()
    #expect(try temporary.store.verify().damage == [])
    let name = StoreLayout.fileName(digest)
    let url = URL(fileURLWithPath: temporary.directory.path + "/" + name)
    var bytes = Self.png
    bytes[9] ^= 4
    for damaged in [bytes, Array(Self.png.dropLast()), []] {
      try Data(damaged).write(to: url)
      let damage = try temporary.reopened().verify().damage
      #expect(damage.map(\.file) == [name])
      #expect(damage.first?.versions == ["d@1"])
    }
    try FileManager.default.removeItem(at: url)
    let damage = try temporary.reopened().verify().damage
    #expect(damage.map(\.file) == [name] && damage.first?.versions == ["d@1"])
    try Data(Self.png).write(to: url)
    let unnamed = StoreLayout.fileName(other)
    try Data([8]).write(to: URL(fileURLWithPath: temporary.directory.path + "/" + unnamed))
    let rest = try temporary.reopened().verify().damage
    #expect(rest.map(\.file) == [unnamed] && rest.first?.versions == [])
  }

  @Test func `garbage collection keeps files that versions name`() throws {
    let (temporary, digest, other) = try storeWithFiles()
    let store = temporary.store
    let part = Digest(hashing: [1, 2])
    _ = try store.putFilePart(part, at: 0, of: 2, source([1]))
    let young = try store.collectGarbage(apply: true)
    #expect(young.files.isEmpty && young.youngFiles.count == 2)
    let report = try store.collectGarbage(apply: true, graceSeconds: -5)
    #expect(
      Set(report.files.map(\.name)) == [
        StoreLayout.fileName(other), StoreLayout.uploadName(part, of: nil),
      ])
    #expect(try store.hasFile(digest) && !store.hasFile(other))
    #expect(try store.verify().damage == [])
    #expect(try store.statistics().attachments == 1)
    #expect(try store.statistics().attachmentBytes == Self.png.count)
  }

  @Test func `a file that is put again counts as young`() throws {
    let (temporary, _, other) = try storeWithFiles()
    let url = URL(
      fileURLWithPath: temporary.directory.path + "/" + StoreLayout.fileName(other))
    let old = Date(timeIntervalSinceNow: -100_000)
    try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: url.path)
    #expect(try temporary.store.collectGarbage(apply: false).files.count == 1)
    #expect(try !temporary.store.putFile(source([7])).isNew)
    #expect(try temporary.store.collectGarbage(apply: false).files.isEmpty)
  }

  @Test(arguments: 0..<12, [FaultyDisk.Fault.failure, .diskFull])
  func `whatever fails while a file is put, it is there whole or not at all`(
    change: Int, fault: FaultyDisk.Fault
  ) throws {
    let memory = MemoryDisk()
    try Store.create(path: "/nowhere", disk: memory)
    let disk = FaultyDisk(memory, at: change, fault)
    let answer = try? Store(path: "/nowhere", disk: disk).putFile(source(Self.png))
    for after in [memory, memory.crashed()] + (1...4).map({ memory.crashed(seed: $0) }) {
      let store = try Store(path: "/nowhere", disk: after)
      let digest = Digest(hashing: Self.png)
      #expect(try answer == nil || store.hasFile(digest))
      if try store.hasFile(digest) {
        #expect(try store.file(digest).read(at: 0, count: 100) == Self.png)
      }
      #expect(try store.verify().damage == [])
      #expect(try store.putFile(source(Self.png)).file.digest == digest)
    }
  }

  @Test(arguments: 1...6)
  func `a power cut between parts is noticed at the end`(seed: Int) throws {
    let memory = MemoryDisk()
    try Store.create(path: "/nowhere", disk: memory)
    let bytes = [UInt8](repeating: 3, count: 100)
    let digest = Digest(hashing: bytes)
    _ = try Store(path: "/nowhere", disk: memory).putFilePart(
      digest, at: 0, of: 100, source(Array(bytes[..<60])))
    let store = try Store(path: "/nowhere", disk: memory.crashed(seed: UInt64(seed)))
    let offset = try store.uploadedBytes(of: digest) ?? 0
    let rest = try? store.putFilePart(digest, at: offset, of: 100, source(Array(bytes[offset...])))
    if rest == nil {
      _ = try store.putFilePart(digest, at: 0, of: 100, source(bytes))
    }
    #expect(try store.file(digest).read(at: 0, count: 200) == bytes)
  }
}

@Suite struct MediaTypeTests {
  @Test(
    arguments: [
      ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "x.jpg", "image/png"),
      ([0xFF, 0xD8, 0xFF, 0xE0], "", "image/jpeg"),
      (Array("RIFF....WEBPVP8 ".utf8), "", "image/webp"),
      (Array("RIFF....WAVEfmt ".utf8), "", "audio/wav"),
      (Array("....ftypisom....".utf8), "", "video/mp4"),
      (Array("....ftypM4A ....".utf8), "", "audio/mp4"),
      (Array("%PDF-1.7".utf8), "", "application/pdf"),
      ([0xFF, 0xFB, 0x90, 0x44], "", "audio/mpeg"),
      ([], "notes.TXT", "text/plain"), ([1, 2], "", "application/octet-stream"),
      (Array("RIFF".utf8), "png", "application/octet-stream"),
      (Array("ftyp".utf8), ".png", "image/png"),
    ] as [([UInt8], String, String)])
  func `a type is told by the beginning, else by the name`(
    _ prefix: [UInt8], _ name: String, _ type: String
  ) {
    #expect(MediaType.of(prefix, name: name) == type)
  }
}
