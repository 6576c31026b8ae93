import Foundation
import Model
import Service
import Store
import TestSupport
import Testing
import Wire

/// Stores that earlier programs left are as good as ones of today.
@Suite struct KeptStoreTests {
  private func service(_ kept: KeptStore) throws -> LocalStoreService {
    LocalStoreService(try Store(path: kept.path), author: "bea")
  }

  private func rows(_ service: LocalStoreService, _ reference: String) throws -> [UInt8] {
    var request = DataRequest(format: .jsonl)
    request.writesNulls = true
    var bytes: [UInt8] = []
    _ = try service.data(try Reference(parsing: reference), request) { _ in
    } write: { piece throws(StoreError) in
      bytes += piece
    }
    return bytes
  }

  /// Checks the digest and the rows of every version that the old program told of.
  private func expectAll(_ service: LocalStoreService, _ kept: KeptStore) throws {
    for (name, versions) in kept.datasets {
      for version in versions {
        let reference = "\(name)@\(version.number)"
        let found = try service.version(try Reference(parsing: reference)).version
        #expect(found.snapshot == version.snapshot, "\(reference)")
        #expect(found.rows == version.rows, "\(reference)")
        let digest = Digest(hashing: try rows(service, reference)).hex
        #expect(digest == version.rowsSHA256, "\(reference)")
      }
    }
  }

  @Test(arguments: [1, 2])
  func `it opens, verifies and reads with the digests and rows it had`(format: Int) throws {
    let kept = try KeptStore(format: format)
    let store = try Store(path: kept.path)
    #expect(try store.verify().damage == [])
    #expect(try store.datasets().map(\.text) == kept.datasets.keys.sorted())
    try expectAll(try service(kept), kept)
  }

  @Test func `rows that it saved as two and are one are found`() throws {
    let kept = try KeptStore(format: 1)
    let found = try Store(path: kept.path).checkValues().filter { $0.kind == .sameKeys }
    #expect(found.contains { $0.reference == "keys@1" }, "\(found)")
    #expect(found.allSatisfy { !$0.what.isEmpty })
  }

  @Test func `its live rows are sealed, once`() throws {
    let kept = try KeptStore(format: 1)
    for _ in 0..<2 {
      let store = try Store(path: kept.path)
      let live = try LiveAppender(store)
      #expect(live.failures.isEmpty)
      for (_, outcome) in live.sealAll() { _ = try outcome.get() }
      #expect(try store.resolve(Reference(parsing: "live")).number == 2)
      #expect(try store.resolve(Reference(parsing: "live")).record.rows == 4)
      #expect(try store.resolve(Reference(parsing: "sorting.decisions")).number == 2)
      #expect(try store.verify().damage == [])
    }
    try expectAll(try service(kept), kept)
  }

  @Test func `it takes versions, tags and deployments after those it has`() throws {
    let kept = try KeptStore(format: 1)
    let format = try Data(contentsOf: URL(filePath: kept.path + "/assay.json"))
    let service = try service(kept)
    // The keys of `keys` are two ways to write the same ones, which the next version may not have.
    for name in kept.datasets.keys.sorted() where !["keys", "votes"].contains(name) {
      let dataset = try DatasetName(name)
      let kind = try service.version(Reference(dataset: dataset)).version.kind
      // Documents are saved by calls of their own.
      guard kind.takesAnyRows else { continue }
      let old = try #require(kept.datasets[name]?.last)
      let path = kept.path + "/tmp-rows.jsonl"
      try Data(try rows(service, name)).write(to: URL(filePath: path))
      let file = TableFile(path: path, format: .jsonl, compression: nil, name: "rows")
      var request = PushRequest()
      request.message = "anew"
      request.attributes = ["by": "test"]
      request.mode = .replace
      request.types = Dictionary(
        uniqueKeysWithValues: try service.version(Reference(dataset: dataset)).columns.map {
          (DataText($0.name), $0.type)
        })
      let same = try service.push(dataset, file, request) { _ in }
      #expect(!same.isNew && same.version.snapshot == old.snapshot, "\(name)")
      request.kind = kind
      request.mode = .replace
      try Data(#"{"fresh":1}"#.utf8).write(to: URL(filePath: path))
      request.types = [:]
      request.key = ["fresh"]
      let next = try service.push(dataset, file, request) { _ in }
      #expect(next.isNew && next.version.number == old.number + 1)
      let again = try Store(path: kept.path).resolve(Reference(dataset: dataset))
      #expect(again.record.message == "anew" && again.author == "bea")
      #expect(again.record.attributes == ["by": "test"])
    }
    #expect(try Data(contentsOf: URL(filePath: kept.path + "/assay.json")) == format)
    #expect(try Store(path: kept.path).verify().damage == [])
    try expectAll(try self.service(kept), kept)
  }

  @Test func `the first version saved into one of its logs is a change that old programs refuse`()
    throws
  {
    let kept = try KeptStore(format: 1)
    let store = try Store(path: kept.path)
    let dataset = try DatasetName("nokey")
    let old = try store.resolve(Reference(dataset: dataset))
    try store.tag(dataset, "t", to: old, author: "bea")
    var texts = try store.log(of: dataset).map { String(decoding: $0.bytes, as: UTF8.self) }
    // A tag says what it said in format 1, so an old program may read it.
    #expect(texts[0].contains(#""author":"bea""#) && texts[0].contains(#""tag":{"#))
    let path = kept.path + "/tmp-rows.jsonl"
    try Data(#"{"n":1}"#.utf8).write(to: URL(filePath: path))
    _ = try service(kept).push(
      dataset, TableFile(path: path, format: .jsonl, compression: nil, name: "rows"), PushRequest()
    ) { _ in }
    texts = try store.log(of: dataset).map { String(decoding: $0.bytes, as: UTF8.self) }
    #expect(texts[0].contains(#""save":{"#) && !texts[0].contains(#""version":"#))
    #expect(texts[2].contains(#""version":{"#))
  }
}
